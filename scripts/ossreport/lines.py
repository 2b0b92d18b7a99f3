# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""How lines look in every figure, and drawing them so that lines which coincide all stay visible."""

import math

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

# Okabe and Ito's colours without black (kept for the baseline) and yellow (too pale on white).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHED = (0, (5, 2))  # the baseline
LINES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
MARKERS = "os^DvPX*<>"
WIDTH = 1.7
STRIPE = 3.4  # length of a stripe, in line widths, where lines coincide
TOUCH = 0.004  # lines closer than this part of the data's height are taken to coincide

plt.rcParams.update(
    {
        "font.size": 10.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#e4e4e4",
        "grid.linewidth": 0.8,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "legend.frameon": False,
        "figure.dpi": 100,
    }
)


def styles(study):
    """{schedule: line style}: the same in every figure; the baseline black and dashed."""
    result, number = {}, 0
    for schedule in study.schedules:
        if schedule == study.baseline:
            result[schedule] = {"color": "black", "linestyle": DASHED, "marker": "x"}
            continue
        style = {"color": COLOURS[number % 6], "linestyle": LINES[number // 6 % 4], "marker": MARKERS[number % 10]}
        result[schedule] = style
        number += 1
    return result


def entries(axes):
    """(handles, labels) of the lines of all axes, each label once."""
    found = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels()):
            found.setdefault(label, handle)
    return list(found.values()), list(found)


def legend_beside(figure, axes):
    """One legend for the lines of all axes, right of the figure, so that it covers no data (saved with a tight box)."""
    handles, labels = entries(axes)
    if handles:
        figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def step_axis(axis, steps, room=0.06):
    """Ticks at the budgets; those whose numbers would touch (nearer than `room` of the width) are left out."""
    if min(steps) > 0 and max(steps) / min(steps) >= 4:
        axis.set_xscale("log")
    shown = []
    span = [math.log(step) if axis.get_xscale() == "log" else step for step in steps]
    for step, place in zip(steps, span):
        if not shown or place - shown[-1][1] > room * (span[-1] - span[0]):
            shown.append((step, place))
    axis.xaxis.set_major_locator(FixedLocator([step for step, _ in shown]))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")


def some(values, count):
    """At most `count` of them: the first, the last and evenly between."""
    if len(values) <= count:
        return list(values)
    return [values[round(i * (len(values) - 1) / (count - 1))] for i in range(count)]


class _Sharing:
    """Which of several lines run through the same points."""

    def __init__(self, lines, log):
        scaled = [np.log10(y) if log else np.asarray(y, dtype=float) for _, y in lines]
        every = np.concatenate(scaled) if scaled else np.array([])
        self.near = TOUCH * (every.max() - every.min()) if every.size else 0
        self.points = [dict(zip(x, y)) for (x, _), y in zip(lines, scaled)]
        self.next = [dict(zip(x[:-1], x[1:])) for x, _ in lines]

    def at(self, line, x):
        """The numbers of the lines through this line's point at x, itself among them."""
        here = self.points[line][x]
        return [i for i, points in enumerate(self.points) if x in points and abs(points[x] - here) <= self.near]

    def from_to(self, line, x, end):
        """The same for the segment from x to the line's next point."""
        there = self.at(line, end)
        return [i for i in self.at(line, x) if i in there and self.next[i].get(x) == end]


def draw(axis, lines, log=False, markersize=5.5):
    """Lines [(x, y, style, label)] of finite points (positive where `log`). Returns whether any two coincide.

    Where k lines coincide each is drawn as every k-th stripe, and their markers lie in each other, the first largest.
    """
    lines = [line for line in lines if len(line[0])]
    sharing, shared = _Sharing([line[:2] for line in lines], log), False
    for number, (x, y, style, label) in enumerate(lines):
        x, y, colour = list(x), list(y), style["color"]
        axis.plot([], [], label=label, linewidth=WIDTH, markersize=markersize, **style)
        groups = [tuple(sharing.from_to(number, a, b)) for a, b in zip(x, x[1:])]
        start = 0
        for end in range(1, len(x)):
            if end < len(groups) and groups[end] == groups[start]:
                continue
            count, rank = len(groups[start]), groups[start].index(number)
            dashes = style["linestyle"]
            if count > 1:
                shared = True
                dashes = ((count - rank) % count * STRIPE, (STRIPE, (count - 1) * STRIPE))
            axis.plot(
                x[start : end + 1],
                y[start : end + 1],
                color=colour,
                linestyle=dashes,
                linewidth=WIDTH,
                zorder=3,
                dash_capstyle="butt",
            )
            start = end
        if not markersize:
            continue
        sizes = {}
        for place, value in zip(x, y):
            group = sharing.at(number, place)
            sizes.setdefault(len(group) - 1 - group.index(number), []).append((place, value))
        for behind, points in sizes.items():
            size = markersize * (1 + min(0.5 * behind, 1.5))
            axis.plot(
                *zip(*points),
                linestyle="none",
                marker=style["marker"],
                color=colour,
                markersize=size,
                zorder=5 - 0.05 * behind,
            )
    return shared


class Bands:
    """Shades between two curves; a stretch that is there already is not shaded again in another colour."""

    def __init__(self, axis):
        self.axis = axis
        self.drawn = set()

    def add(self, x, low, high, colour, alpha):
        keys = []
        for i in range(len(x) - 1):
            corners = (*x[i : i + 2], *low[i : i + 2], *high[i : i + 2], alpha)
            keys.append(tuple(float(f"{value:.6g}") for value in corners))
        start = None
        for i, key in enumerate([*keys, None]):
            new = key is not None and key not in self.drawn
            if new and start is None:
                start = i
            if not new and start is not None:
                part = slice(start, i + 1)
                self.axis.fill_between(x[part], low[part], high[part], color=colour, alpha=alpha, linewidth=0, zorder=1)
                start = None
        self.drawn.update(keys)
