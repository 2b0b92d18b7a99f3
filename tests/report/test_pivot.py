#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The tables in a study's layout, what searches save, and the curves: /usr/bin/python3 tests/report/test_pivot.py"""

import csv
import io
import math
import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
REPORT = os.path.join(ROOT, "scripts", "report.py")
sys.path.insert(0, os.path.join(ROOT, "scripts"))

from made_up import attributes  # noqa: E402
from ossreport import costs, curves, layout, load, overview, pivot, render, stats  # noqa: E402

A, B = "{kind: dataset, file: ../models/a.h5, limit: all}", "{kind: dataset, file: ../models/b.h5, limit: all}"
OSS = "{kind: oss, variant: paper, samples: joint}"
BEST = "{kind: exhaustive, samples: joint, calls: 9}"
FIRST, SECOND = "{kind: dpmpp, order: 1}", "{kind: dpmpp, order: 2}"


def cell(steps, schedule, psnr, mse=None, seed=0, denoiser=A, solver=FIRST, grid="edm", **more):
    """The attributes and scores of one cell."""
    scores = {"psnr": np.array(psnr, dtype=float)}
    scores["mse"] = np.array(mse, dtype=float) if mse is not None else 10 ** (-scores["psnr"] / 10)
    more.setdefault("samples_evaluate", 2)
    axes = dict(seed=seed, denoiser=denoiser, teacher_grid=grid, teacher_steps=50, samples_search=4)
    return dict(axes, solver=solver, schedule=schedule, steps=steps, **more), scores


class PivotTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "result.h5")

    def study(self, cells, config="name: x\n"):
        self.file = self.file[:-3] + "_.h5"  # another one: the last is open
        with h5py.File(self.file, "w") as file:
            attributes(file, schema_version=1, name="x", config=config)
            attributes(file.create_group("teacher/0000"), steps=50, nfe=0)
            for number, (values, scores) in enumerate(cells):
                group = file.create_group(f"cells/{number:04d}")
                search = 200 * values["steps"] * ("kind" in values["schedule"])
                base = dict(status="done", reason="", teacher="/teacher/0000", nfe=values["steps"], search_nfe=search)
                attributes(group, **dict(base, search_seconds=0.5, **values) if "status" not in values else values)
                for name, numbers in scores.items() if values.get("status", "done") == "done" else ():
                    data = group.create_dataset(f"metrics/{name}", data=numbers)
                    attributes(data, mean=numbers.mean())
        return stats.Study(load.load(self.file))

    def table(self, study, metric="psnr", **given):
        tables, notes = pivot.make(study, layout.read(study, **given), metric, compact=True)
        self.assertEqual(len(tables), 1)
        return tables[0], notes

    def texts(self, table):
        return [(labels, [e.text + "*" * e.bold for e in entries]) for labels, entries in table.rows]

    def grid(self):
        """Two data sets, two schedules, two budgets: means 10 to 80."""
        value, cells = 10, []
        for denoiser in (A, B):
            for schedule in ("uniform", OSS):
                for steps in (5, 10):
                    cells.append(cell(steps, schedule, [value - 1, value + 1], denoiser=denoiser))
                    value += 10
        return cells


