# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of the report, as rows of text that the page and the terminal share."""

import math
from collections import namedtuple

import numpy as np

from . import stats

# text; bold: the best of its group; note: shown on hovering, e.g. why a cell was skipped
Entry = namedtuple("Entry", "text bold note", defaults=(False, ""))


def number(value, digits=4):
    """A number for reading: 4 significant digits, thousands in groups, no exponent for everyday sizes."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace(",", "\u202f")
    return f"{value:.{digits}g}"


def _decimals(metric, estimates):
    """Decimals for a table of estimates: 2 for dB, else 3 digits of the smallest; None: powers of ten are needed."""
    if metric in stats.UNITS:
        return 2
    sizes = [abs(e.mean) for e in estimates if e and math.isfinite(e.mean) and e.mean]
    if not sizes or min(sizes) < 1e-2 or max(sizes) >= 1e5:
        return None
    return 2 - math.floor(math.log10(min(sizes)))


def with_interval(e, decimals):
    """'18.41 ± 0.32', with scientific notation where `decimals` is None; a dagger when samples were left out."""
    mark = "†" if e.bad and e.count else ""
    if not math.isfinite(e.mean):
        return number(e.mean)
    if decimals is None:
        half = "" if math.isnan(e.half) else f" ± {e.half:.1e}"
        return f"{e.mean:.2e}{half}{mark}"
    places = max(decimals, 0)
    half = "" if math.isnan(e.half) else f" ± {e.half:.{places}f}"
    return f"{e.mean:.{places}f}{half}{mark}"


def _absent(panel, schedule, steps):
    """What stands where there is no score."""
    cells = panel.table.get((schedule, steps), [])
    if not cells:
        return Entry("")
    if any(cell.done for cell in cells):
        return Entry("–", note="this metric was not measured")
    return Entry(cells[0].status, note=cells[0].reason)


def key_table(study, metric):
    """(header, rows of Entry, whether samples were left out): scores by panel and schedule, steps as columns."""
    steps = study.result.values("steps") if "steps" in study.result.axes else [0]
    header = [axis.replace("_", " ") for axis in study.outer] + ["schedule"] + [f"{number(m)} steps" for m in steps]
    rows, left_out = [], False
    table = [{(s, m): panel.score(s, m, metric) for s in panel.schedules for m in steps} for panel in study.panels]
    decimals = _decimals(metric, [e for scores in table for e in scores.values()])
    for panel, scores in zip(study.panels, table):
        best = {m: panel.best(m, metric) for m in steps}
        winners = {m: scores[best[m], m].mean for m in steps if best[m] is not None}
        for schedule in panel.schedules:
            row = [Entry(text) for text in study.outer_labels(panel)] + [Entry(study.label("schedule", schedule))]
            for m in steps:
                e = scores[schedule, m]
                if e is None:
                    row.append(_absent(panel, schedule, m))
                    continue
                left_out = left_out or bool(e.bad and e.count)
                notes = f"{e.count} samples" + (f", {e.bad} not finite and left out" if e.bad else "")
                row.append(Entry(with_interval(e, decimals), e.mean == winners.get(m), notes))
            rows.append(row)
    return header, rows, left_out


def findings(study):
    """One sentence a panel about its smallest and its largest budget, against the baseline."""
    sentences = []
    metric, unit = study.metric, stats.UNITS.get(study.metric, "")
    higher = stats.higher_is_better(metric) if metric else True
    for panel in study.panels:
        parts = []
        steps = [m for m in panel.steps if metric and panel.best(m, metric) is not None]
        for m in dict.fromkeys(steps[:1] + steps[-1:]):
            best = panel.best(m, metric)
            score = panel.score(best, m, metric)
            text = f"at {number(m)} steps the best is {study.label('schedule', best)} with {number(score.mean)} {unit}".rstrip()
            gain = panel.gain(best, study.baseline, m, metric) if study.baseline and best != study.baseline else None
            if gain and math.isfinite(gain.mean):
                places = ".2f" if unit else ".3g"
                half = "" if math.isnan(gain.half) else f" ± {format(gain.half, places)}"
                more = gain.mean > 0 if higher else gain.mean < 0
                text += f", {format(abs(gain.mean), places)}{half} {'better' if more else 'worse'} than "
                text += study.label("schedule", study.baseline)
            parts.append(text)
        if parts:
            start = f"{panel.title}: " if len(study.panels) > 1 else ""
            sentences.append(start + "; ".join(parts) + ".")
    return sentences


def cost_table(study):
    """(header, rows): what each schedule and budget cost, averaged over the seeds."""
    columns = ("nfe", "depth", "search_nfe", "search_seconds", "sample_seconds")
    names = ("NFE", "depth", "search NFE", "search (s)", "sampling (s)")
    header = [axis.replace("_", " ") for axis in study.outer] + ["schedule", "steps", *names]
    rows = []
    for panel in study.panels:
        for schedule in panel.schedules:
            for m in panel.steps:
                cells = panel.at(schedule, m)
                if not cells:
                    continue
                row = [Entry(text) for text in study.outer_labels(panel)]
                row += [Entry(study.label("schedule", schedule)), Entry(number(m))]
                for column in columns:
                    values = np.array([cell.number(column) for cell in cells])
                    known = values[np.isfinite(values)]
                    row.append(Entry(number(float(known.mean()), 3) if known.size else "–"))
                rows.append(row)
    return header, rows


def missing_table(study):
    """(header, rows) of the cells that were skipped or failed, the same reason of several seeds or budgets once."""
    header = [axis.replace("_", " ") for axis in study.outer] + ["schedule", "steps", "status", "cells", "reason"]
    groups = {}
    for panel in study.panels:
        for cell in panel.cells:
            if not cell.done:
                key = (
                    *study.outer_labels(panel),
                    study.label("schedule", cell.axes["schedule"]),
                    cell.status,
                    cell.reason,
                )
                groups.setdefault(key, []).append(cell)
    rows = []
    for (*outer, schedule, status, reason), cells in groups.items():
        steps = ", ".join(number(m) for m in dict.fromkeys(cell.axes["steps"] for cell in cells))
        texts = [*outer, schedule, steps, status, str(len(cells)), reason or "(no reason recorded)"]
        rows.append([Entry(text) for text in texts])
    return header, rows


def as_text(header, rows):
    """An aligned table for the terminal; * marks the best."""
    lines = [list(header)] + [[entry.text + (" *" if entry.bold else "") for entry in row] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    shown = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines]
    shown.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(shown)
