# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Schedules that were found on one denoiser and scored on others: rows are where they were found, columns where they are scored."""

import math
from collections import namedtuple

import matplotlib.pyplot as plt
import numpy as np

from . import flow, layout, lines, pivot, stats, tables
from .tables import Entry

SEARCHES, BUDGETS = 6, 4  # pictures below and beside each other
INNER = ("denoiser", "schedule", "steps", "seed")
PAGE = (
    "A row is the denoiser that a schedule was found on, a column the one that it is scored on; on the diagonal stands each "
    "denoiser's own. Differences are paired on the same noise."
)

# One matrix's place: values of the axes that have tables of their own, the search, the budget
Place = namedtuple("Place", "split search steps")


def _same(value):
    """A value of an axis for comparing: the same denoiser may lie in other folders where the search was run."""
    return repr(layout.plain(value))


class Matrix:
    """The cells of a result by where their schedules were found and where they are scored."""

    def __init__(self, study):
        self.study = study
        self.axes = [axis for axis in layout.varying(study) if axis not in INNER]
        self.scored = study.result.values("denoiser") if "denoiser" in study.result.axes else []
        known = {_same(value): value for value in self.scored}
        self.cells, self.formulas, self.places, found, searches, plain = {}, {}, {}, {}, {}, {}
        for cell in study.result.cells:
            split = tuple(cell.axes[axis] for axis in self.axes)
            here, steps = cell.axes.get("denoiser", ""), cell.axes["steps"]
            on, search = self._origin(cell)
            if not cell.done:
                continue
            if search is None:
                plain[cell.axes["schedule"]] = True
                self.formulas.setdefault((split, steps, cell.axes["schedule"], here), []).append(cell)
                continue
            on = known.get(_same(on), on)
            found[on] = searches[search] = self.places[Place(split, search, steps)] = True
            cells = self.cells.setdefault((Place(split, search, steps), on, here), [])
            if cell.axes.get("seed") not in [other.axes.get("seed") for other in cells]:  # once, where it is there in two ways
                cells.append(cell)
        self.found = [on for on in self.scored if on in found] + [on for on in found if on not in self.scored]
        self.searches, self.plain = list(searches), list(plain)
        self.names = {**flow.labels([*self.scored, *self.found], True), **flow.labels(self.searches)}

    @staticmethod
    def _origin(cell):
        """(denoiser, search) that a cell's schedule is from; (None, None) for one that no denoiser was asked for."""
        if "origin_denoiser" in cell.attributes:
            return str(cell.attributes["origin_denoiser"]), str(cell.attributes.get("origin_schedule", ""))
        return (cell.axes.get("denoiser", ""), cell.axes["schedule"]) if stats.searched(cell) else (None, None)

    def crosses(self):
        """Whether a schedule is scored on a denoiser that it was not found on."""
        return any(on != here for _, on, here in self.cells)

    def score(self, place, on, here, metric):
        cells = [cell for cell in self.cells.get((place, on, here), []) if metric in cell.metrics]
        return stats.score(cells, metric) if cells else None

    def formula(self, place, schedule, here, metric):
        cells = [cell for cell in self.formulas.get((place.split, place.steps, schedule, here), []) if metric in cell.metrics]
        return stats.score(cells, metric) if cells else None

    def _against_own(self, cells, place, here, metric):
        own = {cell.axes.get("seed"): cell for cell in self.cells.get((place, here, here), []) if metric in cell.metrics}
        seeds = [(cell, own.get(cell.axes.get("seed"))) for cell in cells if metric in cell.metrics]
        pairs = [pair for pair in seeds if pair[1] is not None]
        return stats.compare(pairs, metric) if pairs else None

    def change(self, place, on, here, metric):
        """What it makes to take the schedule found on another denoiser: a difference in dB, of other metrics a ratio."""
        return self._against_own(self.cells.get((place, on, here), []), place, here, metric)

    def formula_change(self, place, schedule, here, metric):
        return self._against_own(self.formulas.get((place.split, place.steps, schedule, here), []), place, here, metric)

    def splits(self):
        """{values of the axes that have tables of their own: (searches, budgets)}, in the file's order."""
        found = {}
        for place in self.places:
            searches, steps = found.setdefault(place.split, ([], []))
            searches += [place.search] if place.search not in searches else []
            steps += [place.steps] if place.steps not in steps else []
        return {split: (searches, sorted(steps)) for split, (searches, steps) in found.items()}

    def title(self, split):
        return ", ".join(layout.value_text(self.study, axis, value) for axis, value in zip(self.axes, split))


def of(study):
    """The Matrix of a study, None where no schedule is scored on a denoiser that it was not found on."""
    matrix = Matrix(study)
    return matrix if matrix.crosses() else None


def _entry(e, scale, bold):
    return Entry(tables.with_interval(e, scale, True), bold, f"{e.count} samples", e) if e else Entry("–")


