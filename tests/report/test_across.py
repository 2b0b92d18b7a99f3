#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The matrix of schedules found on one denoiser and scored on others: /usr/bin/python3 tests/report/test_across.py"""

import contextlib
import csv
import importlib.util
import io
import os
import re
import sys
import tempfile
import unittest
import unittest.mock

import h5py
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
REPORT = os.path.join(ROOT, "scripts", "report.py")
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from made_up import attributes, make  # noqa: E402
from ossreport import across, load, stats  # noqa: E402

SPEC = importlib.util.spec_from_file_location("report", REPORT)
report = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(report)

ONE, TWO = "{kind: gmm, file: /here/one.h5}", "{kind: songunet, file: /here/two.safetensors}"
ELSEWHERE = {ONE: "{kind: gmm, file: /there/one.h5}", TWO: TWO, "far": "{kind: gmm, file: /there/three.h5}"}
SEARCHES = {"gits": "{kind: gits, metric: dev, coefficient: 1.15}", "oss": "{kind: oss, variant: carry, samples: joint}"}
FORM = "{{kind: transfer, from: /there/search.h5, denoiser: {}, schedule: {}, solver: same, teacher_grid: same, average: none}}"
TRANSFERS = {FORM.format(name, search): (on, search) for name, on in zip(("one", "songunet", "three"), ELSEWHERE) for search in SEARCHES}


