#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What makes cells comparable: where schedules end, which noise scores them, what a cell's key depends on."""

import os
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import CliTest, run  # noqa: E402


class Conventions(CliTest):
    def cells(self):
        with h5py.File(self.path("out.h5"), "r") as file:
            return [
                {**dict(cell.attrs), **{f"{g}/{d}": v[:] for g in cell for d, v in cell[g].items()}}
                for cell in file["cells"].values()
            ]

    def test_every_uniform_schedule_ends_where_the_teacher_ends(self):
        grids = [{"kind": kind, "end": end} for kind in ("edm", "ddim", "flow", "cosine", "logsnr") for end in ("zero", "min")]
        self.run_config({"teacher.grid": grids, "student.schedule": ["uniform"]})
        cells = self.cells()
        self.assertEqual(len(cells), 20)
        for cell in cells:
            self.assertEqual(cell["schedule/index"][0, -1], 0, cell["teacher_grid"])
            self.assertTrue((np.diff(cell["schedule/t"][0]) < 0).all(), cell["teacher_grid"])

    def test_held_out_noise_does_not_depend_on_how_many_samples_are_searched(self):
        self.run_config({"samples.search": [2, 5], "student.schedule": ["uniform"], "student.steps": [3]})
        few, many = self.cells()
        np.testing.assert_array_equal(few["metrics/mse"], many["metrics/mse"])

    def test_a_budget_that_a_formula_cannot_serve_is_skipped(self):
        self.run_config({"teacher.grid": "ddim", "teacher.steps": 1000, "samples.search": 1, "samples.evaluate": 1,
                         "student.schedule": ["uniform"], "student.steps": [4, 1001]})
        done, skipped = self.cells()
        self.assertEqual((done["status"], skipped["status"]), ("done", "skipped"))
        self.assertIn("only 1000", skipped["reason"])

    def test_a_list_beside_a_formula_keeps_its_own_steps(self):
        grids = ["edm", {"kind": "file", "file": "problem.h5", "dataset": "grid"}]
        self.run_config({"teacher.grid": grids, "teacher.steps": [8, 12], "student.steps": [2]})
        found = [(int(c["teacher_steps"]), c["status"]) for c in self.cells()]
        self.assertEqual(found.count((6, "done")), 2)
        self.assertEqual(found.count((6, "skipped")), 2)
        self.assertEqual(found.count((8, "done")) + found.count((12, "done")), 4)

    def test_a_schedule_of_a_result_is_a_grid(self):
        self.run_config({"student.schedule": ["uniform"], "student.steps": [5], "output.file": "first.h5"})
        grid = {"kind": "file", "file": "first.h5", "dataset": "cells/0000/schedule/t"}
        self.run_config({"teacher.grid": grid, "teacher.steps": 5, "student.steps": [2]})
        self.assertEqual([int(cell["teacher_steps"]) for cell in self.cells()], [5, 5])

    def test_cost_options_without_a_kind(self):
        self.run_config({"student.schedule": [{"kind": "oss", "cost": {"p": 1}}]})
        for cell in self.cells():
            self.assertIn("cost: {kind: xt, p: 1,", cell["schedule"])

    def test_the_stored_config_resumes_its_own_result(self):
        self.run_config({})
        with h5py.File(self.path("out.h5"), "r") as file:
            self.write("elsewhere/again.yaml", file.attrs["config"])
        again = run(["run", self.path("elsewhere", "again.yaml"), "--output", self.path("out.h5"), "--resume"], self.dir)
        self.check(again, 0, ["0 cells done, 4 kept"])

    def test_samples_of_too_many_dimensions_are_refused(self):
        with h5py.File(self.path("problem.h5"), "a") as file:
            file["gmm/shape"] = [6, 1, 1, 1, 1, 1, 1]
            file["deep"] = np.zeros((16, 6, 1, 1, 1, 1, 1, 1), "f4")
        save = {"output.save": ["samples", "trajectory"]}
        self.check(run(["run", self.config(save)], self.dir), 1, ["gmm/shape", "at most 6"])
        with h5py.File(self.path("problem.h5"), "a") as file:
            del file["gmm/shape"]
        deep = {**save, "noise": {"file": "problem.h5", "dataset": "deep"}}
        self.check(run(["run", self.config(deep)], self.dir), 1, ["'deep'", "rank 8"])

    def test_a_range_that_is_none_is_refused(self):
        with h5py.File(self.path("problem.h5"), "a") as file:
            file.attrs["data_range"] = 0.0
        self.check(run(["run", self.config({})], self.dir), 1, ["data_range is 0"])

    def test_classes_drawn_are_recorded(self):
        with h5py.File(self.path("problem.h5"), "a") as file:
            file["data/points"] = np.random.default_rng(0).uniform(-1, 1, (20, 4))
            file["data/labels"] = np.arange(20) % 3
        drawn = {"kind": "dataset", "file": "problem.h5", "class": "drawn", "guidance": 2}
        self.run_config({"denoiser": [drawn, {**drawn, "class": 1}, {"kind": "dataset", "file": "problem.h5"}], "samples.evaluate": 40,
                         "student.schedule": ["uniform"], "student.steps": [2]})
        some, one, none = self.cells()
        self.assertEqual(sorted(set(some["samples/class"])), [0, 1, 2])
        self.assertEqual(set(one["samples/class"]), {1})
        self.assertNotIn("samples/class", none)
        self.assertEqual((int(some["nfe"]), int(some["depth"]), int(none["nfe"])), (4, 2, 2))

    def test_points_out_of_the_data_range_are_warned_of(self):
        with h5py.File(self.path("problem.h5"), "a") as file:
            file["data/points"] = np.linspace(0, 255, 32).reshape(8, 4)
        result = self.run_config({"denoiser": {"kind": "dataset", "file": "problem.h5"}, "student.schedule": ["uniform"]})
        self.assertIn("from 0 to 255", result.err)


if __name__ == "__main__":
    unittest.main()
