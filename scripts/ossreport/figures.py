# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The line figures: scores against steps, the schedules found, the table of the search."""

import math

import matplotlib.pyplot as plt
import numpy as np

from . import lines, stats

SPREADS = (((25, 75), 0.22), ((5, 95), 0.1))  # percentiles of a schedule over samples, and how dark
CROWD = 8  # with more lines than this the bands of the intervals would hide each other
STRIPED = "Striped: lines that coincide (their markers lie in each other, a shade they share is drawn once)."


def _shade(bands, points, colour, alpha, log):
    """The intervals of points [(steps, Estimate)] as a band.

    On a logarithmic axis the interval is the one of the logarithm, so that it cannot reach below 0.
    """
    x = np.array([m for m, _ in points])
    mean = np.array([e.mean for _, e in points])
    half = np.nan_to_num(np.array([e.half for _, e in points]))
    if half.any():
        low, high = (mean * np.exp(-half / mean), mean * np.exp(half / mean)) if log else (mean - half, mean + half)
        bands.add(x, low, high, colour, alpha)


def _curves(study, axis, scores, looks, names, alpha, log=False):
    """Means as lines, intervals as bands; scores = {schedule: [(steps, Estimate)]}. Whether lines coincide."""
    bands, curves = lines.Bands(axis), []
    for schedule, points in scores.items():
        points = [(m, e) for m, e in points if e and math.isfinite(e.mean)]
        if points and alpha:
            _shade(bands, points, looks[schedule]["color"], alpha, log)
        curves.append(([m for m, _ in points], [e.mean for _, e in points], looks[schedule], names[schedule]))
    return lines.draw(axis, curves, log)


def _dots(axis, rows, looks, floor=False):
    """One row a schedule: mean and interval (not below 0 where `floor`); for a result with a single budget."""
    for place, (schedule, e) in enumerate(rows):
        if e and math.isfinite(e.mean):
            half = 0 if math.isnan(e.half) else e.half
            style = {"color": looks[schedule]["color"], "fmt": looks[schedule]["marker"]}
            bar = [[min(half, e.mean) if floor else half], [half]]
            axis.errorbar(e.mean, place, xerr=bar, capsize=3, markersize=7, linewidth=1.7, **style)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.grid(axis="y", visible=False)


class _Scores:
    """What one row of the score figure shows: a metric by schedule and budget."""

    def __init__(self, panel, metric):
        self.metric, self.title = metric, stats.metric_title(metric)
        scores = {s: [(m, panel.score(s, m, metric)) for m in panel.steps] for s in panel.schedules}
        drawable = {s: [(m, e) for m, e in points if e and math.isfinite(e.mean)] for s, points in scores.items()}
        self.points = {s: points for s, points in drawable.items() if points}
        means = [e.mean for points in self.points.values() for _, e in points]
        self.low = not stats.higher_is_better(metric) and min(means, default=-1) >= 0
        self.log = self.low and max(means) > 0
        if self.log:  # what is 0, equal to the teacher, has no place on a logarithmic scale
            self.points = {s: [(m, e) for m, e in points if e.mean > 0] for s, points in self.points.items()}
            self.points = {s: points for s, points in self.points.items() if points}


def _gains(panel, base, metric):
    return {s: [(m, panel.gain(s, base, m, metric)) for m in panel.steps] for s in panel.schedules if s != base}


def _shares(panel, base, metric):
    """Percent of the samples on which a schedule is better than the baseline, a tie half."""
    found = {}
    for schedule in panel.schedules:
        wins = {m: panel.wins(schedule, base, m, metric) for m in panel.steps} if schedule != base else {}
        points = {m: 100 * (w.better + w.same / 2) / w.count for m, w in wins.items() if w and w.same < w.count}
        found[schedule] = [(m, stats.Estimate(share, math.nan, 0, 0)) for m, share in points.items()]
    return {schedule: points for schedule, points in found.items() if points}


def _single(study, panel, rows, base, looks):
    """The score figure of a result with a single budget."""
    names = [s for s in panel.schedules if any(s in row.points for row in rows)]
    columns = 2 if base and len(names) > 1 else 1
    size = (9.6 if columns == 2 else 5.8, (1.5 + 0.36 * len(names)) * len(rows))
    figure, axes = plt.subplots(len(rows), columns, figsize=size, layout="constrained", squeeze=False)
    for row, pair in zip(rows, axes):
        (m,) = {m for points in row.points.values() for m, _ in points}
        _dots(pair[0], [(s, row.points[s][0][1] if s in row.points else None) for s in names], looks, row.low)
        pair[0].set_yticks(range(len(names)), [study.label("schedule", s) for s in names])
        pair[0].set(xlabel=row.title, title=f"{row.title} at {stats.steps_text(m)}")
        if columns == 2:
            found, unit = _gains(panel, base, row.metric), stats.UNITS.get(row.metric)
            at = panel.steps.index(m)
            _dots(pair[1], [(s, found[s][at][1] if s in found else None) for s in names], looks)
            pair[1].set_yticks(range(len(names)), [""] * len(names))
            pair[1].axvline(0, color="black", linestyle=(0, (5, 2)), linewidth=1.3)
            what = "gain" if stats.higher_is_better(row.metric) else "difference"
            title = f"{what} {'over' if what == 'gain' else 'from'} {study.label('schedule', base)}"
            pair[1].set(xlabel=f"{what} ({unit})" if unit else what, title=title)
    return figure


