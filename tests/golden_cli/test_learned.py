#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Learned schedules: never worse than what they begin with, honest about what they claim and cost, the same each time."""

import itertools
import json
import os
import re
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref
import test_brute_force as brute
import yaml

SAMPLES = 5
OPTIMIZERS = ("bobyqa", "sbplx", "cobyla", "lbfgs")
OSS = {"kind": "oss", "samples": "joint", "variant": "paper"}
GRIDS = {  # teacher: grid, steps, initial
    "edm": ({"kind": "edm"}, 20, "t"),
    "edm-min": ({"kind": "edm", "end": "min"}, 16, "t"),
    "flow": ({"kind": "flow", "shift": 3}, 16, "one"),  # begins at t = 1
    "file": ({"kind": "file", "file": "problem.h5", "dataset": "grid", "as": "t"}, None, "one"),  # ends above 0
}


def learned(**options):
    return {"kind": "learned", **options}


class Learned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-learned-", dir=ref.FAST)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.path = os.path.join(cls.folder, "problem.h5")
        brute.write_problem(cls.path, 5, 8, 3)
        rng = np.random.default_rng(4)
        with h5py.File(cls.path, "a") as file:
            del file["noise"], file["grid"]
            file["noise"] = rng.normal(size=(SAMPLES + 4, 8)).astype(np.float32)
            file["grid"] = np.sort(rng.uniform(0.02, 0.99, size=10))
            file["times"] = [0.9, 0.5, 0.2, 0.0]
            file["each"] = np.tile([9, 5, 2, 0], (SAMPLES, 1)).astype(np.int32)

    def config(self, schedules, steps, grid="edm", **changes):
        name, teacher_steps, initial = GRIDS[grid]
        config = {
            "denoiser": {"kind": "gmm", "file": self.path},
            "noise": {"file": self.path, "dataset": "noise"},
            "initial": initial,
            "samples": {"search": SAMPLES, "evaluate": "same"},
            "teacher": {"grid": name, "cache": "none", **({"steps": teacher_steps} if teacher_steps else {})},
            "student": {"steps": steps, "schedule": schedules},
            "metrics": ["mse"],
        }
        for key, value in changes.items():
            config[key] = {**config[key], **value} if isinstance(value, dict) else value
        return config

    def run_case(self, *args, **changes):
        return ref.run_config(self.folder, self.config(*args, **changes))

    def test_never_worse(self):
        """Than its first schedule on the searched samples, whose first time and start it keeps."""
        inits = ["uniform", "gits", OSS, {"kind": "oss", "samples": "joint", "variant": "carry"}]
        names = [learned(init=i, optimizer=o, evaluations=40) for i in inits for o in OPTIMIZERS]
        for grid in GRIDS:
            outcome = self.run_case(inits + names, [1, 4], grid, student={"solver": ["euler", {"kind": "unipc", "order": 3}]})
            better = []
            for cell in outcome.cells:
                if "learned" not in cell["@schedule"]:
                    continue
                began = json.dumps(yaml.safe_load(cell["@schedule"])["init"])
                init = next(i for i in inits[::-1] if ref.matches(began, i))
                first = outcome.find(init, cell["@steps"], solver=cell["@solver"])
                what = f"{grid} {cell['@solver']} {cell['@schedule']} M{cell['@steps']}"
                cost = cell["metrics/mse"].mean()
                self.assertLessEqual(cost, first["metrics/mse"].mean() * (1 + 1e-6), what)
                self.assertAlmostEqual(cell["@search_cost"] / cost, 1, delta=1e-6, msg=what)
                self.assertEqual(cell["schedule/start"], first["schedule/start"])
                t, used = cell["schedule/t"][0], cell["schedule/used"][0]
                self.assertEqual((t[0], t[-1], used), (first["schedule/t"][0][0], first["schedule/t"][0][-1], first["schedule/used"][0]))
                self.assertTrue((np.diff(t[-used - 1 :]) < 0).all() and (t[: -used - 1] == t[0]).all(), what)
                if cell["@steps"] == 1:
                    np.testing.assert_array_equal(t, first["schedule/t"][0])
                else:
                    better.append(cost < first["metrics/mse"].mean())
            self.assertGreater(np.mean(better), 0.8, grid)

    def test_improves(self):
        """A uniform schedule of few steps is far from the best times; and from the best subset it goes on to times between the points."""
        exhaustive = {"kind": "exhaustive", "fewer": False}
        outcome = self.run_case(["uniform", exhaustive, learned(), learned(init=exhaustive), learned(init=exhaustive, optimizer="sbplx")], [3, 4])
        for m in (3, 4):
            uniform = outcome.find("uniform", m)["metrics/mse"].mean()
            best = outcome.find(exhaustive, m)["metrics/mse"].mean()
            self.assertLess(outcome.find({"kind": "learned", "init": "uniform"}, m)["metrics/mse"].mean(), 0.3 * uniform)
            for optimizer in ("bobyqa", "sbplx"):
                cells = [c for c in outcome.cells if "init: {kind: exhaustive" in c["@schedule"] and optimizer in c["@schedule"]]
                cell = next(c for c in cells if c["@steps"] == m)
                self.assertLess(cell["metrics/mse"].mean(), 0.95 * best)
                self.assertTrue((cell["schedule/index"][0][1:-1] == -1).all())

    def test_one_free_time(self):
        """Two steps: not worse than any time of a fine scan below the grid's neighbours of the best one."""
        outcome = self.run_case([learned(init=OSS)], [2], "flow")
        with h5py.File(self.path, "r") as file:
            start = file["noise"][:SAMPLES].astype(float)
            problem = ref.Problem(ref.load_mixture(file), outcome.teachers["0000"], start)
        first = outcome.cells[0]["schedule/t"][0][0]

        def error(t):
            return np.mean((ref.euler(problem.mixture.denoise, start, [first, t, 0.0])[-1] - problem.teacher[0]) ** 2)

        scan = [error(t) for t in np.linspace(0.01, first - 0.01, 400)]
        self.assertLessEqual(outcome.cells[0]["@search_cost"], min(scan) * 1.0001)

    def test_reduce_and_exponent(self):
        outcome = self.run_case([learned(reduce=r, p=p) for r in ("mean", "log_mean") for p in (1, 2)], [4])
        for cell in outcome.cells:
            if "p: 2" in cell["@schedule"]:
                mse = cell["metrics/mse"]
                want = mse.mean() if "reduce: mean" in cell["@schedule"] else np.exp(np.log(mse).mean())
                self.assertAlmostEqual(cell["@search_cost"] / want, 1, delta=1e-6)
        geometric = {r: np.log(outcome.find(learned(reduce=r, p=2), 4)["metrics/mse"]).mean() for r in ("mean", "log_mean")}
        self.assertLess(geometric["log_mean"], geometric["mean"])

    def test_the_same_each_time(self):
        names = [learned(optimizer=o, init=i) for o in OPTIMIZERS for i in ("uniform", OSS)]
        runs = [self.run_case(names, [2, 4], samples={"batch": batch}) for batch in (1, 3, 5, 5)]
        for other in runs[1:]:
            for a, b in zip(runs[0].cells, other.cells):
                np.testing.assert_array_equal(a["schedule/t"], b["schedule/t"])
                self.assertEqual((a["@search_cost"], a["@search_nfe"]), (b["@search_cost"], b["@search_nfe"]))

    def test_held_out_samples(self):
        outcome = self.run_case([learned()], [3], samples={"evaluate": 4})
        self.assertEqual(outcome.cells[0]["metrics/mse"].shape, (4,))

    def test_prices(self):
        """Without a tolerance every evaluation is made and the plan is exact; with one it is the most that can be."""
        solvers = {"solver": ["euler", "heun", {"kind": "dpm2", "afs": True}, {"kind": "dpmpp", "order": 3}]}
        for evaluations, tolerance in itertools.product((1, 2, 37), (0, 0.1)):
            names = [learned(optimizer=o, evaluations=evaluations, tolerance=tolerance, init=i) for o in OPTIMIZERS for i in ("uniform", "gits")]
            for grid in ("edm", "edm-min"):
                outcome = self.run_case(names, [1, 3], grid, student=solvers)
                text = ref.cli.run(["run", os.path.join(self.folder, "config.yaml"), "--dry-run"], self.folder).out
                planned = [int(row) for row in re.findall(r"^ +\d+ +\d+ +(\d+) +[\d.]+ ", text, re.M)]
                self.assertEqual(len(planned), len(outcome.cells))
                for price, cell in zip(planned, outcome.cells):
                    compare = self.assertEqual if tolerance == 0 else self.assertGreaterEqual
                    compare(price, cell["@search_nfe"], f"{grid} {cell['@solver']} {cell['@schedule']} M{cell['@steps']}")

    def test_no_error_at_all(self):
        """A student that is its teacher has an error of 0, however it is averaged."""
        outcome = self.run_case([learned(evaluations=3, reduce=r) for r in ("mean", "log_mean")], [20])
        for cell in outcome.cells:
            np.testing.assert_array_equal(cell["metrics/mse"], 0.0)
            self.assertEqual(cell["@search_cost"], 0.0, cell["@schedule"])

    def test_more_steps_than_the_teacher(self):
        """Its times are free; only what it begins with may be bound to the teacher's."""
        outcome = self.run_case([learned(evaluations=5), learned(evaluations=5, init="gits")], [20, 24])
        self.assertEqual([c["@status"] for c in outcome.cells], ["done", "done", "done", "skipped"])
        self.assertIn("more than the teacher's 20", outcome.cells[3]["@reason"])

    def test_what_it_begins_with(self):
        """Any schedule: its own times, fewer steps than the budget; but one for all samples, and not another learned one."""
        times = {"kind": "file", "file": self.path, "dataset": "times", "as": "t"}
        outcome = self.run_case([times, learned(init=times)], [3])
        self.assertEqual(outcome.cells[1]["schedule/start"], [0.9])
        self.assertEqual(outcome.cells[1]["schedule/t"][0][0], 0.9)
        self.assertLess(outcome.cells[1]["metrics/mse"].mean(), outcome.cells[0]["metrics/mse"].mean())
        each = {"kind": "file", "file": self.path, "dataset": "each"}
        outcome = self.run_case([learned(init=each), learned(init={"kind": "oss", "samples": "per_sample"}), "uniform"], [3])
        self.assertEqual([c["@status"] for c in outcome.cells], ["skipped", "skipped", "done"])
        for cell in outcome.cells[:2]:
            self.assertIn("one schedule for all samples", cell["@reason"])
        for init, words in ((learned(), "not learned"), ("unifrom", "did you mean 'uniform'"), ({"kind": "oss", "varaint": 1}, "varaint")):
            with self.assertRaisesRegex(AssertionError, f"exit 2(.|\n)*{words}"):
                self.run_case([learned(init=init)], [3])


if __name__ == "__main__":
    unittest.main()