def _best(column, metric):
    """The places of a column that hold its best mean."""
    fit = {i: e.mean for i, e in enumerate(column) if stats.comparable(e)}
    if len(set(fit.values())) < 2:  # all alike, or nothing to compare with
        return set()
    top = max(fit.values()) if stats.higher_is_better(metric) else min(fit.values())
    return {i for i, mean in fit.items() if mean == top}


def _table(matrix, split, metric, estimates, rows, title, marked):
    """rows: [(search, name, [Estimate or text a column])]; the best of a column within a search is marked where that is wanted."""
    columns = [(steps, here) for steps in matrix.splits()[split][1] for here in matrix.scored]
    scale = tables.scale_of(metric if metric in stats.UNITS or marked else "ratio", estimates)
    best = {}
    for search in dict.fromkeys(search for search, _, _ in rows):
        group = [i for i, row in enumerate(rows) if row[0] == search]
        for column in range(len(columns)):
            found = _best([e if isinstance(e := rows[i][2][column], stats.Estimate) else None for i in group], metric)
            best.update({(group[i], column): True for i in found})
    body = []
    for i, (search, name, values) in enumerate(rows):
        entries = [Entry(e) if isinstance(e, str) else _entry(e, scale, marked and (i, c) in best) for c, e in enumerate(values)]
        body.append(([search, name], entries))
    heads = [[stats.steps_text(steps) for steps, _ in columns], [matrix.names[here] for _, here in columns]]
    unit = f"in units of {10.0**scale.exponent:g}" if scale.exponent else ""
    parts = [part for part in (title, matrix.title(split), unit) if part]
    return pivot.Table(", ".join(parts), ["found by", "found on"], heads, body, [])


def scores(matrix, split, metric):
    """The table of scores: every search's matrix below the other, then the schedules that no search found."""
    searches, budgets = matrix.splits()[split]
    columns = [(steps, here) for steps in budgets for here in matrix.scored]
    rows = []
    for search in searches:
        for on in matrix.found:
            values = [matrix.score(Place(split, search, steps), on, here, metric) for steps, here in columns]
            if any(values):
                rows.append((matrix.names[search], matrix.names[on], values))
    for schedule in matrix.plain:
        values = [matrix.formula(Place(split, "", steps), schedule, here, metric) for steps, here in columns]
        if any(values):
            rows.append(("no denoiser", matrix.study.label("schedule", schedule), values))
    return _table(matrix, split, metric, [e for _, _, values in rows for e in values], rows, stats.metric_title(metric), True)


def changes(matrix, split, metric):
    """The same against each column's own schedule of that search and budget."""
    searches, budgets = matrix.splits()[split]
    columns = [(steps, here) for steps in budgets for here in matrix.scored]
    rows = []
    for search in searches:
        for on in matrix.found:
            values = [
                "own" if on == here and e else e
                for steps, here in columns
                for e in [matrix.change(Place(split, search, steps), on, here, metric)]
            ]
            if any(values):
                rows.append((matrix.names[search], matrix.names[on], values))
        for schedule in matrix.plain:
            values = [matrix.formula_change(Place(split, search, steps), schedule, here, metric) for steps, here in columns]
            if any(values):
                rows.append((matrix.names[search], f"none: {matrix.study.label('schedule', schedule)}", values))
    estimates = [e for _, _, values in rows for e in values if isinstance(e, stats.Estimate)]
    own = f"{stats.metric_title(metric)} less that of the own schedule" if metric in stats.UNITS else (
        f"{stats.metric_title(metric)} over that of the own schedule"
    )
    return _table(matrix, split, metric, estimates, rows, own, False)


TABLES = (scores, changes)
SUMMARY = (
    "What another denoiser's schedule changes against the own, dB: mean over all pairs of different denoisers, the worst of them, and in "
    "how many of them it is still above the best schedule that no denoiser was asked for."
)


def summary(matrix, metric):
    """A row a search (and solver, ...), three columns a budget, in the words of SUMMARY; None of a metric that is not in dB."""
    if metric not in stats.UNITS:
        return None
    budgets = sorted({place.steps for place in matrix.places})
    body = []
    for split, (searches, _) in matrix.splits().items():
        for search in searches:
            labels = [*(layout.row_text(matrix.study, *pair) for pair in zip(matrix.axes, split)), matrix.names[search]]
            body.append((labels, [e for steps in budgets for e in _change_entries(matrix, Place(split, search, steps), metric)]))
    corner = [*map(layout.axis_name, matrix.axes), "found by"]
    heads = [[stats.steps_text(steps) for steps in budgets for _ in range(3)], ["mean", "worst", "above"] * len(budgets)]
    return pivot.Table("", corner, heads, body, [])


