# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The picture at the top of the page: scores against steps, a row a denoiser, a column a teacher grid."""

import math

import matplotlib.pyplot as plt

from . import curves, layout, lines, stats

ROWS, COLUMNS = 6, 5  # what stays readable at 900 pixels
WRAPPED = 9  # pictures that have one axis between them, side by side and wrapped


def _words(study, axes, key, between=", "):
    """What a picture is, in words: its values, with the axis named where they are no data set."""
    named = [(layout.axis_name(axis), study.label(axis, value), axis) for axis, value in zip(axes, key)]
    return between.join(label if axis == "denoiser" else f"{name}: {label}" for name, label, axis in named)


def _legend(figure, axes):
    handles, labels = lines.entries(axes)
    wide = max(len(label) for label in labels) * 0.072 + 0.7
    columns = max(1, min(len(labels), int(9 / wide), 5))
    columns = math.ceil(len(labels) / math.ceil(len(labels) / columns))  # even rows
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=columns)


def _arrange(study, found):
    """(keys of the pictures as rows of a grid, None where it is filled up; their titles; titles at the rows' sides)."""
    axes, keys = found.pictures, list(found.points)
    across = next((a for a in ("teacher_grid", *reversed(axes)) if a in axes and a != "denoiser"), None)
    place = axes.index(across) if across else None
    sides = list(dict.fromkeys(tuple(v for i, v in enumerate(key) if i != place) for key in keys))
    columns = list(dict.fromkeys(key[place] for key in keys)) if across else [None]
    if len(sides) == 1 or len(columns) == 1:  # one axis: side by side, wrapped
        shown = lines.some(keys, WRAPPED)
        width = len(shown) if len(shown) <= 3 else 2 if len(shown) == 4 else 3
        shown += [None] * (-len(shown) % width)
        grid = [shown[i : i + width] for i in range(0, len(shown), width)]
        return grid, {key: _words(study, axes, key) for key in keys}, {}
    rest = [axis for axis in axes if axis != across]
    rows, columns = lines.some(sides, ROWS), lines.some(columns, COLUMNS)
    grid = [[(*side[:place], value, *side[place:]) for value in columns] for side in rows]
    grid = [[key if key in found.points else None for key in row] for row in grid]
    titles = {key: _words(study, [across], [value]) for key, value in zip(grid[0], columns) if key}
    return grid, titles, {i: _words(study, rest, side, "\n") for i, side in enumerate(rows)}


def _draw(study, found, key, axis, looks, log):
    """One picture. Whether lines coincide."""
    curves_here = [
        (*zip(*points), looks[line], curves.name(study, found.lines, line))
        for line, points in found.points[key].items()
    ]
    shared = lines.draw(axis, curves_here, log, 5)
    budgets = sorted({x for points in found.points[key].values() for x, _ in points})
    if budgets:
        lines.step_axis(axis, budgets, 0.1)
    return shared


def _caption(study, metric, found, shared, shown):
    teacher = "its own teacher" if len(study.panels) > 1 else "the teacher"
    text = f"{stats.metric_title(metric)} of the student's end states against {teacher}'s, mean over samples and seeds"
    text += ", higher is better." if stats.higher_is_better(metric) else ", lower is better."
    text += " Lines that coincide are striped in their colours." if shared else ""
    for double, first in stats.always_same(study.panels).items() if len(found.lines) == 1 else ():
        text += f" {study.label('schedule', double)} is the same schedule as {study.label('schedule', first)}."
    if shown < len(found.points):
        text += f" Shown are {shown} of {len(found.points)} pictures."
    return text


def figure(study, metric=None):
    """(figure, caption), or (None, '') where no line has two points."""
    metric = metric or study.metric
    found = curves.make(study, metric)
    every = [points for lines_here in found.points.values() for points in lines_here.values()]
    if not any(len(points) > 1 for points in every):
        return None, ""
    grid, titles, sides = _arrange(study, found)
    looks, shared, width = curves.looks(study, found.lines), False, len(grid[0])
    size = (9 if width > 1 else 6.4, 0.9 + (2.45 if len(grid) > 1 or width > 1 else 3.4) * len(grid))
    drawing, axes = plt.subplots(
        len(grid), width, figsize=size, layout="constrained", squeeze=False, sharey="row" if sides else True
    )
    log = not stats.higher_is_better(metric) and min(y for points in every for _, y in points) > 0
    for i, row in enumerate(grid):
        for axis, key in zip(axes[i], row):
            axis.set_visible(key is not None)
            if key is None:
                continue
            if log:
                axis.set_yscale("log")
            shared = _draw(study, found, key, axis, looks, log) or shared
            axis.set_title(titles.get(key, ""))
        axes[i][0].set_ylabel(stats.metric_title(metric))
        if i in sides:
            place = {"xycoords": "axes fraction", "textcoords": "offset points", "rotation": 90}
            style = {"ha": "right", "va": "center", "weight": "bold", "fontsize": 11}
            axes[i][0].annotate(sides[i], (0, 0.5), (-52, 0), **place, **style)
    for column in zip(*axes):  # below the last of each column
        [axis for axis in column if axis.get_visible()][-1].set_xlabel(curves.ACROSS[found.across])
    _legend(drawing, axes.ravel())
    return drawing, _caption(study, metric, found, shared, sum(key is not None for row in grid for key in row))
