#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""GITS: the published code's costs and choices, and the same computed here in double on other problems."""

import itertools
import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

GOLDEN = str(ref.GOLDEN / "gits.h5")
METRICS = ("l1", "l2", "dev")
# Golden teachers and the program's name for them. A teacher whose solver this build lacks is left out, and the test says so.
TEACHERS = {"euler": "euler", "ipndm4": {"kind": "ipndm", "order": 4}}

# name: grid, teacher steps, initial, components, elements, samples, options of samples
CASES = {
    "edm-9": ({"kind": "edm"}, 9, "t", 4, 6, 3, {}),
    "edm-min": ({"kind": "edm", "sigma_max": 20, "end": "min"}, 8, "t", 3, 5, 5, {"batch": 2}),
    "flow-10": ({"kind": "flow", "shift": 3}, 10, "t", 3, 8, 4, {"batch": 3}),  # starts at t = 1
    "flow-min": ({"kind": "flow", "end": "min"}, 7, "one", 5, 4, 1, {}),
    "cosine-8": ({"kind": "cosine"}, 8, "one", 2, 3, 2, {"batch": 1}),
    "ddim-11": ({"kind": "ddim"}, 11, "one", 4, 12, 3, {}),
    "file-7": ({"kind": "file", "file": "problem.h5", "dataset": "grid", "as": "t"}, None, "t", 6, 6, 3, {}),
}


def has_solver(name):
    found = ref.cli.run(["list", "solvers"], str(ref.GOLDEN))
    return any(line.split()[:1] == [name] for line in found.out.splitlines())


def schedules(coefficients):
    return [{"kind": "gits", "metric": m, "coefficient": c} for m in METRICS for c in coefficients]


def choose(cost, steps, coefficient):
    """The published algorithm on a matrix (from, to) whose index 0 is the noise; all indices of the chosen path, ties to the noise."""
    last = len(cost) - 1

    def best(start, left):
        if left == 1:
            return cost[start, last], [start, last]
        ways = [(cost[start, j] + coefficient * rest[0], [start] + rest[1]) for j in range(start + 1, last) for rest in [memo(j, left - 1)] if rest]
        return min(ways, key=lambda way: way[0]) if ways else None

    known = {}

    def memo(start, left):
        if (start, left) not in known:
            known[start, left] = best(start, left)
        return known[start, left]

    return memo(0, steps)


class Goldens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-gits-", dir=ref.FAST)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def outcome(self, solver):
        return ref.run_config(self.folder, {
            "denoiser": {"kind": "gmm", "file": GOLDEN},
            "noise": {"file": GOLDEN, "dataset": "latents"},
            "initial": "t",
            "samples": {"search": 8, "evaluate": "same", "batch": 3},
            "teacher": {"solver": solver, "grid": {"kind": "file", "file": GOLDEN, "dataset": "sigmas", "as": "sigma"}, "cache": "none"},
            "student": {"steps": [3, 5, 10], "schedule": schedules([1, 1.15])},
            "metrics": ["mse"],
            "output": {"save": ["tables"]},
        })

    def check(self, golden):
        outcome = self.outcome(TEACHERS[golden])
        with h5py.File(GOLDEN, "r") as file:
            sigmas = file["sigmas"][:]
            # What float32 leaves of a teacher's state in variance-exploding form: its rounding times 1 + sigma, in every element.
            noise = 1e-7 * (1 + np.maximum.outer(sigmas, sigmas))
            for schedule, steps in itertools.product(schedules([1, 1.15]), (3, 5, 10)):
                group = file[f"{golden}/{schedule['metric']}"]
                cell = outcome.find(schedule, steps)
                want = group[f"n{steps + 1}_coeff{schedule['coefficient']:g}"][:]
                np.testing.assert_array_equal(30 - cell["schedule/index"][0], want, err_msg=f"{schedule} {steps}")
                got, cost = cell["search/pair_cost"][::-1, ::-1], group["cost"][:].astype(float)
                room = 1e-4 * np.abs(cost) + noise * (32 if schedule["metric"] == "l1" else np.sqrt(32))
                worst = np.max(np.abs(got - cost) / room)
                self.assertLessEqual(worst, 1, f"{schedule} {steps}")

    def test_euler(self):
        self.check("euler")

    @unittest.skipUnless(has_solver("ipndm"), "this build has no solver ipndm")
    def test_ipndm4(self):
        self.check("ipndm4")