class Tables(PivotTest):
    def test_default(self):
        table, notes = self.table(self.study(self.grid()))
        self.assertEqual((table.corner, table.heads, notes), (["denoiser", "schedule"], [["5 steps", "10 steps"]], []))
        half = 12.706 * math.sqrt(2) / math.sqrt(2)
        self.assertEqual(
            self.texts(table),
            [
                (["a", "uniform"], [f"10.00±{half:.0f}", f"20.00±{half:.0f}"]),
                (["a", "oss"], [f"30.00±{half:.0f}*", f"40.00±{half:.0f}*"]),
                (["b", "uniform"], [f"50.00±{half:.0f}", f"60.00±{half:.0f}"]),
                (["b", "oss"], [f"70.00±{half:.0f}*", f"80.00±{half:.0f}*"]),
            ],
        )

    def test_config_and_arguments(self):
        study = self.study(self.grid(), "name: x\nreport: {rows: [steps], columns: [denoiser, schedule], metrics: [mse]}\n")
        plan = layout.read(study)
        self.assertEqual((plan.rows, plan.columns, plan.metrics), (["steps"], ["denoiser", "schedule"], ["mse"]))
        table, _ = self.table(study)
        self.assertEqual(table.heads, [["a", "a", "b", "b"], ["uniform", "oss", "uniform", "oss"]])
        self.assertEqual([[e.value.mean for e in row] for _, row in table.rows], [[10, 30, 50, 70], [20, 40, 60, 80]])
        # Rows hold no rival, so the best is marked along a row, of each data set by itself.
        self.assertEqual([[e.bold for e in row] for _, row in table.rows], [[False, True] * 2] * 2)
        self.assertEqual(pivot.best_words(study, plan, "psnr"), "the highest of a row within a denoiser")
        self.assertEqual(pivot.best_words(study, plan, "mse"), "the lowest of a row within a denoiser")
        plan = layout.read(study, rows=["schedule"], columns=["steps"], metrics=["psnr"])
        self.assertEqual((plan.rows, plan.columns, plan.split, plan.metrics), (["schedule"], ["steps"], ["denoiser"], ["psnr"]))
        tables, _ = pivot.make(study, plan, "psnr")
        self.assertEqual([table.title for table in tables], ["a", "b"])
        self.assertEqual(layout.read(study, rows=["denoiser", "steps"]).columns, ["metric"])
        self.assertEqual(layout.read(study, columns=["schedule"]).rows, ["denoiser"])
        for given, words in (
            ({"rows": ["step"]}, "no axis 'step'; there are: "),
            ({"metrics": ["ssim"]}, "no metric 'ssim'; there are: psnr, mse"),
            ({"rows": ["steps"], "columns": ["steps"]}, "not both"),
        ):
            with self.assertRaises(load.ReportError) as caught:
                layout.read(study, **given)
            self.assertIn(words, str(caught.exception))

    def test_metrics_side_by_side(self):
        study = self.study(self.grid()[:4])
        plan = layout.read(study, rows=["schedule"], columns=["steps", "metric"])
        self.assertTrue(pivot.side_by_side(plan))
        (table,), _ = pivot.make(study, plan)
        self.assertEqual(table.heads[1][0], "PSNR (dB)")
        self.assertEqual([e.bold for e in table.rows[1][1]], [True] * 4)  # highest PSNR, lowest MSE
        self.assertEqual([e.bold for e in table.rows[0][1]], [False] * 4)

    def test_one_budget(self):
        study = self.study([cell(5, s, [20, 22], denoiser=d) for d in (A, B) for s in ("uniform", OSS)])
        plan = layout.read(study)
        self.assertEqual((plan.rows, plan.columns), (["schedule"], ["denoiser"]))
        study = self.study([cell(5, "uniform", [20, 22])])
        table, _ = self.table(study)
        self.assertEqual((table.corner, table.heads), (["schedule"], [["5 steps"]]))
        self.assertEqual(pivot.best_words(study, layout.read(study), "psnr"), "")

    def test_seeds_are_pooled(self):
        study = self.study([cell(5, "uniform", [10, 20], seed=0), cell(5, "uniform", [30, 40], seed=1)])
        table, _ = self.table(study)
        self.assertEqual((table.rows[0][1][0].value.mean, table.rows[0][1][0].value.count), (25, 4))

    def test_missing(self):
        cells = self.grid()[:4]
        cells[1][0].update(status="skipped", reason="too <few>")
        cells[2][0].update(status="failed", reason="")
        table, notes = self.table(self.study(cells))
        self.assertEqual([e.text for e in table.rows[0][1]][1:], ["skipped [1]"])
        self.assertEqual([e.text for e in table.rows[1][1]][:1], ["failed [2]"])
        self.assertEqual(notes, [(1, "skipped: too <few>"), (2, "failed: no reason recorded")])
        self.assertIn("too &lt;few&gt;", render.html(table))

    def test_left_out(self):
        cells = self.grid()[:4]
        cells[0][0]["metrics_left_out"] = "ssim takes images"
        for values, scores in cells[1:]:
            scores["ssim"] = np.array([0.5, 0.7])
        table, notes = self.table(self.study(cells), "ssim")
        self.assertEqual((table.rows[0][1][0].text, notes), ("– [1]", [(1, "ssim takes images")]))

    def test_relative_to_what_is_not_proven(self):
        cells = [cell(m, s, [20, 22]) for m in (5, 9) for s in (BEST, OSS)]
        cells[0][0]["search_complete"] = 0
        table, _ = self.table(self.study(cells, "report: {relative: {schedule: exhaustive}}\n"))
        self.assertEqual(table.notes, ["In 1 of 2 cases what is compared with is not proven the best."])

    def test_relative(self):
        cells = [cell(5, BEST, [20, 22], [0.01, 0.03]), cell(5, OSS, [18, 21], [0.02, 0.04]), cell(5, "uniform", [20, 22], [0, 0])]
        study = self.study(cells, "report: {relative: {schedule: exhaustive}}\n")
        plan = layout.read(study)
        self.assertEqual(plan.relative, ("schedule", BEST))
        table, _ = self.table(study, "mse")
        ratio = table.rows[1][1][0].value
        self.assertAlmostEqual(ratio.mean, 1.5)
        rest = np.array([0.02 - 1.5 * 0.01, 0.04 - 1.5 * 0.03])
        self.assertAlmostEqual(ratio.half, 12.706 * rest.std(ddof=1) / math.sqrt(2) / 0.02)
        self.assertEqual(table.rows[0][1][0].text, "1.00")  # of itself, without an interval
        table, _ = self.table(study, "psnr")
        self.assertEqual([row[1][0].value.mean for row in table.rows], [0, -1.5, 0])
        self.assertEqual(pivot.title(study, plan, "psnr"), "PSNR less that of exhaustive (dB)")
        self.assertEqual(pivot.title(study, plan, "mse"), "MSE over that of exhaustive")

    def test_relative_to_nothing(self):
        """Where the cell to compare with is missing, or its error is 0."""
        cells = [cell(5, BEST, [20, 22], [0, 0]), cell(5, OSS, [18, 21], [0.02, 0.04]), cell(9, OSS, [18, 21], [0.1, 0.2])]
        study = self.study(cells, "report: {relative: {schedule: exhaustive}}\n")
        table, notes = self.table(study, "mse")
        self.assertEqual(notes, [(1, "nothing to compare with")])
        self.assertEqual(self.texts(table), [(["exhaustive"], ["1.00", ""]), (["oss"], ["∞", "– [1]"])])


