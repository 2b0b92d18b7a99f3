# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The picture at the top of the page: scores against steps, a row a denoiser, a column a teacher grid."""

import math

import matplotlib.pyplot as plt

from . import lines, stats

ROWS, COLUMNS = 6, 5  # what stays readable at 900 pixels
WRAPPED = 9  # panels that have one axis between them, side by side and wrapped


def arrange(study):
    """(column axis or None, column values, row keys, {(row key, column value): panel})."""
    column = "teacher_grid" if "teacher_grid" in study.outer else None
    if column is None and study.outer:  # the finest of the others, so that a row stays one denoiser
        column = next((axis for axis in reversed(study.outer) if axis != "denoiser"), None)
    place = study.outer.index(column) if column else None
    table = {}
    for panel in study.panels:
        key = tuple(value for i, value in enumerate(panel.key) if i != place)
        table[key, panel.key[place] if column else None] = panel
    columns = [c for c in (study.result.values(column) if column else [None]) if any(k[1] == c for k in table)]
    return column, columns, list(dict.fromkeys(key for key, _ in table)), table


def _points(panel, schedule, metric):
    scores = [(m, panel.score(schedule, m, metric)) for m in panel.steps]
    return [(m, e.mean) for m, e in scores if e and math.isfinite(e.mean)]


def _words(study, outer, column, key, value, between=", "):
    """What a panel is, in words: its values on the outer axes and the column's, named where they are no data set."""
    pairs = [*zip(outer, key), *([(column, value)] if column else [])]
    named = [(axis.replace("_", " "), study.label(axis, value)) for axis, value in pairs]
    return between.join(label if axis == "denoiser" else f"{axis}: {label}" for axis, label in named)


def _legend(figure, axes):
    handles, labels = lines.entries(axes)
    wide = max(len(label) for label in labels) * 0.072 + 0.7
    columns = max(1, min(len(labels), int(9 / wide), 5))
    columns = math.ceil(len(labels) / math.ceil(len(labels) / columns))  # even rows
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=columns)


def figure(study):
    """(figure, caption), or (None, '') where no panel has two budgets with scores."""
    metric = study.metric
    column, columns, keys, table = arrange(study)
    points = {}
    for place, panel in table.items():
        found = {s: _points(panel, s, metric) for s in panel.schedules} if metric else {}
        points[place] = {s: values for s, values in found.items() if values}
    if not any(len(values) > 1 for found in points.values() for values in found.values()):
        return None, ""
    outer = [axis for axis in study.outer if axis != column]
    if len(keys) == 1 or len(columns) == 1:  # one axis: side by side, wrapped, on one scale
        places = lines.some([(key, value) for key in keys for value in columns], WRAPPED)
        width = len(places) if len(places) <= 3 else 2 if len(places) == 4 else 3
        layout = [places[i : i + width] for i in range(0, len(places), width)]
        titles = {place: _words(study, outer, column, *place) for place in places}
        sides, share = {}, True
    else:
        rows, shown = lines.some(keys, ROWS), lines.some(columns, COLUMNS)
        layout = [[(key, value) for value in shown] for key in rows]
        titles = {(rows[0], value): _words(study, [], column, (), value) for value in shown}
        sides, share = {(key, shown[0]): _words(study, outer, None, key, None, "\n") for key in rows}, "row"
    looks, shared, width = lines.styles(study), False, len(layout[0])
    size = (9 if width > 1 else 6.4, 0.9 + (2.45 if len(layout) > 1 or width > 1 else 3.4) * len(layout))
    drawing, axes = plt.subplots(len(layout), width, figsize=size, layout="constrained", squeeze=False, sharey=share)
    every = [value for found in points.values() for values in found.values() for _, value in values]
    log = not stats.higher_is_better(metric) and min(every) > 0
    title = stats.metric_title(metric)
    flat = {place: axes[i][j] for i, line in enumerate(layout) for j, place in enumerate(line)}
    for axis in axes.ravel():
        axis.set_visible(axis in flat.values())
    for place, axis in flat.items():
        if log:
            axis.set_yscale("log")
        found = points.get(place, {})
        curves = [(*zip(*values), looks[s], study.label("schedule", s)) for s, values in found.items()]
        shared = lines.draw(axis, curves, log, 5) or shared
        budgets = sorted({m for values in found.values() for m, _ in values})
        if budgets:
            lines.step_axis(axis, budgets, 0.1)
        axis.set_title(titles.get(place, ""))
    for j in range(width):  # below the last of each column
        [line[j] for line in axes if line[j].get_visible()][-1].set_xlabel("steps of the student")
    for line, row in zip(layout, axes):
        row[0].set_ylabel(title)
        if sides.get(line[0]):
            row[0].annotate(
                sides[line[0]],
                (0, 0.5),
                (-52, 0),
                xycoords="axes fraction",
                textcoords="offset points",
                rotation=90,
                ha="right",
                va="center",
                weight="bold",
                fontsize=11,
            )
    _legend(drawing, axes.ravel())
    teacher = "its own teacher" if len(study.panels) > 1 else "the teacher"
    caption = f"{title} of the student's end states against {teacher}'s, mean over samples and seeds"
    caption += ", higher is better." if stats.higher_is_better(metric) else ", lower is better."
    caption += " Lines that coincide are striped in their colours." if shared else ""
    for double, first in stats.always_same(study.panels).items():
        caption += f" {study.label('schedule', double)} is the same schedule as {study.label('schedule', first)}."
    if len(flat) < len(keys) * len(columns):
        caption += f" Shown are {len(flat)} of {len(keys) * len(columns)} pictures."
    return drawing, caption
