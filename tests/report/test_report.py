#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/report.py on small made-up result files: /usr/bin/python3 tests/report/test_report.py"""

import itertools
import os
import re
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
REPORT = os.path.join(ROOT, "scripts", "report.py")
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from ossreport import flow, stats  # noqa: E402
from ossreport.figures import without_repeats  # noqa: E402

TEXT = h5py.string_dtype("utf-8")
COST = "cost: {kind: xt, p: 2, channels: all, frames: all}"
PER_SAMPLE = f"{{kind: oss, variant: paper, start: pinned, samples: per_sample, average: median, {COST}}}"
AVERAGE = f"{{kind: oss, variant: official, start: pinned, samples: average, average: median, {COST}}}"
GITS = "{kind: gits, metric: dev, coefficient: 1.15}"
SECTIONS = ("findings", "run", "panel-0", "costs", "missing")


def attributes(group, **values):
    for key, value in values.items():
        group.attrs.create(key, value, dtype=TEXT if isinstance(value, str) else None)


def make(
    path,
    shape=(1, 8, 8),
    seeds=(0, 1),
    steps=(3, 5),
    schedules=("uniform", PER_SAMPLE, AVERAGE, GITS),
    grids=("{kind: edm, rho: 7}", "{kind: flow, shift: 3}"),
    samples=True,
    tables=True,
    skip=(),
    metrics=("mse", "psnr"),
):
    """A result file by the contract, its numbers random; cells whose schedule is in `skip` are skipped."""
    count, points, rng = 6, 12, np.random.default_rng(5)
    with h5py.File(path, "w") as file:
        attributes(
            file,
            schema_version=1,
            name="test <report>",
            config="name: test\nseed: [0, 1]\n",
            argv="ossbench run x.yaml",
            git_commit="c0ffee",
            git_dirty=1,
            hostname="here",
            backend="cpu",
            device="a CPU",
            threads=2,
            seed=0,
        )
        grid = np.linspace(0, 1, points + 1)
        file["teacher/0000/t"] = grid
        for number, (seed, teacher, budget, schedule) in enumerate(itertools.product(seeds, grids, steps, schedules)):
            cell = file.create_group(f"cells/{number:04d}")
            attributes(
                cell,
                seed=seed,
                denoiser="{kind: gmm, file: /tmp/gmm.h5}",
                teacher_solver="euler",
                teacher_grid=teacher,
                teacher_steps=points,
                solver="euler",
                steps=budget,
                schedule=schedule,
                teacher="/teacher/0000",
            )
            if schedule in skip:
                attributes(cell, status="skipped", reason="gits needs <a positive> end")
                continue
            attributes(
                cell,
                status="done",
                reason="",
                nfe=budget,
                depth=budget,
                search_nfe=100 * budget,
                search_seconds=0.25,
                sample_seconds=0.5,
            )
            rows = count if schedule == PER_SAMPLE else 1
            index = np.sort(rng.integers(1, points, (rows, budget + 1)))[:, ::-1].astype("i4")
            index[:, 0], index[:, -1] = points, 0
            index[0, 1] = points  # the first schedule uses a step less
            cell["schedule/index"], cell["schedule/t"] = index, grid[index]
            with np.errstate(divide="ignore"):
                cell["schedule/sigma"] = grid[index] / (1 - grid[index])
            for metric in metrics:
                values = rng.normal(20 + budget, 1, count) if metric == "psnr" else rng.uniform(0.001, 0.1, count)
                if metric == "psnr" and number == 0:
                    values[0] = np.inf
                data = cell.create_dataset(f"metrics/{metric}", data=values)
                attributes(data, mean=values.mean(), std=0.0, count=count)
            if samples:
                cell["samples/student"] = rng.normal(0, 1, (count,) + shape).astype("f4")
                cell["samples/teacher"] = rng.normal(0, 1, (count,) + shape).astype("f4")
            if tables and schedule == PER_SAMPLE:
                cost = rng.uniform(0, 1, (rows, budget, points + 1))
                cost[:, :, -1] = np.inf
                cell["search/cost"], cell["search/from"] = cost, np.full(cost.shape, -1, "i4")


