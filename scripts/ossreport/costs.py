# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What teachers, searches and sampling cost, as tables."""

import math

import numpy as np

from . import flow, layout, stats, tables
from .tables import Entry, number, outer_header

SEARCH = "Teacher NFE are those of the searched samples, search NFE those of all candidates."
TEACHER = "Spent in this run on searched and evaluated samples; 0 where all trajectories were kept from an earlier run."
SAVING = (
    "As good without search: the cheapest schedule of the sweep, of any solver, that needs no search and reaches the same mean "
    "score on the same task. Saves: the calls a sample that the schedule found takes fewer. Pays after: the samples from "
    "which on the calls of teacher and search are won back. A search serves all its budgets, at the cost of the largest. That "
    "one of several schedules without search is as good is known afterwards only."
)


def _mean(values, digits=3):
    known = [value for value in values if math.isfinite(value)]
    return Entry(number(float(np.mean(known)), digits) if known else "–")


def cell_table(study):
    """(header, rows): what each schedule and budget cost, averaged over the seeds."""
    columns = ("nfe", "depth", "search_nfe", "search_seconds", "sample_seconds")
    header = outer_header(study) + ["schedule", "steps", "NFE", "depth", "search NFE", "search (s)", "sampling (s)"]
    rows = []
    for panel in study.panels:
        for schedule in panel.schedules:
            for m in panel.steps:
                cells = panel.at(schedule, m)
                if cells:
                    row = [Entry(text) for text in study.outer_labels(panel)]
                    row += [Entry(study.label("schedule", schedule)), Entry(number(m))]
                    rows.append(row + [_mean([cell.number(name) for cell in cells]) for name in columns])
    return header, rows


def samples_of(cell):
    """(searched, evaluated besides those) samples of a cell; nan where the file does not say."""
    searched = cell.number("samples_search")
    evaluated = cell.attributes.get("samples_evaluate")
    return searched, 0.0 if evaluated == "same" else cell.number("samples_evaluate")


def teacher_evaluations(study):
    """{teacher group: NFE of one sample}: from its count where that is whole, else its steps."""
    users = {}
    for cell in study.result.cells:
        if cell.done:
            name = str(cell.attributes.get("teacher", ""))
            users.setdefault(name, {})[cell.axes.get("seed"), samples_of(cell)] = cell
    result = {}
    for name, cells in users.items():
        steps = next(iter(cells.values())).number("teacher_steps")
        samples = sum(sum(counts) for _, counts in cells)
        share = study.result.teacher(name).get("nfe", 0) / samples / steps if samples > 0 and steps > 0 else math.nan
        result[name] = steps * round(share) if share >= 1 and abs(share - round(share)) < 1e-9 else steps
    return result


def teacher_table(study):
    """(header, rows): NFE and seconds spent on the teachers of every panel, over all samples and seeds."""
    header = outer_header(study) + ["steps", "NFE of one sample", "NFE in all", "seconds"]
    evaluations, rows = teacher_evaluations(study), []
    for panel in study.panels:
        names = list(dict.fromkeys(str(c.attributes.get("teacher", "")) for c in panel.cells if c.done))
        found = [study.result.teacher(name) for name in names]
        if not any("nfe" in teacher for teacher in found):
            continue
        steps = {study.result.teacher(name).get("steps", math.nan) for name in names}
        row = [Entry(text) for text in study.outer_labels(panel)]
        row += [Entry(", ".join(number(float(n)) for n in sorted(steps))), _mean([evaluations[n] for n in names], 4)]
        row.append(Entry(number(float(sum(t.get("nfe", 0) for t in found)))))
        row.append(Entry(number(float(sum(t.get("seconds", 0) for t in found)), 3)))
        rows.append(row)
    return header, rows


