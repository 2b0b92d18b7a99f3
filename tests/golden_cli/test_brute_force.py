#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""How far every variant of the search is from the true optimum: all schedules of small problems, walked one by one in double."""

import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

VARIANTS = [(variant, start) for variant in ("official", "paper", "carry") for start in ("free", "pinned")]
BUDGETS = [1, 2, 3, 4]
SAMPLES = 3

# name: grid, teacher steps (None: the file's), initial, components, elements
CASES = {
    "edm-8": ({"kind": "edm"}, 8, "t", 4, 6),
    "edm-12-one": ({"kind": "edm", "sigma_max": 20}, 12, "one", 6, 4),
    "flow-10": ({"kind": "flow", "shift": 3}, 10, "t", 3, 5),
    "cosine-9": ({"kind": "cosine"}, 9, "t", 5, 8),
    "ddim-12": ({"kind": "ddim"}, 12, "one", 2, 2),
    "logsnr-7": ({"kind": "logsnr"}, 7, "t", 4, 3),
    "edm-5": ({"kind": "edm"}, 5, "one", 5, 1),  # few elements: where the variants part
    "flow-6": ({"kind": "flow"}, 6, "one", 2, 1),
    "cosine-6": ({"kind": "cosine"}, 6, "one", 2, 1),
    "file-11": ({"kind": "file", "file": "problem.h5", "dataset": "grid", "as": "t"}, None, "t", 8, 6),
}


def write_problem(path, components, elements, seed):
    rng = np.random.default_rng(seed)
    with h5py.File(path, "w") as file:
        file["gmm/means"] = 1.5 * rng.normal(size=(components, elements))
        file["gmm/scales"] = rng.uniform(0.02, 0.5, size=components)
        file["gmm/weights"] = rng.uniform(0.5, 2.0, size=components)
        file["noise"] = rng.normal(size=(SAMPLES, elements)).astype(np.float32)
        file["grid"] = np.append(0.0, np.sort(rng.uniform(0.02, 0.99, size=11)))


def all_schedules(problem, most, pinned):
    """{steps: (schedules, costs (schedules, S))} of every strictly descending way to index 0, at most that many steps long."""
    roots = [problem.n] if pinned else range(problem.n, 0, -1)
    level = {(k,): problem.start for k in roots}
    found = {}
    for steps in range(1, most + 1):
        grown = {}
        for k in range(1, problem.n + 1):  # one denoiser call for all ways that stand at k
            ways = [way for way in level if way[-1] == k]
            if not ways:
                continue
            x = np.array([level[way] for way in ways])
            d = problem.mixture.denoise(x, problem.t[k])
            for j in range(k):
                ratio = problem.t[j] / problem.t[k]
                for way, state in zip(ways, ratio * x + (1 - ratio) * d):
                    grown[way + (j,)] = state
        ends = {way: ((state - problem.teacher[0]) ** 2).mean(-1) for way, state in grown.items() if way[-1] == 0}
        found[steps] = (list(ends), np.array(list(ends.values())))
        level = {way: state for way, state in grown.items() if way[-1] > 0}
    return found


class Case:
    def __init__(self, folder, name):
        grid, steps, initial, components, elements = CASES[name]
        self.name, self.folder = name, os.path.join(folder, name)
        os.mkdir(self.folder)
        path = os.path.join(self.folder, "problem.h5")
        write_problem(path, components, elements, seed=len(name) + elements)
        per_sample = [{"kind": "oss", "variant": v, "start": s, "samples": "per_sample"} for v, s in VARIANTS]
        shared = [{"kind": "oss", "variant": v, "start": s, "samples": "joint"} for v, s in VARIANTS]
        shared += [{"kind": "oss", "variant": "paper", "start": s, "samples": "average"} for s in ("free", "pinned")]
        self.config = {
            "denoiser": {"kind": "gmm", "file": path},
            "noise": {"file": path, "dataset": "noise"},
            "initial": initial,
            "samples": {"search": SAMPLES, "evaluate": "same"},
            "teacher": {"grid": grid, "cache": "none"},
            "student": {"steps": BUDGETS, "schedule": per_sample + shared},
            "metrics": ["mse"],
            "output": {"save": ["tables"]},
        }
        if steps is not None:
            self.config["teacher"]["steps"] = steps
        self.outcome = ref.run_config(self.folder, self.config)
        t = self.outcome.teachers["0000"]
        with h5py.File(path, "r") as file:
            start = file["noise"][:].astype(float) * (t[-1] if initial == "t" else 1.0)
            self.problem = ref.Problem(ref.load_mixture(file), t, start)
        self.size = ref.rms(start)
        self.ways = {start: all_schedules(self.problem, BUDGETS[-1], start == "pinned") for start in ("free", "pinned")}

    def optimum(self, start, m):
        """Per sample, of all schedules of at most m steps."""
        return np.min([self.ways[start][steps][1].min(0) for steps in range(1, m + 1)], axis=0)

    def shared_optimum(self, start, m):
        """The best mean over the samples that one schedule for all can have."""
        return min(self.ways[start][steps][1].mean(1).min() for steps in range(1, m + 1))

    def cell(self, variant, start, m, samples="per_sample"):
        return self.outcome.find({"kind": "oss", "variant": variant, "start": start, "samples": samples}, m)


