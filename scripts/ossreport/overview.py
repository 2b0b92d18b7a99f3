# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The picture at the top of the page: scores against steps, a row a denoiser, a column a teacher grid."""

import math

import matplotlib.pyplot as plt

from . import curves, layout, lines, stats

ROWS, COLUMNS = 6, 5  # what stays readable at 900 pixels
ABREAST, FEW = 4, 3  # of a ranking: most pictures, most values across
WRAPPED = 9  # pictures that have one axis between them, side by side and wrapped


def _words(study, axes, key, between=", "):
    """What a picture is, in words: its values, with the axis named where they do not speak for themselves."""
    texts = [(axis, layout.value_text(study, axis, value)) for axis, value in zip(axes, key)]
    return between.join(f"teacher grid: {text}" if axis == "teacher_grid" else text for axis, text in texts)


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
        ([x for x, _ in points], [e.mean for _, e in points], looks[line], curves.name(study, found.lines, line))
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


def _ranking(study, metric, found):
    """Dots instead of curves, a row each, for many ways at few budgets: (figure, how many pictures it shows)."""
    shown = lines.some(list(found.points), ABREAST)
    rows = [key for key in curves.looks(study, found.lines) if any(key in here for here in found.points.values())]
    values = sorted({x for here in found.points.values() for points in here.values() for x, _ in points})
    size = (9 if len(shown) > 1 else 6.4, 1.3 + 0.27 * len(rows))
    drawing, axes = plt.subplots(1, len(shown), figsize=size, layout="constrained", squeeze=False, sharey=True)
    for axis, key in zip(axes[0], shown):
        for number, x in enumerate(values):
            for place, line in enumerate(rows):
                score = dict(found.points[key].get(line, [])).get(x)
                if score:
                    half = 0 if math.isnan(score.half) else score.half
                    style = {"color": lines.COLOURS[number % 6], "fmt": lines.MARKERS[number % len(lines.MARKERS)]}
                    label = curves.across_text(found, x) if len(values) > 1 else None
                    axis.errorbar(score.mean, place, xerr=half, markersize=5, linewidth=1.3, label=label, **style)
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.set_yticks(range(len(rows)), [curves.name(study, found.lines, line) for line in rows])
        axis.set(xlabel=stats.metric_title(metric), title=_words(study, found.pictures, key))
    if len(values) > 1:
        _legend(drawing, axes.ravel())
    return drawing, len(shown)


def figure(study, metric=None):
    """(figure, caption), or (None, '') where no scores are to be compared, or those of one panel at one budget."""
    metric = metric or study.metric
    found = curves.make(study, metric)
    every = [points for here in found.points.values() for points in here.values()]
    if max((len(here) for here in found.points.values()), default=0) < 2 and not any(len(points) > 1 for points in every):
        return None, ""
    if found.across is None and len(found.points) == 1 and found.lines == ["schedule"]:
        return None, ""  # the panel's own figure shows that
    few = max(len(points) for points in every) <= FEW
    if found.across is None or few and max(len(here) for here in found.points.values()) > curves.MOST_LINES:
        drawing, shown = _ranking(study, metric, found)
        return drawing, _caption(study, metric, found, False, shown) + " Bars are 95% intervals."
    drawing, shared, shown = _grid(study, metric, found, every)
    return drawing, _caption(study, metric, found, shared, shown)


def _grid(study, metric, found, every):
    """Pictures of curves: (figure, whether lines coincide, how many pictures)."""
    grid, titles, sides = _arrange(study, found)
    looks, shared, width = curves.looks(study, found.lines), False, len(grid[0])
    size = (9 if width > 1 else 6.4, 0.9 + (2.45 if len(grid) > 1 or width > 1 else 3.4) * len(grid))
    drawing, axes = plt.subplots(
        len(grid), width, figsize=size, layout="constrained", squeeze=False, sharey="row" if sides else True
    )
    log = not stats.higher_is_better(metric) and min(e.mean for points in every for _, e in points) > 0
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
    return drawing, shared, sum(key is not None for row in grid for key in row)
