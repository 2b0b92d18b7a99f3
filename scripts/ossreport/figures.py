# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The line figures: scores against steps, the schedules found, the table of the search."""

import math

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from . import stats

# Okabe and Ito's colours without black (kept for the baseline) and yellow (too pale on white).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
LINES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
MARKERS = "os^DvPX*<>"
CROWD = 8  # with more lines than this the bands of the intervals would hide each other

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
        "figure.dpi": 110,
    }
)


def styles(study):
    """{schedule: line style}: the same in every figure; the baseline black and dashed."""
    result, number = {}, 0
    for schedule in study.schedules:
        if schedule == study.baseline:
            result[schedule] = {"color": "black", "linestyle": (0, (5, 2)), "marker": "x", "zorder": 5}
            continue
        style = {"color": COLOURS[number % 6], "linestyle": LINES[number // 6 % 4], "marker": MARKERS[number % 10]}
        result[schedule] = {**style, "zorder": 3}
        number += 1
    return result


def _legend(figure, axes):
    """One legend for the lines of all axes, right of the figure, so that it covers no data (saved with a tight box)."""
    entries = {}
    for axis in axes:
        for handle, label in zip(*axis.get_legend_handles_labels()):
            entries.setdefault(label, handle)
    if entries:
        figure.legend(entries.values(), entries.keys(), loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _step_axis(axis, steps):
    if min(steps) > 0 and max(steps) / min(steps) >= 4:
        axis.set_xscale("log")
    shown = []
    span = [math.log(step) if axis.get_xscale() == "log" else step for step in steps]
    for step, place in zip(steps, span):  # leave out ticks whose numbers would touch
        if not shown or place - shown[-1][1] > 0.06 * (span[-1] - span[0]):
            shown.append((step, place))
    axis.xaxis.set_major_locator(FixedLocator([step for step, _ in shown]))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_xlabel("steps of the student")


def _line(axis, points, style, label, alpha, log=False):
    """Mean as a line, its interval as a band; points = [(steps, Estimate)].

    On a logarithmic axis the interval is the one of the logarithm, so that it cannot reach below 0.
    """
    points = [(x, e) for x, e in points if e and math.isfinite(e.mean)]
    if not points:
        return
    x = np.array([x for x, _ in points])
    mean = np.array([e.mean for _, e in points])
    half = np.nan_to_num(np.array([e.half for _, e in points]))
    axis.plot(x, mean, label=label, linewidth=1.7, markersize=5.5, **style)
    if half.any() and alpha:
        low, high = (mean * np.exp(-half / mean), mean * np.exp(half / mean)) if log else (mean - half, mean + half)
        axis.fill_between(x, low, high, color=style["color"], alpha=alpha, linewidth=0, zorder=1)


def _dots(axis, rows, looks):
    """One row a schedule: mean and interval; for a result with a single budget."""
    for place, (schedule, e) in enumerate(rows):
        if e and math.isfinite(e.mean):
            half = 0 if math.isnan(e.half) else e.half
            style = {"color": looks[schedule]["color"], "fmt": looks[schedule]["marker"]}
            axis.errorbar(e.mean, place, xerr=half, capsize=3, markersize=7, linewidth=1.7, **style)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)


def score_figure(study, panel, metric):
    """Scores against steps, and beside it the gain over the baseline, paired by sample. None if empty."""
    looks = styles(study)
    scores = {s: [(m, panel.score(s, m, metric)) for m in panel.steps] for s in panel.schedules}
    drawable = {s: [(m, e) for m, e in points if e and math.isfinite(e.mean)] for s, points in scores.items()}
    drawable = {s: points for s, points in drawable.items() if points}
    if not drawable:
        return None
    base = study.baseline if study.baseline in drawable else None
    log = not stats.higher_is_better(metric) and all(e.mean > 0 for points in drawable.values() for _, e in points)
    paired = bool(base) and len(drawable) > 1 and not log
    gains = {}
    if paired:
        gains = {s: [(m, panel.gain(s, base, m, metric)) for m in panel.steps] for s in drawable if s != base}
    title, unit = stats.metric_title(metric), stats.UNITS.get(metric)
    gain = f"gain ({unit})" if unit else "gain"
    budgets = sorted({m for points in drawable.values() for m, _ in points})
    single = len(budgets) == 1
    height = 1.5 + 0.36 * len(drawable) if single else max(4.0, 1.0 + 0.27 * len(drawable))
    figure, axes = plt.subplots(
        1, 1 + paired, figsize=(9.6 if paired else 5.8, height), layout="constrained", squeeze=False
    )
    axes = axes[0]
    if single:
        _dots(axes[0], [(s, points[0][1]) for s, points in drawable.items()], looks)
        axes[0].set_yticks(range(len(drawable)), [study.label("schedule", s) for s in drawable])
        axes[0].set(xlabel=title, title=f"{title} at {budgets[0]} steps")
        if paired:
            at = panel.steps.index(budgets[0])
            _dots(axes[1], [(s, gains[s][at][1] if s in gains else None) for s in drawable], looks)
            axes[1].set_yticks(range(len(drawable)), [""] * len(drawable))
            axes[1].axvline(0, color="black", linestyle=(0, (5, 2)), linewidth=1.3)
            axes[1].set(xlabel=gain, title=f"gain over {study.label('schedule', base)}")
        return figure
    alpha = 0.16 if len(drawable) <= 4 else 0.1 if len(drawable) <= CROWD else 0
    for schedule, points in drawable.items():
        _line(axes[0], points, looks[schedule], study.label("schedule", schedule), alpha, log)
    axes[0].set(ylabel=title, title=f"{title} against steps")
    if log:
        axes[0].set_yscale("log")
    if paired:
        axes[1].axhline(0, label=study.label("schedule", base), linewidth=1.7, color="black", linestyle=(0, (5, 2)))
        for schedule, points in gains.items():
            _line(axes[1], points, looks[schedule], study.label("schedule", schedule), alpha)
        axes[1].set(ylabel=gain, title=f"gain over {study.label('schedule', base)}, sample by sample")
    for axis in axes:
        _step_axis(axis, budgets)
    _legend(figure, axes[:1])
    return figure


def without_repeats(rows):
    """Float copy of (R, M+1) schedules in which the repeats at the front (steps not used) are nan."""
    rows = np.array(rows, dtype=float)
    for row in rows:
        used = np.flatnonzero(row != row[0])
        if used.size:
            row[: used[0] - 1] = np.nan
    return rows


def some(values, count):
    """At most `count` of them: the first, the last and evenly between."""
    if len(values) <= count:
        return list(values)
    return [values[round(i * (len(values) - 1) / (count - 1))] for i in range(count)]


def _draw_schedule(axis, times, transform, style, label):
    with np.errstate(divide="ignore", invalid="ignore"):
        values = transform(times)
    values[~np.isfinite(values) | (values <= 0) & (transform is not np.copy)] = np.nan
    x = np.arange(values.shape[1])
    filled = np.isfinite(values).mean(axis=0) >= 0.5
    if not filled.any():
        return
    low, middle, high = np.nanpercentile(values[:, filled], [25, 50, 75], axis=0)
    axis.plot(x[filled], middle, label=label, linewidth=1.7, markersize=4.5 if len(x) <= 25 else 0, **style)
    if len(values) > 1:
        axis.fill_between(x[filled], low, high, color=style["color"], alpha=0.18, linewidth=0, zorder=1)


def schedule_figure(study, panel):
    """Times by step, in t and in sigma, for up to three budgets. Returns (figure, whether a spread is drawn)."""
    budgets = [m for m in panel.steps if any(c.has("schedule/t") for s in panel.schedules for c in panel.at(s, m))]
    budgets = some(budgets, 3)
    if not budgets:
        return None, False
    looks, spread = styles(study), False
    scales = ((np.copy, "time t", "linear"), (lambda t: t / (1 - t), "noise level sigma", "log"))
    single = len(budgets) == 1
    shape = (1, 2) if single else (2, len(budgets))
    size = (9, 4.2) if single else (3.4 * len(budgets) + 0.6, 6.2)
    figure, axes = plt.subplots(
        *shape, figsize=size, layout="constrained", squeeze=False, sharey=False if single else "row"
    )
    for column, budget in enumerate(budgets):
        for row, (transform, name, scale) in enumerate(scales):
            axis = axes[0][row] if single else axes[row][column]
            for schedule in panel.schedules:
                rows = [c.array("schedule/t") for c in panel.at(schedule, budget) if c.has("schedule/t")]
                rows = [np.atleast_2d(times) for times in rows]
                rows = [times for times in rows if times.shape[1] == rows[0].shape[1]]
                if not rows:
                    continue
                times = np.concatenate(rows)
                spread = spread or bool((times[1:] != times[:1]).any())
                _draw_schedule(
                    axis, without_repeats(times), transform, looks[schedule], study.label("schedule", schedule)
                )
            axis.set_yscale(scale)
            axis.set_xlim(-0.04 * budget, 1.04 * budget)
            axis.xaxis.get_major_locator().set_params(integer=True)
            if single or column == 0:
                axis.set_ylabel(name)
            if single or row == 1:
                axis.set_xlabel("step")
            if single or row == 0:
                axis.set_title(f"{budget} steps")
    for axis in axes.ravel():
        if axis.get_yscale() == "log" and axis.has_data():  # no room wasted on the far ends
            low, high = axis.get_ylim()
            axis.set_ylim(max(low, 1e-4), min(high, 1e3))
    _legend(figure, axes.ravel())
    return figure, spread


def search_figure(study, panel):
    """The search's cost table as a picture, with the schedule it gave; up to three schedules. None without tables."""
    found = []
    for schedule in panel.schedules:
        for budget in reversed(panel.steps):
            cell = next(
                (c for c in panel.at(schedule, budget) if c.has("search/cost") and c.has("schedule/index")), None
            )
            if cell:
                found.append((schedule, budget, cell))
                break
    if not found:
        return None
    found = found[:3]
    figure, axes = plt.subplots(
        1, len(found), figsize=(4.6 * len(found) + 0.8, 3.9), layout="constrained", squeeze=False
    )
    for axis, (schedule, budget, cell) in zip(axes[0], found):
        cost, index = cell.array("search/cost", 1)[0], cell.array("schedule/index", 1)[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            shown = np.log10(cost)
        shown[~np.isfinite(shown)] = np.nan
        # The teacher's own path costs (nearly) nothing; it would leave no contrast for the rest.
        known = shown[np.isfinite(shown)]
        floor = max(known.min(), known.max() - 8) if known.size else 0
        rows, points = cost.shape
        extent = (-0.5, points - 0.5, rows + 0.5, 0.5)
        picture = axis.imshow(
            shown, aspect="auto", cmap="viridis", extent=extent, vmin=floor, interpolation="nearest"
        )
        path = without_repeats(index[None])[0]
        inside = (np.arange(len(path)) > 0) & np.isfinite(path) & (path >= 0)
        axis.plot(
            path[inside],
            np.arange(len(path))[inside],
            "o-",
            color="white",
            markersize=4.5,
            linewidth=1.2,
            markeredgecolor="black",
        )
        axis.set(title=f"{study.label('schedule', schedule)}, {budget} steps", xlabel="grid index (0 = data)")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.yaxis.get_major_locator().set_params(integer=True)
        axis.grid(False)
        figure.colorbar(picture, ax=axis, label="log10 cost")
    axes[0][0].set_ylabel("steps taken")
    return figure
