#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The exhaustive search against all schedules of small problems, walked one by one in double; and what it says when its calls end."""

import itertools
import math
import os
import re
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref
import test_brute_force as brute

SAMPLES = 6
BUDGETS = [1, 2, 3, 4]
CASES = ("edm-8", "edm-12-one", "flow-10", "cosine-9", "edm-5", "flow-6", "file-11")


def schedule(**options):
    return {"kind": "exhaustive", **options}


class Case:
    """One problem of test_brute_force.py with more samples, under every option."""

    def __init__(self, folder, name):
        grid, steps, initial, components, elements = brute.CASES[name]
        self.name, self.folder = name, os.path.join(folder, name)
        os.mkdir(self.folder)
        path = os.path.join(self.folder, "problem.h5")
        rng = np.random.default_rng(len(name) + 7 * elements)
        with h5py.File(path, "w") as file:
            file["gmm/means"] = 1.5 * rng.normal(size=(components, elements))
            file["gmm/scales"] = rng.uniform(0.02, 0.5, size=components)
            file["gmm/weights"] = rng.uniform(0.5, 2.0, size=components)
            file["noise"] = rng.normal(size=(SAMPLES, elements)).astype(np.float32)
            file["grid"] = np.append(0.0, np.sort(rng.uniform(0.02, 0.99, size=11)))
        self.options = [
            {"start": start, "samples": samples, "fewer": fewer}
            for start, samples, fewer in itertools.product(("free", "pinned"), ("joint", "per_sample"), (True, False))
        ]
        self.config = {
            "denoiser": {"kind": "gmm", "file": path},
            "noise": {"file": path, "dataset": "noise"},
            "initial": initial,
            "samples": {"search": SAMPLES, "evaluate": "same", "batch": 4},
            "teacher": {"grid": grid, "cache": "none", **({"steps": steps} if steps else {})},
            "student": {"steps": BUDGETS, "schedule": [schedule(**o) for o in self.options]},
            "metrics": ["mse"],
        }
        self.outcome = ref.run_config(self.folder, self.config)
        t = self.outcome.teachers["0000"]
        with h5py.File(path, "r") as file:
            start = file["noise"][:].astype(float) * (t[-1] if initial == "t" else 1.0)
            self.problem = ref.Problem(ref.load_mixture(file), t, start)
        self.size = ref.rms(start)
        self.ways = {start: brute.all_schedules(self.problem, BUDGETS[-1], start == "pinned") for start in ("free", "pinned")}

    def optimum(self, m, start, samples, fewer):
        """The lowest error, joint over the samples or of each."""
        found = []
        for steps in range(1 if fewer else m, m + 1):
            costs = self.ways[start][steps][1]
            found.append(costs.mean(1).min(0) if samples == "joint" else costs.min(0))
        return np.min(found, axis=0)

    def nodes(self, m, start, fewer):
        """Beginnings of schedules: each takes a denoiser call."""
        ways = [w for steps in (range(1, m + 1) if fewer else [m]) for w in self.ways[start][steps][0]]
        return len({w[: i + 1] for w in ways for i in range(len(w) - 1)})

    def run(self, name, schedules, steps=None, **changes):
        config = dict(self.config, student={"steps": steps or BUDGETS, "schedule": schedules}, **changes)
        return ref.run_config(self.folder, config, name=name)


