#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The search with every solver: the cost that a table claims is the cost of sampling the schedule again, and on small problems the tables of
costs on predicted data, of features and of the best order a pair are those of a plain dynamic programme in double."""

import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

SAMPLES = 3
BUDGETS = [1, 2, 3, 5]
N = 10
MULTISTEP = (
    [{"kind": "dpmpp", "order": o, "predict": p, "lower_order_final": f} for o in (1, 2, 3) for p in ("x0", "eps") for f in (True, False)]
    + [{"kind": "unipc", "order": o, "predict": p, "variant": v} for o in (1, 2, 3) for p in ("x0", "eps") for v in ("bh1", "bh2")]
    + [{"kind": "unipc", "order": o, "lower_order_final": False} for o in (2, 3)]
    + [{"kind": k, "order": o} for k in ("ipndm", "ipndm_v") for o in (1, 2, 3, 4)]
    + [{"kind": "deis", "order": o, "mode": m} for m in ("tab", "rhoab") for o in (1, 2, 3)]
    + [{"kind": k, "order": 2, "afs": True} for k in ("dpmpp", "unipc", "ipndm", "deis")]
    + [{"kind": "euler", "afs": True}]
)
TWO_CALLS = [{"kind": "heun"}, {"kind": "dpm2"}, {"kind": "dpm2", "r": 0.3}, {"kind": "heun", "afs": True}]
GRIDS = {"edm": {"kind": "edm"}, "flow": {"kind": "flow", "shift": 3}, "min": {"kind": "edm", "end": "min", "sigma_max": 40}}


def oss(variant, start, samples, **options):
    return dict({"kind": "oss", "variant": variant, "start": start, "samples": samples}, **options)


CONSISTENT = [(v, s, w) for v in ("paper", "carry") for s in ("free", "pinned") for w in ("per_sample", "joint")]


class SearchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = os.path.realpath(tempfile.mkdtemp(prefix="ossbench-solver-search-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        rng = np.random.default_rng(5)
        cls.file = os.path.join(cls.dir, "problem.h5")
        with h5py.File(cls.file, "w") as file:
            file["gmm/means"] = 1.5 * rng.normal(size=(5, 6)).astype(np.float32)
            file["gmm/scales"] = rng.uniform(0.1, 0.5, size=5)
            file["gmm/weights"] = rng.uniform(0.5, 2.0, size=5)
            file["noise"] = rng.normal(size=(SAMPLES, 6)).astype(np.float32)
            file["features"] = rng.normal(size=(6, 4)).astype(np.float32)

    def setUp(self):
        self.compared = 0

    def tearDown(self):
        self.assertGreater(self.compared, 0, "this test compared nothing")

    def run_search(self, name, solvers, schedules, grid="edm", steps=BUDGETS, **sections):
        config = {
            "denoiser": {"kind": "gmm", "file": self.file},
            "noise": {"file": self.file, "dataset": "noise"},
            "samples": {"search": SAMPLES, "evaluate": "same", "batch": 2},
            "teacher": {"grid": GRIDS[grid], "steps": N, "cache": "none"},
            "student": {"solver": solvers, "steps": steps, "schedule": schedules},
            "metrics": ["mse"],
            "output": {"save": ["tables", "samples"]},
        }
        return ref.run_config(self.dir, dict(config, **sections), name=name)

    def size(self, cell):
        return ref.rms(cell["samples/student"]) + 1.0

    def check_claims(self, outcome):
        for cell in outcome.cells:
            self.assertEqual(cell["@status"], "done", cell.get("@reason"))
            m = cell["@steps"]
            mse, claimed = cell["metrics/mse"], cell["search/cost"][:, m - 1, 0]
            if len(claimed) == 1:
                mse = mse.mean(keepdims=True)
            good = ref.cost_close(claimed, mse, self.size(cell))
            self.assertTrue(np.all(good), f"{cell['@solver']} {cell['@schedule']} M{m}: {claimed} claimed, {mse} sampled")
            self.compared += 1


class Claims(SearchTest):
    def test_multistep(self):
        for i, grid in enumerate(GRIDS):
            solvers = MULTISTEP[i::3] if ref.cli.SANITIZED else MULTISTEP  # all of them once, where everything is slow
            self.check_claims(self.run_search("multistep-" + grid, solvers, [oss(*c) for c in CONSISTENT], grid))

    def test_two_calls(self):
        for grid in GRIDS:
            outcome = self.run_search("two-calls-" + grid, TWO_CALLS, [oss(*c) for c in CONSISTENT], grid)
            self.check_claims(outcome)

    def test_best_orders_as_stored(self):
        schedules = [oss(*c, orders="best", sampling="stored") for c in CONSISTENT]
        solvers = [s for s in MULTISTEP if s.get("order", 1) > 1]
        outcome = self.run_search("stored", solvers[::4] if ref.cli.SANITIZED else solvers, schedules)
        self.check_claims(outcome)
        for cell in outcome.cells:
            order, used = cell["schedule/order"], cell["schedule/used"]
            most = ref.yaml.safe_load(cell["@solver"])["order"]
            for r in range(len(order)):
                real = order[r][cell["@steps"] - used[r] :]
                self.assertTrue(np.all(order[r][: cell["@steps"] - used[r]] == 0))
                self.assertTrue(np.all((real >= 1) & (real <= np.minimum(most, np.maximum(1, np.arange(1, len(real) + 1))) + (most > 3))), order)

    def test_carried_data_ends_with_the_state(self):
        """Onto t = 0 the data carried by a step, and the denoiser's output at t = 0, are the state itself."""
        schedules = [oss(*c, cost={"kind": k}) for c in CONSISTENT for k in ("x0_carried", "x0")]
        solvers = ["euler", {"kind": "dpmpp", "order": 2}, {"kind": "unipc", "order": 2}, {"kind": "heun"}]
        self.check_claims(self.run_search("carried", solvers, schedules))

    def test_number_of_calls(self):
        """Sampling calls and search calls are what the record says: here in closed form."""
        solvers = ["euler", {"kind": "euler", "afs": True}, {"kind": "heun"}, {"kind": "heun", "afs": True}]
        schedules = [oss("paper", "pinned", "joint", cost={"kind": k}) for k in ("xt", "x0_carried", "x0")]
        outcome = self.run_search("calls", solvers, schedules, steps=[3, 5])
        for cell in outcome.cells:
            solver, m = ref.yaml.safe_load(cell["@solver"]), cell["@steps"]
            heun, afs = solver["kind"] == "heun", solver["afs"]
            self.assertEqual(cell["@nfe"], m + heun * (m - 1) - afs)
            self.assertEqual(cell["@depth"], cell["@nfe"])
            inner = N * (N - 1) // 2
            row = heun * inner + ("kind: x0," in cell["@schedule"]) * inner
            calls = m * (N + row) - afs * N + heun * (m - 1) * (N - 1) + ("kind: xt" not in cell["@schedule"]) * N
            self.assertEqual(cell["@search_nfe"], SAMPLES * calls, f"{solver} {cell['@schedule']}")
            self.compared += 1


