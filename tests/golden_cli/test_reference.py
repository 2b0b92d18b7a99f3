#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""teacher.reference: metrics against the end states of a longer teacher of the same grid and solver."""

import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref


class Reference(unittest.TestCase):
    def setUp(self):
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="ossbench-reference-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        rng = np.random.default_rng(4)
        self.file = os.path.join(self.dir, "problem.h5")
        with h5py.File(self.file, "w") as file:
            file["gmm/means"] = rng.normal(size=(6, 8))
            file["gmm/scales"] = rng.uniform(0.05, 0.4, size=6)
            file["gmm/weights"] = np.ones(6)

    def run_teachers(self, name, steps, evaluate, reference=None, schedules=("uniform", {"kind": "oss", "samples": "joint"}), **sections):
        teacher = {"grid": "ddim", "solver": {"kind": "dpmpp", "order": 2}, "steps": steps, "cache": "none"}
        config = {
            "denoiser": {"kind": "gmm", "file": self.file},
            "samples": {"search": 4, "evaluate": evaluate, "batch": 3},
            "teacher": teacher | ({"reference": reference} if reference else {}),
            "student": {"steps": [3, 8], "schedule": list(schedules)},
            "metrics": ["mse", "psnr"],
            "output": {"save": ["samples"]},
        }
        return ref.run_config(self.dir, dict(config, **sections), name=name)

    def test_metrics_are_against_the_reference(self):
        for evaluate in ("same", 5):
            longest = self.run_teachers("longest", 40, evaluate).cells[0]["samples/teacher"]
            own = self.run_teachers("own", [12, 20, 40], evaluate)
            other = self.run_teachers("other", [12, 20, 40], evaluate, reference=40)
            self.assertEqual(len(other.cells), 12)
            for a, b in zip(own.cells, other.cells):
                np.testing.assert_array_equal(b["samples/teacher"], longest)
                np.testing.assert_array_equal(b["samples/student"], a["samples/student"])
                np.testing.assert_array_equal(b["schedule/index"], a["schedule/index"])
                mse = ((b["samples/student"].astype(float) - longest) ** 2).reshape(len(longest), -1).mean(1)
                np.testing.assert_allclose(b["metrics/mse"], mse, rtol=1e-9)
                self.assertEqual(a["@key"] == b["@key"], a["@teacher_steps"] == 40)
                if a["@teacher_steps"] < 40:
                    self.assertTrue(np.all(a["metrics/mse"] != b["metrics/mse"]))
            self.assertEqual([len(t) for t in other.teachers.values()], [13, 21, 41])

    def test_the_reference_itself(self):
        """As many uniform steps as the reference has, with its solver, are the reference."""
        student = {"solver": {"kind": "dpmpp", "order": 2}, "steps": [30, 5], "schedule": "uniform"}
        cell = self.run_teachers("self", 10, 5, 30, student=student).cells[0]
        np.testing.assert_array_equal(cell["samples/student"], cell["samples/teacher"])

    def test_without_a_search_no_other_teacher_is_made(self):
        samples = {"search": 4, "evaluate": "same"}
        outcome = self.run_teachers("work", 12, "same", 40, ["uniform"], samples=samples)
        path = os.path.join(self.dir, "work.h5")
        with h5py.File(path, "r") as file:
            self.assertEqual(file["teacher/0000"].attrs["nfe"], 4 * 40)
            self.assertIn("reference: 40", file.attrs["config"])
        self.assertEqual(len(outcome.cells), 2)

    def test_refusals(self):
        with self.assertRaisesRegex(AssertionError, "trajectory.*own teacher"):
            self.run_teachers("points", 12, "same", 40, metrics=["trajectory"])
        with self.assertRaisesRegex(AssertionError, "teacher.reference.*grid from a file"):
            grid = {"kind": "file", "file": self.file, "dataset": "t"}
            self.run_teachers("file", 12, "same", 40, teacher={"grid": grid, "reference": 40})
        with self.assertRaisesRegex(AssertionError, "teacher.reference"):
            self.run_teachers("zero", 12, "same", -3)


if __name__ == "__main__":
    unittest.main()