class Exhaustive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-exhaustive-", dir=ref.FAST)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.cases = [Case(cls.folder, name) for name in CASES]

    def assert_close(self, case, got, want, what):
        self.assertTrue(np.all(ref.cost_close(got, want, case.size)), f"{case.name} {what}: {got} instead of {want}")

    def test_optimum(self):
        for case, m in itertools.product(self.cases, BUDGETS):
            for options in case.options:
                cell, best = case.outcome.find(schedule(**options), m), case.optimum(m, **options)
                what = f"{options} M{m}"
                got = cell["metrics/mse"].mean() if options["samples"] == "joint" else cell["metrics/mse"]
                self.assert_close(case, got, best, what)
                self.assert_close(case, cell["@search_cost"], np.mean(best), what + " claimed")
                self.assertEqual(cell["@search_complete"], 1)
                self.assertEqual(cell["@search_bound"], cell["@search_cost"])

    def test_schedules_are_legal(self):
        for case, m in itertools.product(self.cases, BUDGETS):
            for options in case.options:
                cell = case.outcome.find(schedule(**options), m)
                self.assertEqual(cell["schedule/index"].shape, (1 if options["samples"] == "joint" else SAMPLES, m + 1))
                for row, used in zip(cell["schedule/index"], cell["schedule/used"]):
                    way = row[m - used :]
                    self.assertTrue((np.diff(way) < 0).all() and way[-1] == 0 and (row[: m - used] == way[0]).all())
                    self.assertTrue(options["fewer"] or used == m)
                    self.assertTrue(options["start"] == "free" or way[0] == case.problem.n)

    def test_nothing_beats_it(self):
        searches = [{"kind": "oss", "variant": v, "start": "free", "samples": s} for v in ("paper", "carry") for s in ("joint", "average")]
        for case in self.cases[:3]:
            outcome = case.run("others", ["gits", *searches])
            for m in BUDGETS:
                best = case.outcome.find(schedule(start="free", samples="joint", fewer=True), m)["metrics/mse"].mean()
                for other in ("gits", *searches):
                    cost = outcome.find(other, m)["metrics/mse"].mean()
                    self.assertTrue(best <= cost or ref.cost_close(cost, best, case.size), f"{case.name} {other} M{m}: {cost} < {best}")

    def test_pruning_saves_calls(self):
        """Joint, a schedule that some samples rule out is not walked with the others; the cost of it is never above the price."""
        saved = []
        for case, m in itertools.product(self.cases, BUDGETS):
            for options in case.options:
                cell = case.outcome.find(schedule(**options), m)
                whole = SAMPLES * case.nodes(m, options["start"], options["fewer"])
                if options["samples"] == "per_sample" and options["fewer"]:
                    self.assertEqual(cell["@search_nfe"], whole)
                if options["samples"] == "joint" and m == 4:
                    saved.append(cell["@search_nfe"] / whole)
        self.assertLess(np.mean(saved), 0.9)

    def test_calls_end(self):
        """With any number of calls, from too few for anything to more than enough: bound <= optimum <= what is returned."""
        case, m = self.cases[1], 4
        best, nodes = case.optimum(m, "free", "joint", True), case.nodes(m, "free", True)
        bounds, complete, scored = [], [], []
        calls = [1, 50, nodes - 1, nodes, nodes + 40, int(1.3 * nodes), 2 * nodes, 3 * nodes, SAMPLES * nodes, 10 * SAMPLES * nodes]
        outcome = case.run("calls", [schedule(calls=c) for c in calls], [m])
        for c in calls:
            cell = outcome.find(schedule(calls=c), m)
            slack = 1e-4 * best
            self.assertLessEqual(cell["@search_bound"], best + slack)
            self.assertGreaterEqual(cell["@search_cost"], best - slack)
            self.assert_close(case, cell["metrics/mse"].mean(), cell["@search_cost"], f"{c} calls")
            self.assertLessEqual(cell["@search_nfe"], max(c, m * SAMPLES) + 3 * m * SAMPLES)
            self.assertEqual(cell["@search_complete"], int(cell["@search_bound"] == cell["@search_cost"]))
            bounds.append(cell["@search_bound"])
            complete.append(cell["@search_complete"])
            scored.append(cell["@search_cost"])
        self.assertEqual(sorted(bounds), bounds)
        self.assertEqual((bounds[0], bounds[2], complete[0], complete[-1], complete[-2]), (0, 0, 0, 1, 1))
        self.assertTrue(any(0 < b and not c for b, c in zip(bounds, complete)), bounds)
        self.assertEqual(sorted(complete), complete)

    def test_keys_name_the_budgets_that_share_its_calls(self):
        """What a budget gets depends on the others beside it, so a sweep of other budgets does not take its cells up."""
        names = [schedule(calls=300), {"kind": "learned", "init": schedule(calls=300), "evaluations": 2}, "oss"]
        both, one = (self.cases[0].run("beside", names, steps) for steps in ([3, 4], [4]))
        kinds = [cell["@schedule"].split(",")[0] for cell in one.cells]
        same = [cell["@key"] == both.find(name, 4)["@key"] for name, cell in zip(names, one.cells)]
        self.assertEqual(same, [False, False, True], kinds)

    def test_too_many_schedules(self):
        """A tree out of reach: the best of OSS and an even spread, improved by single moves, is not worse than either."""
        case = self.cases[0]
        grid = {"grid": "edm", "steps": 40, "cache": "none"}
        names = [schedule(calls=c, start=s) for c, s in ((20000, "free"), (20000, "pinned"), (300, "free"))]
        others = [{"kind": "oss", "samples": "joint", "start": s} for s in ("free", "pinned")]
        cells = case.run("large", names + others, [8], teacher=grid)
        for name, other in ((names[0], others[0]), (names[1], others[1])):
            cell = cells.find(name, 8)
            self.assertEqual((cell["@search_bound"], cell["@search_complete"]), (0, 0))
            self.assertLessEqual(cell["@search_nfe"], 20000 + 8 * SAMPLES)
            self.assertLess(cell["metrics/mse"].mean(), cells.find(other, 8)["metrics/mse"].mean())
        few = cells.find(names[2], 8)  # not enough for OSS: an even spread
        self.assertLessEqual(few["@search_nfe"], 300)
        t = cells.teachers["0000"]
        even = [math.floor(40 * k / 8 + 0.5) for k in range(8, -1, -1)]
        problem = ref.Problem(case.problem.mixture, t, case.problem.start)
        self.assertLessEqual(few["@search_cost"], np.mean([problem.cost(even, s) for s in range(SAMPLES)]) * 1.0001)

    def test_a_large_budget_leaves_the_small_ones_their_trees(self):
        """What can be finished is, beside what can't: the budgets then have trees of their own."""
        case, grid = self.cases[0], {"grid": "edm", "steps": 40, "cache": "none"}
        for fewer in (True, False):
            name = schedule(calls=20000, fewer=fewer)
            both, alone = case.run("both", [name], [2, 8], teacher=grid), case.run("alone", [name], [2], teacher=grid).cells[0]
            small, large = both.find(name, 2), both.find(name, 8)
            self.assertEqual((small["@search_complete"], large["@search_complete"]), (1, 0))
            for key in ("@search_cost", "@search_bound", "schedule/index"):
                np.testing.assert_array_equal(small[key], alone[key])
            self.assertLessEqual(large["@search_nfe"], 20000 + 30 * SAMPLES)
            self.assertLess(large["@search_cost"], small["@search_cost"])

    def test_per_sample_needs_enough_calls(self):
        case, per_sample = self.cases[0], {"samples": "per_sample", "fewer": True, "start": "free"}
        whole = SAMPLES * case.nodes(3, "free", True)
        outcome = case.run("few", [schedule(calls=c, **per_sample) for c in (whole - 1, whole)], [3])
        self.assertEqual([cell["@status"] for cell in outcome.cells], ["skipped", "done"])
        self.assertIn("exhaustive.calls", outcome.cells[0]["@reason"])

    def test_exponent(self):
        """p other than 2: the optimum of that error."""
        case, m = self.cases[2], 3
        cell = case.run("p", [schedule(p=1, fewer=False)], [m]).cells[0]
        ends = {w: case.problem.end(w, slice(None)) for w in case.ways["free"][m][0]}
        best = min(np.abs(x - case.problem.teacher[0]).mean() for x in ends.values())
        self.assertAlmostEqual(cell["@search_cost"] / best, 1, delta=1e-4)

    def test_batches_change_nothing(self):
        case = self.cases[2]
        names = [schedule(), schedule(calls=400), schedule(samples="per_sample")]
        runs = [case.run("batch", names, samples={"search": SAMPLES, "evaluate": "same", "batch": b}) for b in (1, 6)]
        for a, b in zip(runs[0].cells, runs[1].cells):
            np.testing.assert_array_equal(a["schedule/index"], b["schedule/index"])
            for key in ("cost", "bound", "nfe"):
                self.assertEqual(a["@search_" + key], b["@search_" + key])

    def test_one_sample(self):
        case = self.cases[3]
        samples = {"search": 1, "evaluate": "same"}
        names = [schedule(samples=s) for s in ("joint", "per_sample")]
        outcome = case.run("one", names, samples=samples)
        for m in BUDGETS:
            a, b = (outcome.find(name, m) for name in names)
            for key in ("schedule/index", "metrics/mse", "@search_nfe", "@search_bound"):
                np.testing.assert_array_equal(a[key], b[key], err_msg=f"{key} M{m}")
            self.assertEqual(a["@search_nfe"], case.nodes(m, "free", True))

    def test_all_points(self):
        """M = N leaves the teacher itself."""
        case = self.cases[4]
        cell = case.run("all", [schedule(start="pinned", fewer=False)], [case.problem.n]).cells[0]
        np.testing.assert_array_equal(cell["schedule/index"][0], np.arange(case.problem.n, -1, -1))
        self.assertEqual(cell["@search_cost"], 0)


