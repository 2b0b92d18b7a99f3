#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The report's figure of amplitudes: /usr/bin/python3 tests/report/test_amplitudes.py"""

import os
import sys
import tempfile
import unittest
import warnings

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))

from made_up import make  # noqa: E402
from ossreport import amplitudes, layout, lines, load, page, stats  # noqa: E402

ONE = {"grids": ("edm",), "schedules": ("uniform",), "tables": False, "samples": False}


class Amplitudes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "result.h5")

    def study(self, **options):
        make(self.file, **options)
        return stats.Study(load.load(self.file))

    def write(self, study):
        """(the page, its PNG files); a warning is an error."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            path, *files = page.write(study, layout.read(study), os.path.join(self.folder.name, "report"))
        with open(path, encoding="utf-8") as file:
            return file.read(), [os.path.basename(name) for name in files]

    def test_calibrations_lie_in_one_figure(self):
        study = self.study(tables=False, samples=False, calibrations=("none", "affine"))
        self.assertEqual(study.outer, ["teacher_grid", "calibration"])
        found = amplitudes.groups(study)
        self.assertEqual([(group.slug, list(group.panels)) for group in found], [("edm", ["none", "affine"]), ("flow", ["none", "affine"])])
        shown = amplitudes.pictures(study, found[0])
        self.assertEqual([budget for (_, budget), _ in shown], [3, 3, 3])
        for _, ways in shown:
            np.testing.assert_allclose(ways["none"].student, ways["none"].there / 2)
            np.testing.assert_allclose(ways["affine"].student, ways["affine"].there)
        text, names = self.write(study)
        self.assertEqual([name for name in names if name.startswith("amp")], ["amplitudes-edm.png", "amplitudes-flow.png"])
        for words in ("5% and 95% quantiles", 'href="#amplitudes"', 'id="amplitudes"'):
            self.assertIn(words, text)

    def test_budgets_of_one_schedule(self):
        study = self.study(steps=(2, 3, 4, 5), calibrations=("scale",), **ONE)
        (group,) = amplitudes.groups(study)
        self.assertEqual([budget for (_, budget), _ in amplitudes.pictures(study, group)], [2, 4, 5])
        figure, caption = amplitudes.figure(study, group)
        lines.plt.close(figure)
        self.assertIn("Student: 2, 4, 5 steps; teacher: 12 steps.", caption)

    def test_nothing_without_quantiles(self):
        make(self.file, calibrations=("none",), **ONE)
        with h5py.File(self.file, "r+") as file:
            for cell in file["cells"].values():
                del cell["trajectory"]
        study = stats.Study(load.load(self.file))
        self.assertEqual(amplitudes.groups(study), [])
        self.assertNotIn("amplitudes", self.write(study)[0])


if __name__ == "__main__":
    unittest.main()