# ---- a plain dynamic programme in double ----


def dpmpp(path, t, order):
    """DPM-Solver++ with data prediction from path, [(t, x, D)] newest first, to t, in flow coordinates; t > 0 or order 1."""
    now, x, d = path[0]
    if order == 1 or t == 0:
        return t / now * x + (1 - t / now) * d
    lam = [np.log((1 - p[0]) / p[0]) for p in path[:order]]
    h = np.log((1 - t) / t) - lam[0]
    first = (path[0][2] - path[1][2]) / ((lam[0] - lam[1]) / h)
    if order == 2:
        mixed = d + 0.5 * first
    else:
        second = (path[1][2] - path[2][2]) / ((lam[1] - lam[2]) / h)
        r0, r1 = (lam[0] - lam[1]) / h, (lam[1] - lam[2]) / h
        d1 = first + r0 / (r0 + r1) * (first - second)
        d2 = (first - second) / (r0 + r1)
        phi = np.expm1(-h)
        return t / now * x - (1 - t) * (phi * d - (phi / h + 1) * d1 + ((phi + h) / h**2 - 0.5) * d2)
    return t / now * x + (1 - t / now) * mixed


class Programme:
    """The search of one sample with every order up to most at each pair (paper, pinned), and any cost."""

    def __init__(self, problem, sample, most, cost, features):
        self.p, self.s, self.most, self.kind, self.features = problem, sample, most, cost, features
        self.targets = [self.seen(problem.teacher[j, sample], problem.t[j]) for j in range(problem.n + 1)]

    def seen(self, x, t):
        """What the cost compares of a state."""
        if self.kind in ("x0", "x0_carried"):
            return x if t == 0 else self.p.mixture.denoise(x, t)
        return self.features @ x if self.kind == "feature" else x

    def compared(self, path, new, t):
        if self.kind == "x0_carried":
            now, x, _ = path[0]
            return x - now * (x - new) / (now - t)
        return self.seen(new, t)

    def run(self, steps):
        p, tables = self.p, []
        cells = {p.n: [(p.t[p.n], p.start[self.s])]}
        for _ in range(steps):
            best = {}
            for k, states in cells.items():
                here = [(t, x, p.mixture.denoise(x, t)) for t, x in [states[-1]]]
                path = here + [q for q in reversed(states[:-1])]
                for j in range(k):
                    for order in range(1, min(self.most, len(path)) + 1):
                        new = dpmpp(path, p.t[j], order)
                        error = np.mean((self.compared(path, new, p.t[j]) - self.targets[j]) ** 2)
                        if j not in best or error < best[j][0]:
                            best[j] = (error, states[:-1] + here + [(p.t[j], new)], k, order)
            tables.append(best)
            cells = {j: entry[1] for j, entry in best.items() if j > 0}
        return tables