def _change_entries(matrix, place, metric):
    pairs = [(on, here) for on in matrix.found for here in matrix.scored if on != here]
    changes_here = {pair: e.mean for pair in pairs if (e := matrix.change(place, *pair, metric)) and math.isfinite(e.mean)}
    if not changes_here:
        return [Entry("–")] * 3
    on, here = min(changes_here, key=changes_here.get)
    mean, worst = float(np.mean(list(changes_here.values()))), changes_here[on, here]
    better, compared = _above_formulas(matrix, place, changes_here, metric)
    whose = f"found on {matrix.names[on]}, scored on {matrix.names[here]}"
    return [Entry(f"{mean:+.2f}", note=f"{len(changes_here)} pairs", value=stats.Estimate(mean, math.nan, len(changes_here), 0)),
            Entry(f"{worst:+.2f}", note=whose, value=stats.Estimate(worst, math.nan, 1, 0)),
            Entry(f"{better} of {compared}" if compared else "–")]


def _above_formulas(matrix, place, pairs, metric):
    """(in how many of the pairs the schedule is above the best formula there, of how many)."""
    better = compared = 0
    for on, here in pairs:
        formulas = [e.mean for schedule in matrix.plain if (e := matrix.formula(place, schedule, here, metric))]
        ours = matrix.score(place, on, here, metric)
        if formulas and ours:
            compared += 1
            better += ours.mean > max(formulas)
    return better, compared


def _draw(matrix, axis, place, metric, limit):
    """One matrix: colour is the change against the own schedule, the numbers are the score and the change."""
    shown = np.full((len(matrix.found), len(matrix.scored)), np.nan)
    for i, on in enumerate(matrix.found):
        for j, here in enumerate(matrix.scored):
            e, change = matrix.score(place, on, here, metric), matrix.change(place, on, here, metric)
            text = tables.plain(e.mean, metric) if e else "–"
            if change and math.isfinite(change.mean):
                shown[i, j] = _measure(change, metric)
                if on != here:
                    text += f"\n{change.mean:+.2f}" if metric in stats.UNITS else f"\n×{change.mean:.3g}"
            dark = abs(shown[i, j]) > 0.6 * limit
            axis.text(j, i, text, ha="center", va="center", fontsize=8, color="white" if dark else "black")
            if on == here:
                axis.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, linewidth=1.6, edgecolor="black", clip_on=False))
    axis.set_facecolor("#eeeeee")
    axis.grid(visible=False)
    return axis.imshow(shown, cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")


def _measure(change, metric):
    """How much better, for colours: dB, or the logarithm of a ratio, above 0 where it is better."""
    value = change.mean if metric in stats.UNITS else math.log2(change.mean) if change.mean > 0 else math.nan
    return value if stats.higher_is_better(metric) else -value


def figure(matrix, split, metric):
    """(figure, caption) of a split: a row a search, a column a budget."""
    searches, budgets = matrix.splits()[split]
    searches, budgets = lines.some(searches, SEARCHES), lines.some(budgets, BUDGETS)
    places = [Place(split, search, steps) for search in searches for steps in budgets]
    pairs = [(on, here) for on in matrix.found for here in matrix.scored if on != here]
    sizes = [abs(_measure(e, metric)) for place in places for pair in pairs if (e := matrix.change(place, *pair, metric))]
    limit = max((size for size in sizes if math.isfinite(size)), default=0) or 1.0
    wide, high = 0.95 * len(matrix.scored) + 0.3, 0.55 * len(matrix.found) + 0.45
    drawing, axes = plt.subplots(
        len(searches), len(budgets), figsize=(wide * len(budgets) + 2.2, high * len(searches) + 1.0), layout="constrained",
        squeeze=False, sharex=True, sharey=True,
    )
    for place, axis in zip(places, axes.flat):
        image = _draw(matrix, axis, place, metric, limit)
        axis.set_title(f"{matrix.names[place.search]}, {stats.steps_text(place.steps)}", fontsize=9)
    for axis in axes[:, 0]:
        axis.set_yticks(range(len(matrix.found)), [matrix.names[on] for on in matrix.found], fontsize=8)
    for axis in axes[-1]:
        axis.set_xticks(range(len(matrix.scored)), [matrix.names[here] for here in matrix.scored], fontsize=8, rotation=30, ha="right")
    drawing.supylabel("found on", fontsize=9)
    drawing.supxlabel("scored on", fontsize=9)
    what = "dB against the own schedule" if metric in stats.UNITS else "halvings against the own schedule"
    drawing.colorbar(image, ax=axes, label=what, shrink=0.8)
    title = matrix.title(split)
    return drawing, (
        f"{stats.metric_title(metric)}{', ' + title if title else ''}: schedules found on one denoiser (row) and scored on another (column); "
        "framed: each one's own. Below a score its change against the own schedule."
    )
