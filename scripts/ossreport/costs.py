# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What teachers, searches and sampling cost, as tables."""

import math

import numpy as np

from . import flow
from .tables import Entry, number, outer_header

SEARCH = (
    "One search to the largest budget gives the schedules of all smaller ones. Teacher NFE are those of the searched "
    "samples, search NFE those of all candidates."
)
TEACHER = "Spent in this run on searched and evaluated samples; 0 where all trajectories were kept from an earlier run."
BREAK_EVEN = (
    "Break-even: the samples from which on the search has paid for itself against sampling with the teacher, "
    "(teacher NFE + search NFE) / (teacher's NFE of one sample - student's at the largest budget). It compares "
    "denoiser calls alone, not quality; uniform saves the same calls without a search, at the score it has."
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


def _break_even(schedule, teacher, search, saved):
    """Entry of the number of samples after which teacher and search NFE are won back."""
    options = flow.parse(schedule)
    if isinstance(options, dict) and options.get("samples") == "per_sample":
        return Entry("never", note="every sample needs a search of its own")
    if not saved > 0:
        return Entry("never" if saved <= 0 else "–", note="the student takes as many calls as the teacher")
    return Entry(number(float(math.ceil((teacher + search) / saved))) if math.isfinite(teacher + search) else "–")


def search_table(study):
    """(header, rows): one row a search, which serves all its budgets; averaged over the seeds."""
    names = ("budgets up to", "samples", "teacher NFE", "search NFE", "search (s)", "break-even (samples)")
    header = outer_header(study) + ["schedule", *names]
    evaluations, rows = teacher_evaluations(study), []
    for panel in study.panels:
        for schedule in panel.schedules:
            seeds = {}
            for m in panel.steps:
                for cell in panel.at(schedule, m):
                    seeds.setdefault(cell.axes.get("seed"), []).append(cell)
            largest = [max(cells, key=lambda cell: cell.axes["steps"]) for cells in seeds.values()]
            if not any(cell.number("search_nfe") > 0 for cell in largest):
                continue
            one = np.mean([evaluations[str(cell.attributes.get("teacher", ""))] for cell in largest])
            samples = np.mean([samples_of(cell)[0] for cell in largest])
            search = np.mean([cell.number("search_nfe") for cell in largest])
            seconds = [max(cell.number("search_seconds") for cell in cells) for cells in seeds.values()]
            saved = one - np.mean([cell.number("nfe") for cell in largest])
            row = [Entry(text) for text in study.outer_labels(panel)] + [Entry(study.label("schedule", schedule))]
            row += [_mean([cell.axes["steps"] for cell in largest]), _mean([samples]), _mean([one * samples])]
            row += [_mean([search]), _mean(seconds), _break_even(schedule, one * samples, search, saved)]
            rows.append(row)
    return header, rows
