# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of the report, as rows of text that the page and the terminal share."""

import math
from collections import namedtuple

from . import stats

# text; bold: the best of its group; note: shown on hovering, e.g. why a cell was skipped; value: the Estimate shown
Entry = namedtuple("Entry", "text bold note value", defaults=(False, "", None))


def number(value, digits=4):
    """A number for reading: 4 significant digits, thousands in groups, no exponent for everyday sizes."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace(",", "\u202f")
    return f"{value:.{digits}g}"


def plain(value, metric):
    """A score in a sentence: dB with 2 decimals."""
    return f"{value:.2f}" if metric in stats.UNITS and math.isfinite(value) else number(value)


Scale = namedtuple("Scale", "decimals exponent")  # None, None: powers of ten are needed
EXACT = (
    "n of m exact: on n of the m samples the student equals the teacher, so the PSNR is infinite; the mean is over the "
    "others, and not compared (no mark for the best). MSE counts them, as 0."
)

LEFT_OUT = "† Samples whose score is not a finite number are left out of the mean."


def scale_of(metric, estimates):
    """How a table of estimates is written: dB with 2 decimals, the rest with 3 digits of one power of ten."""
    if metric in stats.UNITS:
        return Scale(2, 0)
    sizes = sorted(abs(e.mean) for e in estimates if e and math.isfinite(e.mean) and e.mean)
    if not sizes:
        return Scale(2, 0)
    if sizes[-1] / sizes[0] >= 1e6:
        return Scale(None, None)
    exponent = math.floor(math.log10(sizes[len(sizes) // 2]))
    return Scale(None, exponent if sizes[0] < 1e-2 or sizes[-1] >= 1e5 else 0)


def with_interval(e, scale, compact=False):
    """'18.41 ± 0.32', in scientific notation where the scale has no exponent; says which samples were left out."""
    mark = "†" if e.bad > e.exact and e.count else ""
    if e.exact:
        mark += f" ({e.exact} of {e.count + e.bad} exact)"
    if not math.isfinite(e.mean):
        return number(e.mean) + (mark if e.exact and e.mean > 0 else "")
    if scale.exponent is None:
        texts = [f"{e.mean:.2e}", f"{e.half:.1e}"]
    else:
        mean, half = e.mean / 10**scale.exponent, e.half / 10**scale.exponent
        places = scale.decimals
        if places is None:
            places = max(0, 2 - math.floor(math.log10(abs(mean)))) if mean else 2
        fewer = places
        if compact and half > 0 and math.isfinite(half):  # an interval's second digit is enough
            fewer = min(places, max(0, 1 - math.floor(math.log10(half))))
        texts = [f"{mean:.{places}f}", f"{half:.{fewer}f}"]
    return ("±" if compact else " ± ").join(texts[: 1 if math.isnan(e.half) else 2]) + mark


def outer_header(study):
    return [axis.replace("_", " ") for axis in study.outer]


def printed(e, scale, compact):
    """The mean as the table shows it: what looks alike is marked alike."""
    return with_interval(e._replace(half=math.nan, bad=0, exact=0), scale, compact)


def notes(study, metric):
    """What has to be said below tables of a metric's scores, as sentences."""
    found = []
    if study.whole(metric):
        member = next(cell.members[metric] for cell in study.result.cells if metric in cell.members)
        found.append(f"{stats.metric_title(metric)} is {member}.")
    if study.wide(metric):
        found.append(
            f"An interval that reaches below 0, where no {stats.metric_title(metric)} can be, says that a few samples "
            "carry the mean; figures draw it above 0 alone."
        )
    if "seed" in study.result.axes and len(study.result.values("seed")) > 1:
        found.append(seeds_note(study))
    return found


def seeds_note(study):
    """How the intervals take several seeds."""
    text = "Intervals pool the samples of all seeds"
    if any(panel.shares(schedule) for panel in study.panels for schedule in panel.schedules):
        text += ", except where the samples of a seed share one searched schedule"
        if len(study.result.values("seed")) > 2:
            text += ": there the interval is the one over the seeds' means (few, so it is wide) if that is the larger"
        else:
            text += ": there they hold for the schedules of these seeds (two tell too little of how others differ)"
    return text + "."


def counted(study):
    """What the cells are: '144 of 144 cells finished (2 denoisers x 3 teacher grids x ...)'."""
    result = study.result
    done = sum(cell.done for cell in result.cells)
    parts, product = [], 1
    for axis in [*study.outer, "schedule", "steps", "seed"]:
        count = len(result.values(axis)) if axis in result.axes else 1
        product *= count
        if count > 1 or axis in ("schedule", "steps"):
            name = {"steps": "budget", "samples_evaluate": "scored set", "samples_search": "searched set"}.get(axis)
            name = name or axis.replace("_", " ")
            parts.append(f"{count} {name}" + ("s" if count != 1 and not name.endswith("s") else ""))
    joined = (" × " if product == len(result.cells) else ", ").join(parts)
    return f"{done} of {len(result.cells)} cells finished ({joined})"


def sample_count(study, metric):
    """'32 samples', '32 to 64 samples': how many scores stand behind one cell's mean."""
    cells = [cell for cell in study.result.cells if metric in cell.metrics]
    counts = {cell.wholes[metric].count if metric in cell.wholes else len(cell.metrics[metric]) for cell in cells}
    low, high = min(counts), max(counts)
    return f"{low} sample{'s' * (low != 1)}" if low == high else f"{low} to {high} samples"


def missing_table(study):
    """(header, rows) of the cells that were skipped or failed, the same reason of several seeds or budgets once."""
    header = outer_header(study) + ["schedule", "steps", "status", "cells", "reason"]
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


def same_text(study, panel):
    """Which schedules are the same at which budgets, as a sentence; empty if none are."""
    parts = []
    for group, budgets in stats.same_schedules(panel):
        names = " = ".join(study.label("schedule", schedule) for schedule in group)
        parts.append(f"{names} at {stats.steps_text(budgets)}")
    return f" The same schedules: {'; '.join(parts)}." if parts else ""


def name_table(study):
    """(header, rows): what the short names stand for."""
    rows = []
    for axis in [*study.outer, "schedule"]:
        for value in study.result.values(axis) if axis in study.result.axes else []:
            if study.label(axis, value) != str(value):
                rows.append([Entry(axis.replace("_", " ")), Entry(study.label(axis, value)), Entry(str(value))])
    members = {name: member for cell in study.result.cells for name, member in cell.members.items()}
    members = {name: text for name, text in members.items() if "{" in text}
    rows += [[Entry("metric"), Entry(stats.metric_title(name)), Entry(text)] for name, text in members.items()]
    return ["axis", "name", "stands for"], rows


def as_text(header, rows, keys=None, limit=120):
    """An aligned table for the terminal; * marks the best.

    Wider than `limit`, it becomes several below each other, each with the first `keys` columns.
    """
    table = [list(header)] + [[entry.text + ("*" if entry.bold else "") for entry in row] for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(header))]
    keys = len(header) if keys is None else keys
    blocks, room = [[]], limit - sum(width + 2 for width in widths[:keys])
    for i in range(keys, len(header)):
        if blocks[-1] and sum(widths[j] + 2 for j in [*blocks[-1], i]) - 2 > room:
            blocks.append([])
        blocks[-1].append(i)
    texts = []
    for block in blocks:
        columns = [*range(keys), *block]
        shown = ["  ".join(line[i].ljust(widths[i]) for i in columns).rstrip() for line in table]
        shown.insert(1, "  ".join("-" * widths[i] for i in columns))
        texts.append("\n".join(shown))
    return "\n\n".join(texts)
