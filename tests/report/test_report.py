#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/report.py on small made-up result files: /usr/bin/python3 tests/report/test_report.py"""

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import warnings
from types import SimpleNamespace

import h5py
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
REPORT = os.path.join(ROOT, "scripts", "report.py")
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from made_up import AVERAGE, GITS, attributes, make  # noqa: E402
from ossreport import costs, figures, findings, layout, lines, load, overview, pictures, pivot, stats, tables  # noqa: E402

SPEC = importlib.util.spec_from_file_location("report", REPORT)
report = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(report)

SECTIONS = ("findings", "run", "costs", "missing")


class Report(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "result.h5")

    def run_report(self, *arguments):
        """The script within this process; a warning is an error."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("error")
            with unittest.mock.patch.object(sys, "argv", [REPORT, *arguments]):
                try:
                    code = report.main()
                except SystemExit as end:
                    code = end.code
        return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())

    def page(self, figures):
        """Run with the default folder; checks what every page must have, returns the page."""
        done = self.run_report(self.file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")  # no warnings either
        folder = self.file[:-3] + "_report"
        with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
            page = file.read()
        for section in SECTIONS:
            self.assertIn(f'id="{section}"', page)
        self.assertEqual(re.findall(r'(?:src|href)="(?!data:image/png;base64,|#)[^"]*', page), [])
        self.assertNotIn("http", re.sub(r"base64,[^\"]*", "", page))
        self.assertIn("test &lt;report&gt;", page)
        names = sorted(name for name in os.listdir(folder) if name.endswith(".png"))
        self.assertEqual(len(names), page.count("<img "))
        self.assertEqual({name[:-4].split("-")[0] for name in names}, set(figures))
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        self.names = names
        return page

    def test_complete(self):
        denoisers = ("{kind: gmm, file: a/one.h5}", "{kind: gmm, file: b/two.h5}")
        make(self.file, denoisers=denoisers, seeds=(0,), twins=(GITS, "uniform"))
        page = self.page(["overview", "scores", "schedules", "samples", "search"])
        expected = [f"scores-{denoiser}-{grid}.png" for denoiser in ("one", "two") for grid in ("edm", "flow")]
        self.assertEqual([name for name in self.names if name.startswith("scores")], expected)
        self.assertIn('id="panel-two-flow"', page)
        self.assertIn("(2 denoisers × 2 teacher grids × 4 schedules × 2 budgets)", page)
        self.assertIn("2026-11-24 23:12 UTC", page)
        for row in ("peak memory", "143.4 MiB", "compiler", "gcc 12"):
            self.assertIn(f">{row}</td>", page)
        self.assertIn("The same schedules: uniform = gits at 3, 5 steps.", page)
        self.assertIn("light from 5% to 95%", page)
        self.assertIn("Striped: lines that coincide", page)
        self.assertIn("{kind: gmm, file: a/one.h5}", page)
        self.assertIn("c0ffee with local changes", page)
        self.assertIn("teacher grid flow", page)
        self.assertIn("oss (paper, per_sample)", page)
        self.assertIn("32 of 32 cells finished", page)
        self.assertIn("None: all 32 cells finished", page)
        self.assertIn("(1 of 6 exact)", page)
        self.assertIn("n of m exact: ", page)
        self.assertIn("Differences from the baseline are paired", page)
        self.assertIn("<details><summary>Searches: what they cost and save (", page)

    def test_skipped(self):
        make(self.file, skip=(GITS, "uniform"), seeds=(0, 1, 2), grids=("edm",))
        page = self.page(["overview", "scores", "schedules", "samples", "search"])
        self.assertIn("gits needs &lt;a positive&gt; end", page)
        self.assertIn("12 of 24 cells finished", page)

    def test_all_skipped(self):
        make(self.file, skip=("uniform",), schedules=("uniform",))
        self.assertIn("No cell of this file holds a score", self.page([]))

    def test_no_samples_one_cell_other_metric(self):
        one = {"seeds": (0,), "steps": (4,), "schedules": (AVERAGE,), "grids": ("edm",)}
        make(self.file, samples=False, metrics=("frechet",), **one)
        page = self.page(["frechet", "schedules"])
        self.assertIn("the file holds no samples", page)
        self.assertIn("All cells", page)

    def test_video_and_plane(self):
        make(self.file, shape=(3, 2, 4, 4), seeds=(0,), steps=(4,), tables=False, grids=("edm",), metrics=("psnr",))
        self.page(["psnr", "schedules", "samples"])
        os.remove(self.file)
        make(self.file, shape=(2,), seeds=(0,), tables=False, grids=("edm",), metrics=("psnr",))
        for name in os.listdir(self.file[:-3] + "_report"):
            os.remove(os.path.join(self.file[:-3] + "_report", name))
        self.page(["overview", "psnr", "schedules", "samples"])

    def test_states_without_picture(self):
        make(self.file, shape=(4, 8, 8), seeds=(0,), steps=(4,), tables=False, grids=("edm",), metrics=("psnr",))
        self.assertIn("states of shape 4x8x8 are no pictures", self.page(["psnr", "schedules"]))

    def test_text_and_output(self):
        make(self.file, skip=(GITS,), seeds=(0,), grids=("edm",), metrics=("psnr",), samples=False)
        done = self.run_report(self.file, "--format", "text")
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in (
            "PSNR (dB)",
            "3 steps",
            "oss (official, average)",
            "±",
            "* the highest of a column",
            "over 6 samples",
            "6 of 8 cells finished (4 schedules × 2 budgets)",
            "skipped",
            "gits needs",
            "key findings",
        ):
            self.assertIn(words, done.stdout)
        self.assertEqual(os.listdir(self.folder.name), ["result.h5"])
        other = os.path.join(self.folder.name, "deep", "er")
        self.assertEqual(self.run_report(self.file, "--output", other).returncode, 0)
        self.assertTrue(os.path.exists(os.path.join(other, "report.html")))

    def test_script(self):
        make(self.file, skip=("uniform",), schedules=("uniform",))
        command = [sys.executable, REPORT, self.file, "--format", "text"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("no cell holds a score", done.stdout)

    def test_text_is_narrow(self):
        make(self.file, steps=tuple(range(3, 20)), seeds=(0,), samples=False, tables=False)
        done = self.run_report(self.file, "--format", "text")
        rows = done.stdout.splitlines()
        self.assertLessEqual(max(map(len, rows)), 120)
        self.assertGreater(sum(row.startswith("teacher grid  schedule") for row in rows), 3)
        for budget in range(3, 20):
            self.assertEqual(done.stdout.split("key findings")[0].count(f" {budget} steps"), 2)

    def test_costs(self):
        make(self.file, seeds=(0, 1), steps=(3, 6), grids=("edm",), samples=False, tables=False)
        study = stats.Study(load.load(self.file))
        header, rows = costs.teacher_table(study)
        self.assertEqual([entry.text for entry in rows[0]], ["12", "12", "240", "1.5"])

    def test_spread(self):
        make(self.file, seeds=(0,), steps=(5,), grids=("edm",), twins=(AVERAGE,), samples=False)
        study = stats.Study(load.load(self.file))
        cell = study.panels[0].at(AVERAGE, 5)[0]
        index = np.clip(np.arange(5, -1, -1) + np.arange(4)[:, None] - 2, 0, 12)
        np.testing.assert_allclose(figures.searched(study, cell), index / 12)
        self.assertIsNone(figures.searched(study, study.panels[0].at("uniform", 5)[0]))

    def test_same_schedules(self):
        make(self.file, twins=("uniform", GITS, AVERAGE), samples=False)
        study = stats.Study(load.load(self.file))
        self.assertEqual(stats.same_schedules(study.panels[0]), [(("uniform", AVERAGE, GITS), [3, 5])])
        self.assertEqual(stats.always_same(study.panels), {AVERAGE: "uniform", GITS: "uniform"})
        self.assertIn("same schedule as uniform", study.legend(GITS, stats.always_same(study.panels)))

    def test_metrics_of_all_samples(self):
        make(self.file, seeds=(0, 1), wholes=("frechet", "sliced_wasserstein_1"))
        figures = ["overview", "scores", "frechet", "sliced_wasserstein_1", "schedules", "samples", "search"]
        page = self.page(figures)
        for text in ("Fréchet distance", "sliced Wasserstein distance 2", "{kind: frechet, features: raw}"):
            self.assertIn(text, page)
        self.assertIn("of all samples together", page)
        study = stats.Study(load.load(self.file))
        panel, cells = study.panels[0], study.panels[0].at("uniform", 3)
        score = panel.score("uniform", 3, "frechet")
        self.assertAlmostEqual(score.mean, np.mean([cell.metrics["frechet"][0] for cell in cells]))
        self.assertAlmostEqual(score.half, 0.2 / np.sqrt(2))  # half of 0.1 + 0.3, of two seeds
        self.assertEqual((score.count, score.bad), (12, 0))
        gain = panel.gain(AVERAGE, "uniform", 3, "frechet")
        self.assertAlmostEqual(gain.mean, panel.score(AVERAGE, 3, "frechet").mean - score.mean)
        self.assertAlmostEqual(gain.half, 0.2)
        self.assertIsNone(panel.wins(AVERAGE, "uniform", 3, "frechet"))
        text = self.run_report(self.file, "--format", "text", "--metric", "frechet").stdout
        self.assertIn("Fréchet distance: value ± 90% bootstrap interval of 6 samples and 2 seeds; * the lowest", text)
        self.assertRegex(text, r"uniform +\d\.\d+±0\.14")

    def test_a_metric_of_all_samples_alone(self):
        make(self.file, seeds=(0, 1, 2), metrics=(), wholes=("frechet",))
        self.page(["overview", "frechet", "schedules", "samples", "search"])
        study = stats.Study(load.load(self.file))
        found = findings.sentences(study)[0]
        self.assertRegex(found, r"best is \w.* with [\d.]+, (.* (better|worse) than|no clear difference from) uniform")
        self.file = self.file[:-3] + "_single.h5"
        make(self.file, seeds=(0,), steps=(4,), metrics=(), wholes=("frechet",), grids=("edm",))
        self.page(["frechet", "schedules", "samples", "search"])

    def scored(self, scores):
        """A study of one budget whose cells hold these scores: {schedule: {metric: values}}."""
        make(self.file, seeds=(0,), steps=(3,), grids=("edm",), samples=False, tables=False, schedules=tuple(scores))
        with h5py.File(self.file, "r+") as file:
            for cell in file["cells"].values():
                for metric, values in scores[cell.attrs["schedule"]].items():
                    cell[f"metrics/{metric}"][...] = values
        return stats.Study(load.load(self.file))

    def test_findings(self):
        base = {"psnr": [20, 21, 22, 23, 24, 25], "mse": [0.010, 0.008, 0.007, 0.006, 0.005, 0.004]}
        # Closer on five samples, far off on one: the better mean PSNR with the worse mean MSE.
        ours = {"psnr": [40, 41, 42, 43, 44, 12], "mse": [1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 0.2]}
        study = self.scored({"uniform": base, AVERAGE: ours})
        (text,), (about,) = findings.sentences(study), findings.overall(study)
        self.assertIn("no clear difference", findings.against_baseline(study, study.panels[0], AVERAGE, 3, "mse"))
        self.assertIn("better than uniform in the mean and better on 5 of 6 samples", text)
        self.assertIn("MSE disagrees at 3 steps", text)
        self.assertIn("disagree about the order in 1 of 1 comparisons with uniform (1 better in mean PSNR", about)
        self.assertTrue(study.wide("mse"))
        self.assertIn("carry the mean", " ".join(tables.notes(study, "mse")))

    def test_marks(self):
        close = {"psnr": [30.001] * 6, "mse": [0.1] * 6}
        near = {"psnr": [30.002] * 6, "mse": [0.1] * 6}
        exact = {"psnr": [50, 50, 50, 50, 50, np.inf], "mse": [0.0] * 6}
        study = self.scored({"uniform": close, GITS: near, AVERAGE: exact})
        (table,), _ = pivot.make(study, layout.read(study), "psnr")
        marks = {labels[0]: (entries[0].text, entries[0].bold) for labels, entries in table.rows}
        self.assertEqual(marks["uniform"], ("30.00 ± 0.00", True))
        self.assertEqual(marks["gits"], ("30.00 ± 0.00", True))
        self.assertEqual(marks["oss"], ("50.00 ± 0.00 (1 of 6 exact)", False))
        self.assertEqual(study.panels[0].wins(AVERAGE, "uniform", 3, "psnr"), (6, 0, 6))

    def test_overview_wraps(self):
        denoisers = tuple(f"{{kind: gmm, file: {name}.h5}}" for name in "abcd")
        make(self.file, denoisers=denoisers, grids=("edm",), seeds=(0,), samples=False, tables=False)
        figure, _ = overview.figure(stats.Study(load.load(self.file)))
        axes = figure.axes
        self.assertEqual([axis.get_title() for axis in axes], ["a", "b", "c", "d"])
        self.assertEqual(len({axis.get_ylim() for axis in axes}), 1)
        self.assertEqual(axes[0].get_subplotspec().get_gridspec().get_geometry(), (2, 2))
        lines.plt.close(figure)

    def test_video_frames(self):
        make(self.file, shape=(1, 7, 4, 4), seeds=(0,), steps=(1,), tables=False, grids=("edm",))
        study = stats.Study(load.load(self.file))
        entries = pictures.rows(study, study.panels[0])
        self.assertEqual(pictures._frames(entries[0][1]).shape, (6, 5, 1, 4, 4))
        self.assertEqual(pictures._count(entries[0][1]), 2)
        self.assertRegex(entries[2][0], r"1 step, \d+\.\d\d dB\nall samples: \d+\.\d\d dB")

    def test_many_cells(self):
        with h5py.File(self.file, "w") as file:
            attributes(file, schema_version=1)
            for number in (10000, 9999, 2):
                attributes(file.create_group(f"cells/{number:04d}"), status="skipped", reason="", steps=number)
        names = [cell.name for cell in load.load(self.file).cells]
        self.assertEqual(names, ["/cells/0002", "/cells/9999", "/cells/10000"])

    def test_errors(self):
        make(self.file, seeds=(0,), steps=(4,))
        with open(self.file, "rb") as file:
            content = file.read()
        with open(self.file, "wb") as file:
            file.write(content[: len(content) // 2])
        text = os.path.join(self.folder.name, "text.h5")
        with open(text, "w", encoding="utf-8") as file:
            file.write("name: x\n")
        foreign = os.path.join(self.folder.name, "foreign.h5")
        with h5py.File(foreign, "w") as file:
            file["gmm/means"] = np.zeros(3)
        empty = os.path.join(self.folder.name, "empty.h5")
        with h5py.File(empty, "w") as file:
            file.create_group("cells")
            file.attrs["schema_version"] = 1
        cases = [
            (self.file, "damaged or cut short"),
            (text, "not an HDF5 file"),
            (foreign, "not a result of ossbench"),
            (empty, "holds no cells"),
            (os.path.join(self.folder.name, "none.h5"), "no such file"),
            (self.folder.name, "is a folder"),
        ]
        for path, words in cases:
            done = self.run_report(path)
            self.assertEqual(done.returncode, 1, path)
            self.assertIn(words, done.stderr)
            self.assertIn(path, done.stderr)
            self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(self.run_report().returncode, 2)


if __name__ == "__main__":
    unittest.main()
