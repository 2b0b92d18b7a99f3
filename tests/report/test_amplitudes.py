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
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))

from made_up import GITS, PER_SAMPLE, make  # noqa: E402
from ossreport import amplitudes, calibrated, layout, lines, load, page, stats  # noqa: E402

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

    def calibrated(self, **options):
        """A study whose samples are of one grey each: the teacher's, and one for each schedule and calibration, darker without it."""
        make(self.file, seeds=(0, 1), grids=("edm",), tables=False, calibrations=("none", "affine"), **options)
        self.greys = {}
        with h5py.File(self.file, "r+") as file:
            for cell in file["cells"].values():
                place = (cell.attrs["schedule"], cell.attrs["calibration"])
                grey = self.greys.setdefault(place, 0.1 * (1 + len(self.greys)) * (-1 if place[1] == "none" else 1))
                cell["samples/student"][...], cell["samples/teacher"][...] = grey, 1.0
                if cell.attrs["seed"] == 1:
                    cell["samples/student"][...] = 0.95
        return stats.Study(load.load(self.file))

    def test_samples_without_and_with_calibration(self):
        study = self.calibrated(schedules=("uniform", PER_SAMPLE, GITS), shape=(1, 8, 8))
        (group,) = amplitudes.groups(study)
        self.assertEqual(calibrated.budgets(group), [3, 5])
        for steps in (3, 5):
            (label, states), *rest = calibrated.entries(study, group, steps)
            self.assertEqual((label, states.shape), ("teacher", (6, 1, 8, 8)))
            self.assertTrue((states == 1).all())
            lines_of = [label.split("\n") for label, _ in rest]
            self.assertEqual([tuple(words[:1]) for words in lines_of], 2 * [("uniform",)] + 2 * [("oss",)] + 2 * [("gits",)])
            for (label, states), kind, (schedule, *_) in zip(rest, 3 * ["none", "affine"], lines_of):
                value = next(s for s in study.schedules if study.label("schedule", s) == schedule)
                np.testing.assert_allclose(states, self.greys[value, kind], rtol=1e-6)
                cell = next(c for c in group.panels[kind].at(value, steps) if c.axes["seed"] == 0)
                shown = cell.metrics["psnr"]
                words = {"none": "not calibrated", "affine": "affine"}[kind]
                mean = shown[np.isfinite(shown)].mean()
                self.assertEqual(label.split("\n")[1], f"{words}, {mean:.2f} dB")
                self.assertRegex(label.split("\n")[2], r"^all samples: \d\d\.\d\d dB$")  # of both seeds

    def test_pictures_without_and_with_calibration(self):
        study = self.calibrated(schedules=("uniform",), shape=(1, 8, 8), steps=(3,))
        text, names = self.write(study)
        self.assertIn("calibrated-3steps.png", names)
        for words in ("with 3 steps, the baseline", "of the others (not calibrated)", "mean is over the searched samples"):
            self.assertIn(words, text)
        self.assertEqual(text.count("affine: each state is scaled and shifted"), 1)
        self.assertNotIn("scale: each state is scaled", text)
        picture = np.asarray(Image.open(os.path.join(self.folder.name, "report", "calibrated-3steps.png")).convert("L")).astype(int)
        column = picture[:, -20]  # through the last sample of every row
        found = [column[0]] + [b for a, b in zip(column, column[1:]) if a != b]
        rows = [round(255 * (grey + 1) / 2) for grey in (self.greys["uniform", "none"], self.greys["uniform", "affine"])]
        np.testing.assert_allclose([grey for grey in found if grey != 255], rows, atol=1)  # the teacher's are white

    def test_samples_that_are_missing(self):
        make(self.file, seeds=(0,), grids=("edm",), steps=(3, 5), tables=False, schedules=("uniform",), calibrations=("none", "scale", "affine"))
        with h5py.File(self.file, "r+") as file:
            for cell in file["cells"].values():
                if cell.attrs["calibration"] == "none" or (cell.attrs["steps"], cell.attrs["calibration"]) == (5, "scale"):
                    del cell["samples"]
        study = stats.Study(load.load(self.file))
        (group,) = amplitudes.groups(study)
        self.assertEqual(calibrated.budgets(group), [3])
        labels = [label.split(",")[0] for label, _ in calibrated.entries(study, group, 3)]
        self.assertEqual(labels, ["teacher", "uniform\nscale", "uniform\naffine"])
        self.assertIn("of the others (scale).", self.write(study)[0])

    def test_no_pictures_of_one_calibration(self):
        study = self.study(tables=False, calibrations=("scale",), grids=("edm",))
        self.assertEqual([calibrated.budgets(group) for group in amplitudes.groups(study)], [[]])
        self.assertFalse([name for name in self.write(study)[1] if name.startswith("calibrated")])

    def test_points_without_and_with_calibration(self):
        """States that are no pictures: points in the plane are drawn, others left out."""
        for shape, count in (((2,), 1), ((3,), 0)):
            self.file = os.path.join(self.folder.name, f"{shape[0]}.h5")
            study = self.study(tables=False, calibrations=("none", "affine"), grids=("edm",), steps=(3,), shape=shape)
            self.assertEqual(len([name for name in self.write(study)[1] if name.startswith("calibrated")]), count)

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