class Across(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "result.h5")

    def make(self, denoisers=(ONE, TWO), **options):
        """A result whose transfers say where they are from."""
        options = {"seeds": (0,), "steps": (3, 5), "grids": ("edm",), "tables": False, "samples": False, **options}
        make(self.file, denoisers=denoisers, schedules=("uniform", "edm", *TRANSFERS), **options)
        with h5py.File(self.file, "r+") as file:
            del file["cells/0000/metrics/psnr"].attrs["mean"]
            file["cells/0000/metrics/psnr"][0] = 20.0  # the made-up file has an infinity there
            for cell in file["cells"].values():
                if cell.attrs["schedule"] == "edm":
                    attributes(cell, search_nfe=0)
                if cell.attrs["schedule"] in TRANSFERS and cell.attrs["status"] == "done":
                    on, search = TRANSFERS[cell.attrs["schedule"]]
                    attributes(cell, origin_file="/there/search.h5", origin_cell=7, origin_key="0" * 32, search_nfe=0)
                    attributes(cell, origin_denoiser=ELSEWHERE[on], origin_schedule=SEARCHES[search])

    def scores(self, denoiser, schedule, steps, metric="psnr"):
        with h5py.File(self.file) as file:
            cells = [c for c in file["cells"].values() if (c.attrs["denoiser"], c.attrs["schedule"], c.attrs["steps"]) == (denoiser, schedule, steps)]
            return [cell[f"metrics/{metric}"][()] for cell in cells]

    def study(self):
        return stats.Study(load.load(self.file))

    def run_report(self, *arguments, code=0):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            with unittest.mock.patch.object(sys, "argv", [REPORT, self.file, *arguments]):
                try:
                    found = report.main()
                except SystemExit as end:
                    found = end.code
        self.assertEqual(found, code, err.getvalue())
        return out.getvalue() + err.getvalue()

    def tables(self, text):
        """{title: {(found by, found on): {column: (value, half)}}} of the CSV."""
        found, head = {}, None
        for row in csv.reader(io.StringIO(text)):
            if row[0] == "metric":
                head = row[4:]
                continue
            values = {head[i]: (row[4 + i], row[5 + i]) for i in range(0, len(head), 2)}
            found.setdefault((row[0], row[1]), {})[row[2], row[3]] = values
        return found

    def test_every_number(self):
        self.make()
        found = self.tables(self.run_report("--across", "--format", "csv"))
        self.assertEqual(list(found), [("psnr", "PSNR (dB)"), ("psnr", "PSNR (dB) less that of the own schedule"), ("mse", "MSE"),
                                       ("mse", "MSE over that of the own schedule")])
        names = {ONE: "one", TWO: "two", "far": "three"}
        checked = 0
        for schedule, (on, search) in TRANSFERS.items():
            for here in (ONE, TWO):
                own = next(text for text, origin in TRANSFERS.items() if origin == (here, search))
                for steps in (3, 5):
                    column = f"{steps} steps, {names[here]}"
                    for metric in ("psnr", "mse"):
                        ours, theirs = self.scores(here, schedule, steps, metric)[0], self.scores(here, own, steps, metric)[0]
                        titles = [title for name, title in found if name == metric]
                        value, half = found[metric, titles[0]][search, names[on]][column]
                        self.assertAlmostEqual(float(value), ours.mean(), delta=1e-5 * abs(ours.mean()))
                        change = found[metric, titles[1]][search, names[on]][column][0]
                        if on == here:
                            self.assertEqual(change, "own")
                            continue
                        expected = (ours - theirs).mean() if metric == "psnr" else ours.mean() / theirs.mean()
                        self.assertAlmostEqual(float(change), expected, delta=1e-4 * abs(expected))
                        checked += 1
        self.assertEqual(checked, 2 * 2 * 2 * 2 * 2)
        plain = found["psnr", "PSNR (dB)"]["no denoiser", "edm"]["5 steps, two"][0]
        self.assertAlmostEqual(float(plain), self.scores(TWO, "edm", 5)[0].mean(), delta=1e-3)
        against = found["psnr", "PSNR (dB) less that of the own schedule"]["gits", "none: edm"]["5 steps, two"][0]
        own = self.scores(TWO, FORM.format("songunet", "gits"), 5)[0]
        self.assertAlmostEqual(float(against), (self.scores(TWO, "edm", 5)[0] - own).mean(), delta=1e-3)

    def test_text_and_markdown(self):
        self.make()
        text = self.run_report("--across", "--format", "text", "--metric", "psnr")
        self.assertRegex(text, r"(?m)^gits +one .*\n +two .*\n +three ")
        self.assertIn("*: the best of a column", text.replace("\n", " "))
        for line in text.splitlines():
            self.assertLessEqual(len(line), 120)
        self.assertRegex(text, r"(?m)^found by +mean +worst +above +mean +worst +above$")
        self.assertRegex(text, r"(?m)^gits +[+-]\d+\.\d\d +-\d+\.\d\d +\d of 4 ")
        markdown = self.run_report("--across", "--format", "markdown", "--metric", "psnr")
        self.assertIn("**PSNR (dB)**\n\n| found by | found on | 3 steps, one | 3 steps, two | 5 steps, one |", markdown)
        best = re.search(r"(?m)^\| gits \| one \| (.*)\n\|  \| two \| (.*)\n\|  \| three \| (.*)$", markdown)
        columns = list(zip(*(group.rstrip("|").split("|") for group in best.groups())))
        self.assertEqual([sum("**" in entry for entry in column) for column in columns], [1] * 4)
        nan = re.search(r"\bnan\b", text + markdown)
        self.assertIsNone(nan)

    def test_summary(self):
        self.make(steps=(3,))
        table = across.summary(across.of(self.study()), "psnr")
        pairs = [(on, here) for on in ELSEWHERE for here in (ONE, TWO) if on != here]
        for search, (_, (mean, worst, above)) in zip(SEARCHES, table.rows):
            names = {ONE: "one", TWO: "songunet", "far": "three"}

            def score(on, here, search=search):
                return self.scores(here, FORM.format(names[on], search), 3)[0].mean()

            changes = [score(on, here) - score(here, here) for on, here in pairs]
            self.assertEqual((mean.text, worst.text), (f"{np.mean(changes):+.2f}", f"{min(changes):+.2f}"))
            formulas = {here: max(self.scores(here, name, 3)[0].mean() for name in ("uniform", "edm")) for here in (ONE, TWO)}
            self.assertEqual(above.text, f"{sum(score(on, here) > formulas[here] for on, here in pairs)} of 4")
        self.assertIsNone(across.summary(across.of(self.study()), "mse"))

    def test_page_and_picture(self):
        self.make(steps=(3,))
        self.run_report()
        folder = self.file[:-3] + "_report"
        with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertIn('<h2 id="across">', page)
        self.assertIn('href="#across"', page)
        self.assertIn("<summary>PSNR (dB) less that of the own schedule</summary>", page)
        self.assertTrue(os.path.exists(os.path.join(folder, "across.png")))

    def test_other_axes_and_seeds(self):
        self.make(seeds=(0, 1), grids=("edm", "{kind: flow, shift: 3}"))
        matrix = across.of(self.study())
        self.assertEqual([matrix.title(split) for split in matrix.splits()], ["edm", "flow"])
        place = across.Place(("edm",), SEARCHES["gits"], 3)
        pair = matrix.score(place, ONE, TWO, "psnr")
        self.assertEqual(pair.count, 12)
        with h5py.File(self.file) as file:
            chosen = [c for c in file["cells"].values() if c.attrs["teacher_grid"] == "edm" and c.attrs["steps"] == 3 and
                      (c.attrs["denoiser"], c.attrs["schedule"]) == (TWO, FORM.format("one", "gits"))]
            self.assertAlmostEqual(pair.mean, np.mean([c["metrics/psnr"][()].mean() for c in chosen]), delta=1e-9)

    def test_missing_cells(self):
        gone = FORM.format("songunet", "gits")
        self.make(skip=(gone,))
        matrix = across.of(self.study())
        place = across.Place((), SEARCHES["gits"], 3)
        self.assertIsNone(matrix.score(place, TWO, ONE, "psnr"))
        self.assertIsNone(matrix.change(place, ONE, TWO, "psnr"))  # the own one is not there
        self.assertIsNotNone(matrix.change(place, "{kind: gmm, file: /there/three.h5}", ONE, "psnr"))
        self.assertIn("–", self.run_report("--across", "--format", "text"))
        self.run_report()

    def test_own_searches_in_the_same_result(self):
        """A search beside the transfers is its denoiser's own."""
        make(self.file, denoisers=(ONE, TWO), seeds=(0,), steps=(3,), grids=("edm",), tables=False, schedules=(SEARCHES["gits"], "uniform"))
        self.assertIsNone(across.of(self.study()))
        self.run_report("--across", "--format", "text", code=1)
        with h5py.File(self.file, "r+") as file:
            cell = next(c for c in file["cells"].values() if c.attrs["denoiser"] == TWO and c.attrs["schedule"] == "uniform")
            attributes(cell, schedule=FORM.format("one", "gits"), origin_denoiser=ONE, origin_schedule=SEARCHES["gits"])
        matrix = across.of(self.study())
        place = across.Place((), SEARCHES["gits"], 3)
        self.assertEqual(sum(matrix.score(place, on, here, "psnr") is not None for on in (ONE, TWO) for here in (ONE, TWO)), 3)
        self.assertIsNotNone(matrix.change(place, ONE, TWO, "psnr"))

    def test_wrong_use(self):
        self.make()
        self.assertIn("--across goes with --format", self.run_report("--across", code=2))
        make(self.file, denoisers=(ONE,), seeds=(0,))
        self.assertIn("no schedule that was found on another denoiser", self.run_report("--across", "--format", "csv", code=1))

    def test_transfers_share_a_search(self):
        self.make()
        cells = self.study().result.cells
        crossed = next(cell for cell in cells if cell.axes["schedule"] == FORM.format("one", "oss"))
        formula = next(cell for cell in cells if cell.axes["schedule"] == "edm")
        self.assertEqual((stats.searched(crossed), stats.searched(formula)), (True, False))


if __name__ == "__main__":
    unittest.main()