class Report(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "result.h5")

    def run_report(self, *arguments):
        command = [sys.executable, REPORT, *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})

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
        self.assertEqual({name[len("panel-0-") : -4] for name in names}, set(figures))
        return page

    def test_complete(self):
        make(self.file)
        page = self.page(["psnr", "mse", "schedules", "samples", "search"])
        self.assertIn("c0ffee with local changes", page)
        self.assertIn("teacher grid flow", page)
        self.assertIn("oss (paper, per_sample)", page)
        self.assertIn("32 of 32 cells finished", page)
        self.assertIn("None: all 32 cells finished", page)
        self.assertIn("†", page)

    def test_skipped(self):
        make(self.file, skip=(GITS, "uniform"), seeds=(0, 1, 2), grids=("edm",))
        page = self.page(["psnr", "mse", "schedules", "samples", "search"])
        self.assertIn("gits needs &lt;a positive&gt; end", page)
        self.assertIn("12 of 24 cells finished", page)

    def test_all_skipped(self):
        make(self.file, skip=("uniform",), schedules=("uniform",))
        self.assertIn("No cell of this file holds a score", self.page([]))

    def test_no_samples_one_cell_other_metric(self):
        make(
            self.file,
            seeds=(0,),
            steps=(4,),
            schedules=(AVERAGE,),
            grids=("edm",),
            samples=False,
            metrics=("frechet",),
        )
        page = self.page(["frechet", "schedules"])
        self.assertIn("the file holds no samples", page)
        self.assertIn("All cells", page)

    def test_video_and_plane(self):
        make(self.file, shape=(3, 2, 4, 4), seeds=(0,), steps=(4,), tables=False, grids=("edm",), metrics=("psnr",))
        self.page(["psnr", "schedules", "samples"])
        os.remove(self.file)
        make(self.file, shape=(2,), seeds=(0,), tables=False, grids=("edm",), metrics=("psnr",))
        self.page(["psnr", "schedules", "samples"])

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
            "oss (official, average, median)",
            " ± ",
            " *",
            "skipped",
            "gits needs",
        ):
            self.assertIn(words, done.stdout)
        self.assertEqual(os.listdir(self.folder.name), ["result.h5"])
        other = os.path.join(self.folder.name, "deep", "er")
        self.assertEqual(self.run_report(self.file, "--output", other).returncode, 0)
        self.assertTrue(os.path.exists(os.path.join(other, "report.html")))

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


class Parts(unittest.TestCase):
    def test_flow(self):
        parsed = flow.parse("{kind: file, file: 'a, b.h5', q: [0.05, 0.95], cost: {kind: xt, p: 2}, afs: false}")
        self.assertEqual(
            parsed,
            {"kind": "file", "file": "a, b.h5", "q": [0.05, 0.95], "cost": {"kind": "xt", "p": 2}, "afs": False},
        )
        self.assertEqual(flow.parse("euler"), "euler")

    def test_labels(self):
        values = [
            "{kind: dpmpp, order: 2, afs: false}",
            "{kind: dpmpp, order: 3, afs: true}",
            "euler",
            "{kind: edm, rho: 7}",
        ]
        self.assertEqual(
            list(flow.labels(values).values()), ["dpmpp (order=2, no afs)", "dpmpp (order=3, afs)", "euler", "edm"]
        )
        same = ["{kind: file, file: a/x.h5}", "{kind: file, file: b/x.h5}"]
        self.assertEqual(len(set(flow.labels(same).values())), 2)
        clash = ["{kind: oss, variant: official, x: a}", "{kind: oss, variant: paper, x: official}"]
        self.assertEqual(flow.labels(clash)[clash[0]], "oss (variant=official, a)")

    def test_estimate(self):
        e = stats.estimate([np.array([1.0, 2.0, 3.0, np.inf]), np.array([3.0, 4.0, 5.0])])
        self.assertEqual((e.mean, e.count, e.bad), (3.0, 6, 1))
        self.assertAlmostEqual(e.half, 2.776 * np.sqrt(2 / 3) / 2)
        self.assertTrue(np.isnan(stats.estimate([np.array([1.0])]).half))
        self.assertEqual(stats.estimate([np.array([np.inf, np.inf])]).mean, np.inf)

    def test_without_repeats(self):
        rows = without_repeats([[9, 9, 9, 4, 0], [9, 7, 7, 4, 0]])
        np.testing.assert_array_equal(rows, [[np.nan, np.nan, 9, 4, 0], [9, 7, 7, 4, 0]])


if __name__ == "__main__":
    unittest.main()