def score_figure(study, panel, metrics):
    """Scores against steps, a row a metric; beside them the gain over the baseline, paired by sample, or, of a metric
    on a logarithmic scale, the share of the samples on which a schedule is better.

    Returns (figure or None if empty, whether lines coincide).
    """
    looks = lines.styles(study)
    rows = [row for row in (_Scores(panel, metric) for metric in metrics) if row.points]
    if not rows:
        return None, False
    base = study.baseline if study.baseline in panel.schedules and len(panel.schedules) > 1 else None
    base = base if base and any(panel.at(base, m) for m in panel.steps) else None
    budgets = sorted({m for row in rows for points in row.points.values() for m, _ in points})
    if len(budgets) == 1:
        return _single(study, panel, rows, base, looks), False
    longest = max(len(row.points) for row in rows)
    size = (9.6 if base else 5.8, max(3.4 * len(rows) + 0.6, 1.0 + 0.27 * longest))
    figure, axes = plt.subplots(len(rows), 1 + bool(base), figsize=size, layout="constrained", squeeze=False)
    alpha, shared = 0.14 if longest <= 4 else 0.09 if longest <= CROWD else 0, False
    same = stats.always_same([panel])
    names = {schedule: study.legend(schedule, same) for schedule in panel.schedules}
    for row, pair in zip(rows, axes):
        if row.log:
            pair[0].set_yscale("log")
        shared = _curves(study, pair[0], row.points, looks, names, alpha, row.log) or shared
        pair[0].set(ylabel=row.title, title=f"{row.title} against steps")
        if not base:
            continue
        name, unit = study.label("schedule", base), stats.UNITS.get(row.metric)
        level, found, label, title = 0, _gains(panel, base, row.metric), "gain", f"gain over {name}, sample by sample"
        if study.whole(row.metric):
            label, title = "difference", f"{row.title}: difference from {name}"
        elif row.log:
            title = f"{row.title}: samples better than {name}"
            level, found, label = 50, _shares(panel, base, row.metric), "% of the samples"
            pair[1].set_ylim(-4, 104)
        pair[1].axhline(level, label=names[base], linewidth=1.7, color="black", linestyle=(0, (5, 2)))
        shared = _curves(study, pair[1], found, looks, names, alpha) or shared
        pair[1].set(ylabel=f"{label} ({unit})" if unit else label, title=title)
    for axis in axes.ravel():
        lines.step_axis(axis, budgets)
    for axis in axes[-1]:
        axis.set_xlabel("steps of the student")
    lines.legend_beside(figure, axes[:, 0])
    return figure, shared


def without_repeats(rows):
    """Float copy of (R, M+1) schedules in which the repeats at the front (steps not used) are nan."""
    rows = np.array(rows, dtype=float)
    for row in rows:
        used = np.flatnonzero(row != row[0])
        if used.size:
            row[: used[0] - 1] = np.nan
    return rows


def searched(study, cell):
    """(S, M+1) times of the schedules that an average was taken of, nan where off the grid; None without them."""
    if not (cell.has("search/index") and cell.has("schedule/t")):
        return None
    index = np.atleast_2d(cell.array("search/index"))
    grid = study.result.teacher(str(cell.attributes.get("teacher", ""))).get("t")
    if grid is None or index.max(initial=0) >= len(grid):
        return None
    times = np.where(index < 0, np.nan, grid[np.maximum(index, 0)])
    return times if times.shape[1] == np.atleast_2d(cell.array("schedule/t")).shape[1] else None


def _times(study, panel, schedule, budget):
    """(the schedule's times of all seeds and samples, what its spread is of); (None, None) without any."""
    cells = [cell for cell in panel.at(schedule, budget) if cell.has("schedule/t")]
    rows = [np.atleast_2d(cell.array("schedule/t")) for cell in cells]
    spread = [searched(study, cell) for cell in cells]
    keep = [i for i, times in enumerate(rows) if times.shape[1] == rows[0].shape[1]]
    if not keep:
        return None, None
    times = without_repeats(np.concatenate([rows[i] for i in keep]))
    spread = [spread[i] for i in keep if spread[i] is not None]
    return times, without_repeats(np.concatenate(spread)) if spread else times