class BruteForce(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-brute-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.cases = [Case(cls.folder, name) for name in CASES]

    def setUp(self):
        self.compared = 0

    def tearDown(self):
        self.assertGreater(self.compared, len(CASES), "this test compared too little")

    def assert_costs(self, case, got, want, what):
        self.assertTrue(np.all(ref.cost_close(got, want, case.size)), f"{case.name} {what}: {got} instead of {want}")
        self.compared += np.size(got)

    def assert_not_below(self, case, got, optimum, what):
        """Beyond rounding: what is below must be equal."""
        below = (got < optimum) & ~ref.cost_close(got, optimum, case.size)
        self.assertFalse(np.any(below), f"{case.name} {what}: {got} is below the optimum {optimum}")
        self.compared += np.size(got)

    def test_enumeration(self):
        """It holds every schedule once: binomial(N, m) free ones of m steps."""
        for case in self.cases:
            for m in BUDGETS:
                free, pinned = case.ways["free"][m][0], case.ways["pinned"][m][0]
                choose = np.prod(np.arange(case.problem.n - m + 1, case.problem.n + 1)) // np.prod(np.arange(1, m + 1))
                self.assertEqual(len(free), choose)
                self.assertEqual(len(set(free)), choose)
                self.assertEqual(sorted(pinned), sorted(way for way in free if way[0] == case.problem.n))
                self.compared += 1

    def test_no_variant_is_below_the_optimum(self):
        for case in self.cases:
            for variant, start in VARIANTS:
                for m in BUDGETS:
                    cell = case.cell(variant, start, m)
                    what = f"{variant} {start} M{m}"
                    self.assert_not_below(case, cell["metrics/mse"], case.optimum(start, m), what)
                    self.assert_not_below(case, cell["search/cost"][:, m - 1, 0], case.optimum(start, m), what + " claimed")
                    joint = case.cell(variant, start, m, "joint")
                    self.assert_not_below(case, joint["metrics/mse"].mean(), case.shared_optimum(start, m), what + " joint")

    def test_scores_are_the_schedules_own(self):
        """The mean squared error reported is that of the schedule reported, walked in double."""
        for case in self.cases:
            for cell in case.outcome.cells:
                index = cell["schedule/index"]
                for s in range(SAMPLES):
                    way = ref.drop_repeats(index[s if len(index) > 1 else 0])
                    self.assert_costs(case, cell["metrics/mse"][s], case.problem.cost(way, s), cell["@schedule"])

    def test_claims(self):
        """Paper's and carry's tables tell the true cost of what their backtrack returns."""
        for case in self.cases:
            for variant, start in VARIANTS:
                for m in BUDGETS if variant != "official" else ():
                    cell = case.cell(variant, start, m)
                    for s in range(SAMPLES):
                        cost = case.problem.cost(ref.drop_repeats(cell["schedule/index"][s]), s)
                        self.assert_costs(case, cell["search/cost"][s, m - 1, 0], cost, f"{variant} {start} M{m}")

    def test_one_step_is_optimal(self):
        for case in self.cases:
            for variant, start in VARIANTS:
                best = case.optimum(start, 1)
                cell = case.cell(variant, start, 1)
                self.assert_costs(case, cell["metrics/mse"], best, f"{variant} {start}")
                self.assert_costs(case, cell["search/cost"][:, 0, 0], best, f"{variant} {start} claimed")
                joint = case.cell(variant, start, 1, "joint")
                self.assert_costs(case, joint["metrics/mse"].mean(), case.shared_optimum(start, 1), f"{variant} {start} joint")

    def test_joint_of_one_sample_is_per_sample(self):
        for case in self.cases:
            for reduce in ("mean", "log_mean"):
                schedules = [
                    {"kind": "oss", "variant": v, "start": s, "samples": samples, "reduce": reduce}
                    for v, s in VARIANTS
                    for samples in ("per_sample", "joint")
                ]
                config = dict(case.config, samples={"search": 1, "evaluate": "same"}, student={"steps": BUDGETS, "schedule": schedules})
                outcome = ref.run_config(case.folder, config, name="one")
                for schedule in schedules[::2]:
                    for m in BUDGETS:
                        single, joint = outcome.find(schedule, m), outcome.find(dict(schedule, samples="joint"), m)
                        for key in ("schedule/index", "schedule/t", "metrics/mse", "search/from"):
                            np.testing.assert_array_equal(single[key], joint[key], err_msg=f"{case.name} {schedule} M{m} {key}")
                        np.testing.assert_allclose(joint["search/cost"], single["search/cost"], rtol=1e-12, atol=1e-300)
                        self.compared += 1

    def test_report(self):
        """Prints mean squared errors as multiples of the optimum (of at most M steps, same start)."""
        rows = []
        for case in self.cases:
            for start in ("free", "pinned"):
                for m in BUDGETS[1:]:
                    best, shared = case.optimum(start, m), case.shared_optimum(start, m)
                    own = [case.cell(v, start, m)["metrics/mse"] / best for v in ("official", "paper", "carry")]
                    all_one = [case.cell(v, start, m, "joint")["metrics/mse"].mean() / shared for v in ("official", "paper", "carry")]
                    average = case.cell("paper", start, m, "average")["metrics/mse"].mean() / shared
                    rows.append((case.name, start, m, [np.exp(np.log(r).mean()) for r in own], all_one, average))
                    self.compared += 1
        print("\nmean squared error over the true optimum (1.00: found it); per_sample: geometric mean over the samples")
        print(f"{'problem':<12}{'start':<8}M  {'official':>9}{'paper':>9}{'carry':>9} | joint: {'official':>9}{'paper':>9}{'carry':>9} | average")
        for name, start, m, own, joint, average in rows:
            cells = "".join(f"{r:9.2f}" for r in own), "".join(f"{r:9.2f}" for r in joint)
            print(f"{name:<12}{start:<8}{m}  {cells[0]} |        {cells[1]} | {average:7.2f}")


if __name__ == "__main__":
    unittest.main()
