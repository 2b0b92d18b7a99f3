# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What the overview draws: which axis is across, which make lines, which make pictures, and the points of each line."""

import math
from collections import namedtuple

from . import flow, layout, lines, stats

ACROSS = {"steps": "steps of the student", "teacher_steps": "steps of the teacher", "samples_search": "samples searched"}
CLEAR = [lines.LINES[i] for i in (0, 2, 3, 1)]  # the dashes that are told apart best first
MOST_LINES = 12  # in one picture, where another axis can make pictures instead

# across: the axis on the x axis or None; lines, pictures: axes; points: {picture key: {line key: [(x, Estimate)]}}
Curves = namedtuple("Curves", "across lines pictures points")


def _axes(study):
    """(across, lines, pictures): tasks make pictures, ways to do them lines; too many lines: all but the schedules'."""
    axes = layout.varying(study)
    numeric = [axis for axis in ACROSS if axis in axes]
    across = numeric[0] if numeric else None
    ways = [axis for axis in axes if axis not in layout.TASK and axis != across]
    ways = [axis for axis in ways if axis != "schedule"] + ["schedule"]
    pictures = [axis for axis in axes if axis in layout.TASK and axis != across]
    while len(ways) > 1 and math.prod(len(study.result.values(axis)) for axis in ways) > MOST_LINES:
        pictures.append(ways.pop(0))
    return across, ways, pictures


def make(study, metric):
    """The Curves of a metric; points whose mean is not finite are left out, and lines without points."""
    across, ways, pictures = _axes(study)
    points = {}
    axes = [*pictures, *ways, across or "steps"]
    for key, cells in layout.groups(study, axes).items():
        cells = [cell for cell in cells if cell.done and metric in cell.metrics]
        score = stats.score(cells, metric) if cells else None
        picture, line = key[: len(pictures)], key[len(pictures) : -1]
        found = points.setdefault(picture, {})
        if score and math.isfinite(score.mean):
            found.setdefault(line, []).append((key[-1], score))
    return Curves(across, ways, pictures, points)


def looks(study, ways):
    """{line key: style}. With the schedule alone its own; else the axis with more values has the colours, the other the dashes."""
    own = lines.styles(study)
    keys = list(layout.groups(study, ways))
    first = list(dict.fromkeys(key[:-1] for key in keys))
    if len(first) == 1:
        return {key: own[key[-1]] for key in keys}
    if len(first) < len(study.schedules):
        return {key: {**own[key[-1]], "linestyle": CLEAR[first.index(key[:-1]) % 4]} for key in keys}
    drawn = [schedule for schedule in study.schedules if schedule != study.baseline]
    result = {}
    for key in keys:
        colour = lines.COLOURS[first.index(key[:-1]) % len(lines.COLOURS)]
        if key[-1] == study.baseline:
            result[key] = {"color": colour, "linestyle": lines.DASHED, "marker": "x"}
        else:
            place = drawn.index(key[-1])
            marker = lines.MARKERS[place % len(lines.MARKERS)]
            result[key] = {"color": colour, "linestyle": CLEAR[place % 4], "marker": marker}
    return result


def across_text(found, value):
    """A value of the axis across, in words."""
    return layout.WORDS[found.across or "steps"](value)


def name(study, ways, key):
    """A line in the legend."""
    parts = [study.label(axis, value) for axis, value in zip(ways, key)]
    calm = [part for axis, part in zip(ways, parts) if not (axis == "calibration" and flow.kind(part) == "none")]
    return ", ".join(calm)