class Reference:
    """The cost matrices of a problem in the variance-exploding form, index 0 the noise; t = 1 as a noise level of 1e9."""

    def __init__(self, problem):
        t = np.minimum(problem.t[::-1], 1 - 1e-9)
        self.sigma = t / (1 - t)
        self.y = problem.teacher[::-1] / (1 - t)[:, None, None]
        self.noise = []
        for k, now in enumerate(problem.t[:0:-1]):
            d = problem.mixture.denoise(problem.teacher[::-1][k], now)
            self.noise.append((self.y[k] - d) / self.sigma[k])

    def deviation(self, y):
        """Distance of y (S, D) from the line through both ends of the teacher."""
        along = self.y[-1] - self.y[0]
        along = along / np.linalg.norm(along, axis=-1, keepdims=True)
        apart = self.y[-1] - y
        return np.linalg.norm(apart - (apart * along).sum(-1, keepdims=True) * along, axis=-1)

    def matrix(self, metric):
        n = len(self.sigma)
        cost = np.zeros((n, n))
        for i in range(n - 1):
            for j in range(i + 1, n):
                if i == 0 and self.sigma[0] > 1e8:  # y_0 - sigma_0 e is the denoiser's output there
                    y = self.y[0] - self.sigma[0] * self.noise[0] + self.sigma[j] * self.y[0] / self.sigma[0]
                else:
                    y = self.y[i] + (self.sigma[j] - self.sigma[i]) * self.noise[i]
                if metric == "dev":
                    cost[i, j] = np.mean(self.deviation(y) - self.deviation(self.y[j]))
                else:
                    cost[i, j] = np.mean(np.linalg.norm(y - self.y[j], ord=1 if metric == "l1" else 2, axis=-1))
        return cost


