#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Every schedule without a teacher on every grid, from outside."""

import os
import re
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import CliTest, compare, run  # noqa: E402

PUBLISHED = ("ays", "table")


class Schedules(CliTest):
    def members(self, registry):
        """The names that ossbench list prints, two spaces in."""
        return re.findall(r"^  (\w+) ", self.run_ok("list", registry).out, re.M)

    def grids(self):
        grids = [{"kind": "file", "file": "problem.h5", "dataset": "grid"}, {"kind": "flow", "mu": 1.15}]
        for kind in self.members("grids"):
            if kind != "file":
                grids += [{"kind": kind, "end": "zero"}, {"kind": kind, "end": "min"}]
        return grids

    def cells(self, name="out.h5"):
        with h5py.File(self.path(name), "r") as file:
            for cell in file["cells"].values():
                times = file[cell.attrs["teacher"]]["t"][:]
                yield dict(cell.attrs), times, {f"{g}/{d}": v[:] for g in cell for d, v in cell[g].items()}

    def test_every_schedule_runs_on_every_grid(self):
        kinds = [kind for kind in self.members("schedules") if kind not in ("uniform", "file", "transfer")]
        self.assertGreaterEqual(set(kinds), {"edm", "logsnr", "quadratic", "cosine", "flow", "beta", "ays", "table"})
        steps = [1, 2, 3, 12]
        grids = self.grids()
        self.run_config({"teacher.grid": grids, "student.schedule": kinds + ["dm"], "student.steps": steps, "samples.search": 1,
                         "samples.evaluate": 1})
        cells = list(self.cells())
        self.assertEqual(len(cells), len(grids) * (len(kinds) + 1) * len(steps))
        for cell, grid, data in cells:
            what = f"{cell['schedule']} on {cell['teacher_grid']}, {cell['steps']} steps: {cell.get('reason')}"
            published = cell["schedule"].startswith(tuple(f"{{kind: {kind}," for kind in PUBLISHED))
            if cell["status"] == "skipped" and published:
                self.assertIn("of 12 levels", cell["reason"], what)
                continue
            self.assertEqual(cell["status"], "done", what)
            t = data["schedule/t"][0]
            self.assertEqual(t[-1], grid[0], what)
            self.assertLess(np.diff(t).max(), 0, what)
            self.assertEqual(data["schedule/start"][0], t[0], what)
            if not published:
                self.assertEqual(t[0], grid[-1], what)
            self.assertTrue(np.isfinite(data["metrics/mse"]).all(), what)
            self.assertEqual("search_cost" in cell, "kind: dm" in cell["schedule"] and cell["steps"] >= (1 if grid[0] else 2), what)
            self.assertEqual((cell["nfe"], cell["search_nfe"]), (cell["steps"], 0), what)

    def test_dm_finds_the_same_schedule_again(self):
        schedule = [{"kind": "dm", "init": ["logsnr", "quadratic"]}]
        self.run_config({"student.schedule": schedule, "student.steps": [5, 9]})
        self.run_config({"student.schedule": schedule, "student.steps": [5, 9], "output.file": "again.h5"})
        compare(self, self.path("out.h5"), self.path("again.h5"), ("seconds", "@date", "@argv", "@peak_bytes", "/summary", "@config"))
        objectives = [cell["search_cost"] for cell, _, _ in self.cells()]
        self.assertLess(max(objectives[1::2]), min(objectives[0::2]))  # more steps, a smaller bound
        self.assertIn("search_cost", self.run_ok("show", "out.h5", "--cell", "0").out)

    def test_dm_is_skipped_where_it_cannot_be(self):
        self.run_config({"student.schedule": ["dm"], "student.steps": [4, 200]})
        done, skipped = [cell for cell, _, _ in self.cells()]
        self.assertEqual((done["status"], skipped["status"]), ("done", "skipped"))
        self.assertIn("at most 100", skipped["reason"])

    def test_shift_and_mu_are_not_given_together(self):
        changes = {"student.schedule": [{"kind": "flow", "shift": 3, "mu": 1}]}
        self.check(run(["run", self.config(changes)], self.dir), 2, ["config.yaml:", "flow: give shift or mu"])


if __name__ == "__main__":
    unittest.main()