class Reference(SearchTest):
    def check(self, outcome, cost, most, orders, steps=4, features=None):
        t = outcome.teachers["0000"]
        with h5py.File(self.file, "r") as file:
            problem = ref.Problem(ref.load_mixture(file), t, file["noise"][:].astype(float) * t[-1])
        (cell,) = outcome.cells
        for s in range(SAMPLES):
            tables = Programme(problem, s, most, cost, features).run(steps)
            for m, row in enumerate(tables):
                for j, (error, _, k, order) in row.items():
                    got = cell["search/cost"][s, m, j]
                    self.assertTrue(ref.cost_close(got, error, 2.0), f"{cost} row {m} cell {j}: {got}, not {error}")
                    if error > 1e-7:
                        self.assertEqual(cell["search/from"][s, m, j], k)
                        if orders:
                            self.assertEqual(cell["search/order"][s, m, j], order)
                    self.compared += 1

    def test_costs(self):
        with h5py.File(self.file, "r") as file:
            features = file["features"][:].astype(float).T
        for cost in ("xt", "x0_carried", "x0", "feature"):
            options = {"kind": cost} | ({"file": self.file, "dataset": "features"} if cost == "feature" else {})
            outcome = self.run_search("cost-" + cost, "euler", oss("paper", "pinned", "per_sample", cost=options), steps=4)
            self.check(outcome, cost, 1, False, features=features)

    def test_best_orders(self):
        for most in (2, 3):
            for cost in ("xt", "x0_carried", "x0"):
                solver = {"kind": "dpmpp", "order": most}
                schedule = oss("paper", "pinned", "per_sample", orders="best", cost={"kind": cost})
                self.check(self.run_search(f"best-{most}-{cost}", solver, schedule, steps=4), cost, most, True)


class Refused(SearchTest):
    def test_too_many_calls(self):
        schedules = [oss("paper", "free", "joint", max_calls=100), oss("paper", "free", "joint")]
        outcome = self.run_search("limit", [{"kind": "heun"}, "euler"], schedules, steps=3)
        status = {(c["@solver"][:12], "100" in c["@schedule"]): (c["@status"], c.get("@reason", "")) for c in outcome.cells}
        self.assertEqual(status[("{kind: heun,", True)][0], "skipped")
        self.assertIn("max_calls", status[("{kind: heun,", True)][1])
        self.assertEqual([status[k][0] for k in status if k != ("{kind: heun,", True)], ["done"] * 3)
        self.compared += 1

    def test_stored_without_orders(self):
        with self.assertRaisesRegex(AssertionError, "sampling: stored needs orders: best"):
            self.run_search("alone", "euler", oss("paper", "free", "joint", sampling="stored"))
        self.compared += 1


if __name__ == "__main__":
    unittest.main()