class Computed(unittest.TestCase):
    """Costs against Reference, and the choices against the published algorithm on the program's own costs."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-gits-", dir=ref.FAST)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.cases = {}
        for name in CASES:
            cls.cases[name] = cls.run_case(name)

    @classmethod
    def run_case(cls, name, **changes):
        grid, steps, initial, components, elements, samples, options = CASES[name]
        folder = os.path.join(cls.folder, name)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "problem.h5")
        rng = np.random.default_rng(len(name) + elements)
        with h5py.File(path, "w") as file:
            file["gmm/means"] = 1.5 * rng.normal(size=(components, elements))
            file["gmm/scales"] = rng.uniform(0.02, 0.5, size=components)
            file["gmm/weights"] = rng.uniform(0.5, 2.0, size=components)
            file["noise"] = rng.normal(size=(samples, elements)).astype(np.float32)
            file["grid"] = np.sort(rng.uniform(0.02, 0.99, size=8))
        n = steps or 7
        config = {
            "denoiser": {"kind": "gmm", "file": path},
            "noise": {"file": path, "dataset": "noise"},
            "initial": initial,
            "samples": {"search": samples, "evaluate": "same", **options},
            "teacher": {"grid": grid, "cache": "none", **({"steps": steps} if steps else {})},
            "student": {"steps": [1, 2, 4, n - 1, n], "schedule": schedules([0.8, 1, 1.15])},
            "metrics": ["mse"],
            "output": {"save": ["tables"]},
        }
        config["samples"].update(changes)
        outcome = ref.run_config(folder, config)
        t = outcome.teachers["0000"]
        with h5py.File(path, "r") as file:
            start = file["noise"][:].astype(float) * (t[-1] if initial == "t" else 1.0)
            return config, outcome, ref.Problem(ref.load_mixture(file), t, start)

    def test_costs(self):
        for name, (config, outcome, problem) in self.cases.items():
            reference = Reference(problem)
            reach = 1 / (1 - np.minimum(problem.t[::-1], 1 - 1e-9))  # of a float32 rounding, in variance-exploding form
            for metric in METRICS:
                got = outcome.find({"kind": "gits", "metric": metric, "coefficient": 1}, 1)["search/pair_cost"]
                self.assertEqual((got.shape, got.dtype), ((problem.n + 1,) * 2, "<f8"))
                self.assertFalse(np.any(np.triu(got)), name)  # from a lower index or the same: nothing
                got, want = got[::-1, ::-1], reference.matrix(metric)
                room = 1e-4 * np.abs(want) + 2e-6 * ref.rms(problem.start) * problem.start.shape[1] * reach
                worst = np.max(np.abs(got - want) / room)
                self.assertLessEqual(worst, 1, f"{name} {metric}")

    def test_choices(self):
        for name, (config, outcome, problem) in self.cases.items():
            for schedule, steps in itertools.product(config["student"]["schedule"], config["student"]["steps"]):
                cell = outcome.find(schedule, steps)
                _, path = choose(cell["search/pair_cost"][::-1, ::-1], steps, schedule["coefficient"])
                np.testing.assert_array_equal(problem.n - cell["schedule/index"][0], path, err_msg=f"{name} {schedule} {steps}")
                self.assertEqual(cell["schedule/used"], [steps])
                self.assertEqual(cell["@search_nfe"], len(problem.start) * problem.n)

    def test_batches_change_nothing(self):
        for name in ("edm-min", "flow-10"):
            config, outcome, _ = self.cases[name]
            again = self.run_case(name, batch=4)[1]
            for a, b in zip(outcome.cells, again.cells):
                np.testing.assert_array_equal(a["search/pair_cost"], b["search/pair_cost"])
                np.testing.assert_array_equal(a["schedule/index"], b["schedule/index"])

    def test_a_coefficient_too_large(self):
        """Costs that overflow leave no schedule: the cells fail and say why, the others are done."""
        config = {**self.cases["edm-9"][0], "student": {"steps": [4], "schedule": schedules([1, 1e308])}}
        with self.assertRaisesRegex(AssertionError, "exit 1(.|\n)*3 cells failed"):
            ref.run_config(self.folder, config, name="overflow")
        for cell in ref.Outcome(os.path.join(self.folder, "overflow.h5")).cells:
            large = "1e+308" in cell["@schedule"]
            self.assertEqual(cell["@status"], "failed" if large else "done", cell["@schedule"])
            self.assertIn("no schedule of 4 steps has a finite cost" if large else "", cell.get("@reason", ""))

    def test_one_element(self):
        """A sample of one element never leaves its line: every deviation is 0, and every schedule as good as another."""
        path = os.path.join(self.folder, "one.h5")
        with h5py.File(path, "w") as file:
            file["gmm/means"], file["gmm/scales"], file["gmm/weights"] = [[-1.0], [1.0]], [0.1, 0.2], [1.0, 1.0]
        outcome = ref.run_config(self.folder, {
            "denoiser": {"kind": "gmm", "file": path},
            "teacher": {"grid": {"kind": "flow"}, "steps": 6, "cache": "none"},
            "student": {"steps": [1, 3, 6], "schedule": ["gits"]},
            "output": {"save": ["tables"]},
        })
        for cell in outcome.cells:
            self.assertEqual(cell["@status"], "done")
            self.assertLess(np.abs(cell["search/pair_cost"]).max(), 1e-6)
            self.assertTrue((np.diff(cell["schedule/index"]) < 0).all())


if __name__ == "__main__":
    unittest.main()