class Formats(PivotTest):
    def test_text(self):
        study = self.study(self.grid())
        table, _ = self.table(study, rows=["steps"], columns=["denoiser", "schedule"])
        lines = render.text(table).splitlines()
        self.assertEqual(lines[0].split(), ["a", "b"])
        self.assertEqual(lines[1].split(), ["steps", "uniform", "oss", "uniform", "oss"])
        self.assertEqual(len({line.index("±") for line in lines[3:]}), 1)
        self.assertIn("30.00±13*", lines[3])
        narrow = render.text(table, 35).split("\n\n")
        self.assertEqual(len(narrow), 2)
        self.assertEqual([part.splitlines()[0].strip() for part in narrow], ["a", "b"])
        table, _ = self.table(study)
        self.assertEqual([line[:10].strip() for line in render.text(table).splitlines()[2:]], ["a", "", "b", ""])

    def test_markdown(self):
        table, _ = self.table(self.study(self.grid()), rows=["steps"], columns=["denoiser", "schedule"])
        lines = render.markdown(table).splitlines()
        self.assertEqual(lines[0], "| steps | a, uniform | a, oss | b, uniform | b, oss |")
        self.assertEqual(lines[1], "|---|---:|---:|---:|---:|")
        self.assertEqual(lines[2], "| 5 | 10.00±13 | **30.00±13** | 50.00±13 | **70.00±13** |")

    def test_csv(self):
        cells = self.grid()[:4]
        cells[1][0].update(status="skipped", reason="x")
        table, _ = self.table(self.study(cells))
        rows = list(csv.reader(io.StringIO(render.comma_separated([table], "psnr"))))
        self.assertEqual(rows[0], ["metric", "table", "schedule", "5 steps", "5 steps ±", "10 steps", "10 steps ±"])
        self.assertEqual(rows[1], ["psnr", "", "uniform", "10", "12.706", "skipped [1]", ""])

    def test_html(self):
        table, _ = self.table(self.study(self.grid()), rows=["steps"], columns=["denoiser", "schedule"])
        page = render.html(table)
        self.assertIn('<th class="c" colspan="2">a</th>', page)
        self.assertIn("<b>30.00±13</b>", page)
        self.assertEqual(page.count("<tr"), 4)

    def test_script(self):
        self.study(self.grid())
        for form, words in (("markdown", "| a | uniform |"), ("csv", "psnr,,a,uniform,10,12.706"), ("text", "key findings")):
            command = [sys.executable, REPORT, self.file, "--format", form, "--metric", "psnr"]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(words, done.stdout)
            self.assertNotIn("MSE:", done.stdout)
        command = [sys.executable, REPORT, self.file, "--format", "csv", "--output", "x"]
        self.assertEqual(subprocess.run(command, capture_output=True).returncode, 2)


