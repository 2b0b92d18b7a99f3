# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Quantiles of what the denoiser is given on the way down, the student's against the teacher's (figure 4 of the OSS paper)."""

from collections import namedtuple

import matplotlib.pyplot as plt
import numpy as np

from . import lines, stats

COLUMNS, GROUPS = 3, 6  # pictures side by side, and figures on a page
LOOKS = {
    "none": {"color": lines.COLOURS[1], "marker": "o", "linestyle": "-"},
    "scale": {"color": lines.COLOURS[0], "marker": "s", "linestyle": (0, (4, 1.5))},
    "affine": {"color": lines.COLOURS[2], "marker": "^", "linestyle": (0, (1, 1))},
}
NAMES = {"none": "student, not calibrated", "scale": "student, scaled", "affine": "student, scaled and shifted"}
PAGE = (
    "Quantiles of the elements of what the denoiser is given, mean over samples: the teacher's over all its steps, the "
    "student's at each of its own. The teacher's mean is over the searched samples, the student's over the scored ones: where these are "
    "others, part of what lies between the curves is theirs. Calibration maps the student's states to the teacher's quantiles before each call; the "
    "last point, hollow, is the end state, which no call follows and nothing maps."
)

# Means over seeds: times (M+1), the student's quantiles (M+1, 2), the teacher's at those times, and over its own grid
Way = namedtuple("Way", "t student there grid teacher levels")
Group = namedtuple("Group", "title slug panels")


def _way(result, cell):
    """The way of one cell, or None where the file does not hold it."""
    student, teacher, times = (cell.array(name) for name in ("trajectory/quantiles", "calibration/teacher", "schedule/t"))
    grid = result.teacher(str(cell.attributes.get("teacher", ""))).get("t")
    if student is None or teacher is None or times is None or grid is None or len(grid) != len(teacher):
        return None
    times = np.atleast_2d(times)
    if times.shape[1] != len(student):
        return None
    there = np.stack([np.interp(times, grid, teacher[:, i]).mean(axis=0) for i in range(2)], axis=1)
    levels = cell.group["trajectory/quantiles"].attrs.get("levels", (np.nan, np.nan))
    return Way(times.mean(axis=0), student, there, grid, teacher, tuple(float(level) for level in levels))


def mean_way(result, cells):
    """The mean over cells that differ in their seed alone; None without any."""
    ways = [way for way in (_way(result, cell) for cell in cells) if way is not None]
    ways = [way for way in ways if way.student.shape == ways[0].student.shape and len(way.grid) == len(ways[0].grid)]
    if not ways:
        return None
    return Way(*(np.mean([way[i] for way in ways], axis=0) for i in range(5)), ways[0].levels)


def groups(study):
    """What is drawn together: the panels that differ in calibration alone, by its value; those that hold quantiles."""
    if "calibration" not in study.result.axes:
        return []
    place = study.outer.index("calibration") if "calibration" in study.outer else None
    found = {}
    for panel in study.panels:
        key = tuple(value for i, value in enumerate(panel.key) if i != place)
        kind = panel.key[place] if place is not None else panel.cells[0].axes["calibration"]
        found.setdefault(key, {})[str(kind)] = panel
    result = []
    for key, panels in found.items():
        if not any(cell.has("trajectory/quantiles") for panel in panels.values() for cell in panel.cells):
            continue
        axes = [axis for axis in study.outer if axis != "calibration"]
        labels = [study.label(axis, value) for axis, value in zip(axes, key)]
        words = [label if axis == "denoiser" else f"{axis.replace('_', ' ')} {label}" for axis, label in zip(axes, labels)]
        slug = next(iter(panels.values())).slug if len(panels) == 1 else stats.flow.slug("-".join(labels))
        result.append(Group(", ".join(words), slug, panels))
    return result


def pictures(study, group):
    """[((schedule, budget), {calibration: Way})]: schedules at the smallest budget, or budgets of a single schedule."""
    panels, ways = group.panels, {}
    doubles = stats.always_same(list(panels.values()))
    first = next(iter(panels.values()))
    for schedule in (s for s in first.schedules if s not in doubles):
        for budget in first.steps:
            found = {kind: mean_way(study.result, panel.at(schedule, budget)) for kind, panel in panels.items()}
            found = {kind: way for kind, way in found.items() if way is not None}
            if found:
                ways[schedule, budget] = found
    schedules = list(dict.fromkeys(schedule for schedule, _ in ways))
    if len(schedules) > 1:
        least = [next(place for place in ways if place[0] == schedule) for schedule in lines.some(schedules, COLUMNS)]
    else:
        least = lines.some(list(ways), COLUMNS)
    return [(place, ways[place]) for place in least]


def _draw(axes, ways):
    """One column: the quantiles above, how far apart they are below, as a share of the teacher's."""
    any_way = next(iter(ways.values()))
    axes[0].fill_between(any_way.grid, any_way.teacher[:, 0], any_way.teacher[:, 1], color="#eeeeee", linewidth=0)
    for i in range(2):
        axes[0].plot(any_way.grid, any_way.teacher[:, i], color="black", linewidth=1.5, label="" if i else "teacher")
    axes[1].axhline(100, color="black", linewidth=1.5)
    for kind, way in ways.items():
        look = LOOKS.get(kind, LOOKS["none"])
        with np.errstate(divide="ignore", invalid="ignore"):
            share = 100 * np.diff(way.student, axis=1)[:, 0] / np.diff(way.there, axis=1)[:, 0]
        curves = [(axes[0], way.student[:, 0]), (axes[0], way.student[:, 1]), (axes[1], share)]
        for number, (axis, values) in enumerate(curves):
            label = "" if number else NAMES.get(kind, kind)
            axis.plot(way.t, values, linewidth=lines.WIDTH, markersize=0, color=look["color"], linestyle=look["linestyle"])
            style = {"linestyle": "none", "marker": look["marker"], "color": look["color"], "markersize": 6}
            axis.plot(way.t[:-1], values[:-1], **style)
            axis.plot(way.t[-1:], values[-1:], markerfacecolor="white", markeredgewidth=1.4, **style)
            axis.plot([], [], markersize=6, linewidth=lines.WIDTH, label=label, **look)
    for axis in axes:
        axis.invert_xaxis()
        axis.tick_params(labelbottom=True)


def figure(study, group):
    """(figure, caption), or (None, '') without quantiles."""
    shown = pictures(study, group)
    if not shown:
        return None, ""
    size = ((3.5 if len(shown) > 1 else 4.6) * len(shown) + 0.4, 6.0)
    drawing, axes = plt.subplots(
        2, len(shown), figsize=size, layout="constrained", squeeze=False, sharey="row", height_ratios=(3, 2)
    )
    for column, ((schedule, budget), ways) in enumerate(shown):
        _draw(axes[:, column], ways)
        axes[0, column].set_title(f"{study.label('schedule', schedule)}\n{stats.steps_text(budget)}")
        axes[1, column].set_xlabel("time t (noise to data)")
    low, high = next(iter(shown[0][1].values())).levels
    axes[0, 0].set_ylabel(f"{100 * low:g}% and {100 * high:g}% quantile")
    axes[1, 0].set_ylabel("their distance,\n% of the teacher's")
    lines.legend_beside(drawing, axes[0])
    caption = f"{100 * low:g}% and {100 * high:g}% quantiles of the denoiser's input, and below how far apart they are."
    steps = sorted({budget for (_, budget), _ in shown})
    return drawing, f"{caption} Student: {stats.steps_text(steps)}; teacher: {len(next(iter(shown[0][1].values())).grid) - 1} steps."