# Every kind of step: histories, orders that fall near the end, correctors, two calls, an analytical first step.
SOLVERS = [
    {"kind": "euler", "afs": True},
    {"kind": "dpmpp", "order": 2},
    {"kind": "dpmpp", "order": 3},
    {"kind": "dpmpp", "order": 3, "predict": "eps", "lower_order_final": False},
    {"kind": "unipc", "order": 2},
    {"kind": "unipc", "order": 3, "afs": True},
    {"kind": "ipndm", "order": 4},
    {"kind": "ipndm_v", "order": 3},
    {"kind": "deis", "order": 3},
    {"kind": "heun"},
    {"kind": "dpm2", "afs": True},
]


class Solvers(unittest.TestCase):
    """With every solver, against all schedules sampled by the program itself: one sample a schedule, all of the same noise."""

    N, M, S, ELEMENTS = 7, (1, 2, 3, 4), 3, 5

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-exhaustive-", dir=ref.FAST)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        path = os.path.join(cls.folder, "problem.h5")
        brute.write_problem(path, 4, cls.ELEMENTS, 5)
        rng = np.random.default_rng(9)
        noise = rng.normal(size=(cls.S, cls.ELEMENTS)).astype(np.float32)
        with h5py.File(path, "a") as file:
            del file["noise"]
            file["noise"] = noise
            for m in cls.M:
                ways = [way[::-1] + (0,) for way in itertools.combinations(range(1, cls.N + 1), m)]
                file[f"ways{m}"] = np.repeat(np.array(ways, dtype=np.int32), cls.S, axis=0)
                file[f"noise{m}"] = np.tile(noise, (len(ways), 1))
        cls.path = path
        cls.errors = {end: {m: cls.walk_all(end, m) for m in cls.M} for end in ("zero", "min")}

    @classmethod
    def config(cls, end, steps, schedules, noise, samples, **options):
        return {
            "denoiser": {"kind": "gmm", "file": cls.path},
            "noise": {"file": cls.path, "dataset": noise},
            "samples": {"search": samples, "evaluate": "same"},
            "teacher": {"grid": {"kind": "flow", "shift": 2, "end": end}, "steps": cls.N, "cache": "none"},
            "student": {"steps": steps, "schedule": schedules, "solver": SOLVERS},
            "metrics": ["mse"],
            **options,
        }

    @classmethod
    def walk_all(cls, end, m):
        """{solver: (ways, errors (ways, S))} of m steps."""
        ways = math.comb(cls.N, m)
        name = {"kind": "file", "file": cls.path, "dataset": f"ways{m}"}
        outcome = ref.run_config(cls.folder, cls.config(end, [m], [name], f"noise{m}", ways * cls.S), name=f"ways{m}")
        return {cell["@solver"]: (cell["schedule/index"][:: cls.S], cell["metrics/mse"].reshape(ways, cls.S)) for cell in outcome.cells}

    def test_optimum(self):
        for end in ("zero", "min"):
            names = [schedule(start="free", samples=s, fewer=f) for s in ("joint", "per_sample") for f in (False, True)]
            outcome = ref.run_config(self.folder, self.config(end, list(self.M), names, "noise", self.S), name="search" + end)
            for cell in outcome.cells:
                m, joint = cell["@steps"], "joint" in cell["@schedule"]
                for_all = [self.errors[end][d][cell["@solver"]][1] for d in self.M if d == m or (d < m and "fewer: true" in cell["@schedule"])]
                best = min(e.mean(1).min() for e in for_all) if joint else np.mean(np.min([e.min(0) for e in for_all], axis=0))
                what = f"{end} {cell['@solver']} {cell['@schedule']} M{m}"
                self.assertAlmostEqual(cell["@search_cost"] / best, 1, delta=1e-4, msg=what)
                self.assertAlmostEqual(cell["metrics/mse"].mean() / best, 1, delta=1e-4, msg=what)
                self.assertEqual(cell["@search_complete"], 1, what)
            self.assertEqual(len(outcome.cells), len(SOLVERS) * len(names) * len(self.M))

    def test_prices(self):
        """One sample leaves nothing out: the calls taken are the planned ones."""
        names = [schedule(start=s, samples="joint", fewer=f) for s in ("free", "pinned") for f in (False, True)]
        for end, m in itertools.product(("zero", "min"), (3, 4)):
            config = self.config(end, [m], names, "noise", 1)
            outcome = ref.run_config(self.folder, config, name="price")
            text = ref.cli.run(["run", os.path.join(self.folder, "price.yaml"), "--dry-run"], self.folder).out
            planned = [int(row) for row in re.findall(r"^ +\d+ +\d+ +(\d+) +[\d.]+ ", text, re.M)]
            self.assertEqual(planned, [cell["@search_nfe"] for cell in outcome.cells])


if __name__ == "__main__":
    unittest.main()