def _percentiles(times, percents):
    """(x, percentiles) of the columns that at least half of the rows fill."""
    filled = np.isfinite(times).mean(axis=0) >= 0.5
    if not filled.any():
        return np.array([]), [np.array([])] * len(percents)
    return np.flatnonzero(filled), np.nanpercentile(times[:, filled], percents, axis=0)


def _spread(found):
    """How many of SPREADS to draw: fewer where many schedules have one."""
    varied = [(rows[1:] != rows[:1])[np.isfinite(rows[1:])].any() for _, rows in found.values()]
    return 0 if not any(varied) or sum(varied) > CROWD else 2 if sum(varied) <= 4 else 1


def _draw_schedules(axis, found, transform, looks, names):
    """found = {schedule: (times, spread)}. Whether lines coincide."""
    log, curves, bands = transform is not np.copy, [], lines.Bands(axis)
    shown = SPREADS[: _spread(found)]

    def scaled(x, *rows):  # without the places where one of them is not on the scale
        with np.errstate(divide="ignore", invalid="ignore"):
            rows = np.array([transform(row) for row in rows])
        keep = np.all(np.isfinite(rows) & ((rows > 0) | (not log)), axis=0)
        return (x[keep], *rows[:, keep])

    for schedule, (times, spread) in found.items():
        x, (middle,) = _percentiles(times, [50])
        curves.append((*scaled(x, middle), looks[schedule], names[schedule]))
        for percents, alpha in shown if len(spread) > 1 else ():
            x, pair = _percentiles(spread, percents)
            bands.add(*scaled(x, *pair), looks[schedule]["color"], alpha)
    if log:
        axis.set_yscale("log")
    longest = max((len(curve[0]) for curve in curves), default=0)
    return lines.draw(axis, curves, log, 4.5 if longest <= 26 else 0)


def schedule_figure(study, panel):
    """Times by step, in t and in sigma, for up to three budgets.

    Returns (figure, how many of SPREADS are drawn, whether lines coincide).
    """
    budgets = [m for m in panel.steps if any(c.has("schedule/t") for s in panel.schedules for c in panel.at(s, m))]
    budgets = lines.some(budgets, 3)
    if not budgets:
        return None, 0, False
    looks, spread, shared, same = lines.styles(study), 0, False, stats.always_same([panel])
    names = {schedule: study.legend(schedule, same) for schedule in panel.schedules}
    scales = ((np.copy, "time t"), (lambda t: t / (1 - t), "noise level sigma"))
    single = len(budgets) == 1
    shape = (1, 2) if single else (2, len(budgets))
    size = (9, 4.2) if single else (3.4 * len(budgets) + 0.6, 6.2)
    figure, axes = plt.subplots(
        *shape, figsize=size, layout="constrained", squeeze=False, sharey=False if single else "row"
    )
    for column, budget in enumerate(budgets):
        found = {schedule: _times(study, panel, schedule, budget) for schedule in panel.schedules}
        found = {schedule: both for schedule, both in found.items() if both[0] is not None}
        spread = max(spread, _spread(found))
        for row, (transform, name) in enumerate(scales):
            axis = axes[0][row] if single else axes[row][column]
            shared = _draw_schedules(axis, found, transform, looks, names) or shared
            axis.set_xlim(-0.04 * budget, 1.04 * budget)
            axis.xaxis.get_major_locator().set_params(integer=True)
            if single or column == 0:
                axis.set_ylabel(name)
            if single or row == 1:
                axis.set_xlabel("step")
            if single or row == 0:
                axis.set_title(stats.steps_text(budget))
    for axis in axes.ravel():
        if axis.get_yscale() == "log" and axis.has_data():  # no room wasted on the far ends
            low, high = axis.get_ylim()
            axis.set_ylim(max(low, 1e-4), min(high, 1e3))
    lines.legend_beside(figure, axes.ravel())
    return figure, spread, shared


def search_figure(study, panel):
    """The search's cost table as a picture, with the schedule it gave; up to three schedules. None without tables."""
    found, doubles = [], stats.always_same([panel])
    for schedule in panel.schedules:
        if schedule in doubles:
            continue
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
    size = (4.4 * len(found) + 0.4, 4.8)
    figure, axes = plt.subplots(1, len(found), figsize=size, layout="constrained", squeeze=False)
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
        title = f"{study.label('schedule', schedule)}\n{stats.steps_text(budget)}"
        axis.set(title=title, xlabel="grid index (0 = data)")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.yaxis.get_major_locator().set_params(integer=True)
        axis.grid(False)
        figure.colorbar(picture, ax=axis, location="bottom", label="log10 cost", aspect=30)
    axes[0][0].set_ylabel("steps taken")
    return figure