class _Unsearched:
    """The schedules without a search that are cheapest at a score, within the cells of one task."""

    def __init__(self, study, metric):
        self.study, self.metric, self.found = study, metric, {}
        self.several = [axis for axis in layout.varying(study) if axis not in layout.TASK]
        groups = {}
        for cell in study.result.cells:
            if cell.done and metric in cell.metrics and not stats.searched(cell):
                groups.setdefault(tuple(v for axis, v in cell.axes.items() if axis != "seed"), []).append(cell)
        for cells in groups.values():
            score = stats.score(cells, metric)
            if not math.isnan(score.mean):
                nfe = float(np.mean([cell.number("nfe") for cell in cells]))
                self.found.setdefault(self._task(cells[0]), []).append((nfe, score.mean, cells[0]))

    @staticmethod
    def _task(cell):
        return tuple(cell.axes.get(axis) for axis in layout.TASK if axis not in ("steps", "seed"))

    def cheapest(self, cell, score):
        """((NFE, what it is) or None, the largest NFE there is) of those that reach the score in this cell's task."""
        sign = 1 if stats.higher_is_better(self.metric) else -1
        there = self.found.get(self._task(cell), [])
        reach = [(nfe, other) for nfe, mean, other in there if sign * mean >= sign * score]
        most = max((nfe for nfe, _, _ in there), default=math.nan)
        if not reach:
            return None, most
        nfe, other = min(reach, key=lambda pair: pair[0])
        words = [self.study.label(axis, other.axes[axis]) for axis in self.several if axis != "samples_search"]
        words = words or [self.study.label("schedule", other.axes["schedule"])]
        return (nfe, f"{', '.join(words)}, {stats.steps_text(other.axes['steps'])}"), most


def _pays(schedule, spent, saved, at_least):
    """Entry of the number of samples after which what was spent is won back; saved: NFE a sample, `at_least` that many."""
    if flow.option(schedule, "samples") == "per_sample":
        return Entry("never", note="every sample needs a search of its own")
    if math.isnan(spent) or math.isnan(saved):
        return Entry("–")
    if not saved > 0:
        return Entry("?" if at_least else "never", note="no schedule of the sweep tells" if at_least else "nothing is saved")
    return Entry(("at most " if at_least else "") + number(float(math.ceil(spent / saved))))


def saving_table(study, metric):
    """(header, rows): what every schedule found by a search cost, and against what it saves; averaged over the seeds."""
    header = outer_header(study) + ["schedule", "steps", stats.metric_title(metric), "teacher NFE", "search NFE"]
    header += ["search (s)", "as good without search", "saves", "pays after"]
    evaluations, others, rows = teacher_evaluations(study), _Unsearched(study, metric), []
    for panel in study.panels:
        for schedule in panel.schedules:
            for m in panel.steps:
                cells = [cell for cell in panel.at(schedule, m) if stats.searched(cell) and metric in cell.metrics]
                if not cells:
                    continue
                score = panel.score(schedule, m, metric)
                one = np.mean([evaluations[str(cell.attributes.get("teacher", ""))] for cell in cells])
                teacher = one * np.mean([samples_of(cell)[0] for cell in cells])
                search, nfe = (np.mean([cell.number(name) for cell in cells]) for name in ("search_nfe", "nfe"))
                best, most = others.cheapest(cells[0], score.mean)
                saved = (best[0] if best else most + 1) - nfe
                row = [Entry(text) for text in study.outer_labels(panel)]
                row += [Entry(study.label("schedule", schedule)), Entry(number(m))]
                row += [Entry(tables.plain(score.mean, metric)), _mean([teacher]), _mean([search])]
                row += [_mean([cell.number("search_seconds") for cell in cells])]
                row += [Entry(best[1] if best else "none" if math.isnan(most) else f"none up to {number(most)} NFE")]
                row += [Entry(("" if best else "> ") + number(saved if best else saved - 1) if saved > 0 else "0")]
                rows.append([*row, _pays(schedule, teacher + search, saved, best is None)])
    return header, rows