class Costs(PivotTest):
    def row(self, study, metric="psnr"):
        header, rows = costs.saving_table(study, metric)
        return header, [dict(zip(header, (entry.text for entry in row))) for row in rows]

    def test_saving(self):
        """OSS at 5 steps is as good as uniform at 20: the search's 1000 calls and the teacher's 200 come back after 80 samples."""
        cells = [cell(m, "uniform", [m, m + 2]) for m in (5, 10, 20)] + [cell(5, OSS, [18, 19]), cell(10, OSS, [5, 6])]
        _, (first, second) = self.row(self.study(cells))
        self.assertEqual((first["teacher NFE"], first["search NFE"]), ("200", "1\u202f000"))
        self.assertEqual((first["as good without search"], first["saves"]), ("uniform, 20 steps", "15"))
        self.assertEqual(first["pays after"], "80")
        self.assertEqual((second["as good without search"], second["saves"], second["pays after"]), ("uniform, 5 steps", "0", "never"))

    def test_cheapest_of_any_solver(self):
        cells = [cell(m, "uniform", [p, p], solver=s) for m, s, p in ((5, FIRST, 9), (20, FIRST, 30), (6, SECOND, 29), (12, SECOND, 40))]
        _, (row,) = self.row(self.study([*cells, cell(5, OSS, [28, 28])]))
        self.assertEqual(row["as good without search"], "dpmpp (order=2), uniform, 6 steps")
        self.assertEqual(row["pays after"], "1\u202f200")

    def test_none_reaches(self):
        cells = [cell(m, "uniform", [m, m]) for m in (5, 14)] + [cell(5, OSS, [50, 50])]
        _, (row,) = self.row(self.study(cells))
        self.assertEqual((row["as good without search"], row["saves"]), ("none up to 14 NFE", "> 9"))
        self.assertEqual(row["pays after"], "at most 120")
        _, (row,) = self.row(self.study(cells[2:]))
        self.assertEqual((row["as good without search"], row["pays after"]), ("none", "–"))

    def test_lower_is_better(self):
        cells = [cell(m, "uniform", [m, m], [1 / m, 1 / m]) for m in (5, 20)] + [cell(5, OSS, [0, 0], [0.05, 0.05])]
        _, (row,) = self.row(self.study(cells), "mse")
        self.assertEqual(row["as good without search"], "uniform, 20 steps")


class Curves(PivotTest):
    def test_solvers_and_schedules_are_lines(self):
        cells = [cell(m, s, [m, m], solver=o, denoiser=d) for m in (5, 9) for s in ("uniform", OSS) for o in (FIRST, SECOND) for d in (A, B)]
        study = self.study(cells)
        found = curves.make(study, "psnr")
        self.assertEqual((found.across, found.lines, found.pictures), ("steps", ["solver", "schedule"], ["denoiser"]))
        self.assertEqual([(x, e.mean) for x, e in found.points[A,][SECOND, OSS]], [(5, 5.0), (9, 9.0)])
        looks = curves.looks(study, found.lines)
        self.assertEqual(looks[FIRST, OSS]["color"], looks[FIRST, "uniform"]["color"])
        self.assertNotEqual(looks[FIRST, OSS]["color"], looks[SECOND, OSS]["color"])
        self.assertNotEqual(looks[FIRST, OSS]["linestyle"], looks[FIRST, "uniform"]["linestyle"])
        gits = [cell(m, "{kind: gits}", [m, m], solver=o, denoiser=d) for m in (5, 9) for o in (FIRST, SECOND) for d in (A, B)]
        looks = curves.looks(self.study([*cells, *gits]), found.lines)  # more schedules than solvers: those have the colours
        self.assertEqual(looks[FIRST, OSS]["color"], looks[SECOND, OSS]["color"])
        self.assertNotEqual(looks[FIRST, OSS]["linestyle"], looks[SECOND, OSS]["linestyle"])
        self.assertEqual(curves.name(study, found.lines, (SECOND, OSS)), "dpmpp (order=2), oss")

    def test_too_many_lines_make_pictures(self):
        solvers = [f"{{kind: ipndm, order: {o}}}" for o in range(1, 8)]
        found = curves.make(self.study([cell(m, s, [m], solver=o) for m in (5, 9) for s in ("uniform", OSS) for o in solvers]), "psnr")
        self.assertEqual((found.lines, found.pictures), (["schedule"], ["solver"]))

    def test_other_axis_across(self):
        cells = [cell(5, OSS, [m, m]) for m in (50, 100)]
        for values, _ in cells:
            values["teacher_steps"] = 50 if values is cells[0][0] else 100
        found = curves.make(self.study(cells), "psnr")
        self.assertEqual((found.across, [(x, e.mean) for x, e in found.points[()][OSS,]]), ("teacher_steps", [(50, 50.0), (100, 100.0)]))
        self.assertIsNone(curves.make(self.study(cells[:1]), "psnr").across)


    def test_many_ways_at_few_budgets_are_dots(self):
        ways = [f"{{kind: beta, a: {a}}}" for a in range(1, 14)]
        study = self.study([cell(m, s, [m, m + 1], denoiser=d) for m in (5, 9) for s in ways for d in (A, B)])
        figure, caption = overview.figure(study)
        self.assertEqual([axis.get_title() for axis in figure.axes], ["a", "b"])
        self.assertEqual([tick.get_text() for tick in figure.axes[0].get_yticklabels()][:2], ["beta (a=1)", "beta (a=2)"])
        self.assertIn("Bars are 95% intervals", caption)
        overview.plt.close(figure)
        study = self.study([cell(5, s, [20, 21], samples_evaluate=e) for s in ways[:2] for e in ("same", "64")])
        figure, _ = overview.figure(study)
        self.assertEqual([axis.get_title() for axis in figure.axes], ["the searched noise", "64 others"])
        overview.plt.close(figure)
        self.assertEqual(overview.figure(self.study([cell(5, s, [20, 21]) for s in ways[:2]])), (None, ""))


class Finding(unittest.TestCase):
    def test_find(self):
        values = [OSS, BEST, "uniform", "{kind: oss, variant: carry, samples: joint}", "{kind: file, file: ../x.h5}"]
        self.assertEqual(layout.find(values, "exhaustive"), BEST)
        self.assertIsNone(layout.find(values, "oss"))
        self.assertEqual(layout.find(values, {"kind": "oss", "variant": "paper", "samples": "joint"}), OSS)
        self.assertEqual(layout.find(values, {"kind": "file", "file": "/far/x.h5"}), values[4])
        self.assertEqual(layout.find([5, 10], 10), 10)


if __name__ == "__main__":
    unittest.main()
