# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The report's first tables: scores in the layout of the study, rows and columns each of several axes."""

from collections import namedtuple

from . import layout, stats, tables
from .tables import Entry

# title: what the whole table has in common; corner: names of the row labels; heads: a list of labels a level, one a
# column; rows: [(labels, [Entry])]; notes: sentences below
Table = namedtuple("Table", "title corner heads rows notes")

class _Numbers:
    """The estimates behind the tables of a layout: by the values of its axes and a metric."""

    def __init__(self, study, plan):
        self.study, self.plan = study, plan
        self.axes = [axis for axis in [*plan.split, *plan.rows, *plan.columns] if axis != layout.METRIC]
        self.cells = layout.groups(study, self.axes)
        self.whole = {tuple(cell.axes.values()): cell for cell in study.result.cells}

    def _base(self, cell):
        """The cell that differs from this one in the axis of `relative` alone."""
        axis, value = self.plan.relative
        return self.whole.get(tuple(value if name == axis else cell.axes[name] for name in self.study.result.axes))

    def estimate(self, key, metric):
        """Estimate, or None where no cell has that score."""
        cells = [cell for cell in self.cells.get(key, []) if cell.done and metric in cell.metrics]
        if not cells:
            return None
        if self.plan.relative is None:
            return stats.score(cells, metric)
        pairs = [(cell, base) for cell in cells if (base := self._base(cell)) and metric in base.metrics]
        return stats.compare(pairs, metric) if pairs else None

    def absent(self, key, metric, notes):
        """What stands where there is no number: a status, or a dash, with the mark of its reason."""
        cells = self.cells.get(key, [])
        if not cells:
            return Entry("")
        missing = [cell for cell in cells if not cell.done]
        if missing:
            word, reason = missing[0].status, missing[0].reason or "no reason recorded"
        elif all(metric in cell.metrics for cell in cells):
            word, reason = "–", "nothing to compare with"
        else:
            word, reason = "–", str(cells[0].attributes.get("metrics_left_out", "")) or "not measured"
        number = notes.setdefault((word, reason), len(notes) + 1)
        return Entry(f"{word} [{number}]", note=reason)

    def unproven(self):
        """How many of the cells that others are compared with hold a schedule that is not proven the best, as a sentence."""
        cells = [cell for cell in self.whole.values() if self.plan.relative and cell.done and self._base(cell) is cell]
        open_ends = sum(cell.attributes.get("search_complete", 1) == 0 for cell in cells)
        return [f"In {open_ends} of {len(cells)} cases what is compared with is not proven the best."] if open_ends else []


def _groups(plan, study):
    """(by columns, the axes whose values separate groups): within a group the best is marked; None if nothing competes."""
    several = [*layout.varying(study), layout.METRIC]
    for by_columns, axes in ((True, plan.rows), (False, plan.columns)):
        if any(axis in several and axis not in (*layout.TASK, layout.METRIC) for axis in axes):
            return by_columns, [axis for axis in axes if axis in (*layout.TASK, layout.METRIC)]
    return None


def best_words(study, plan, metric):
    """'* the highest of a column' or the like; '' where nothing is marked."""
    found = _groups(plan, study)
    if found is None:
        return ""
    by_columns, apart = found
    several = [layout.axis_name(axis) for axis in apart if axis in [*layout.varying(study), layout.METRIC]]
    word = "best" if metric is None else "highest" if stats.higher_is_better(metric) else "lowest"
    within = f" within a {' and '.join(several)}" if several else ""
    return f"the {word} of {'a column' if by_columns else 'a row'}{within}"


def _mark(plan, study, keys, estimates, printed):
    """The set of (row, column) that are the best of their group, all that look alike."""
    found = _groups(plan, study)
    if found is None:
        return set()
    by_columns, apart = found
    axes = plan.rows if by_columns else plan.columns
    groups = {}
    for (row, column), e in estimates.items():
        itself = plan.relative in [*zip(plan.rows, row), *zip(plan.columns, column)]  # what the others are compared with
        if e and stats.comparable(e) and not itself:
            own = dict(zip(axes, row if by_columns else column))
            group = (column if by_columns else row, tuple(own[axis] for axis in apart))
            groups.setdefault(group, []).append((row, column))
    marked = set()
    for places in groups.values():
        if len(places) < 2:
            continue
        sign = 1 if stats.higher_is_better(keys(*places[0])[1]) else -1
        top = max(places, key=lambda place: sign * estimates[place].mean)
        marked.update(place for place in places if printed[place] == printed[top])
    return marked


def _sides(study, axes, cells, places, metrics):
    """The keys of one side of the table that have cells, in order; `metric` among the axes takes every metric."""
    keys = {}
    for key in cells:
        values = dict(zip(places, key))
        for metric in metrics if layout.METRIC in axes else [None]:
            keys[tuple(metric if axis == layout.METRIC else values[axis] for axis in axes)] = True
    order = [{v: i for i, v in enumerate(metrics if a == layout.METRIC else study.result.values(a))} for a in axes]
    return sorted(keys, key=lambda key: [at[value] for at, value in zip(order, key)])


def _one(numbers, metrics, chosen, notes, compact):
    """The table of the cells whose key begins with `chosen`, with these metrics."""
    study, plan = numbers.study, numbers.plan
    cells = {key: numbers.cells[key] for key in numbers.cells if key[: len(chosen)] == chosen}
    rows = _sides(study, plan.rows, cells, numbers.axes, metrics)
    columns = _sides(study, plan.columns, cells, numbers.axes, metrics)

    def at(row, column):
        """(key of the cells, metric) of a place in the table."""
        values = {**dict(zip(plan.rows, row)), **dict(zip(plan.columns, column)), **dict(zip(plan.split, chosen))}
        return tuple(values[axis] for axis in numbers.axes), values.get(layout.METRIC, metrics[0])

    places = [(row, column) for row in rows for column in columns]
    estimates = {place: numbers.estimate(*at(*place)) for place in places}
    scales = {}
    for metric in metrics:
        found = [e for place, e in estimates.items() if at(*place)[1] == metric]
        scales[metric] = tables.scale_of("ratio" if plan.relative and metric not in stats.UNITS else metric, found)
    plain = {p: tables.printed(e, scales[at(*p)[1]], compact) for p, e in estimates.items() if e}
    best = _mark(plan, study, at, estimates, plain)
    body = []
    for row in rows:
        entries = []
        for column in columns:
            e, (key, metric) = estimates[row, column], at(row, column)
            if e is None:
                entries.append(numbers.absent(key, metric, notes))
            else:
                left = f"{e.count} samples" + (f", {e.bad} not finite and left out" if e.bad else "")
                text = tables.with_interval(e, scales[metric], compact)
                entries.append(Entry(text, (row, column) in best, left, e))
        body.append(([layout.row_text(study, axis, value) for axis, value in zip(plan.rows, row)], entries))
    heads = [[_head(study, axis, column[i], scales) for column in columns] for i, axis in enumerate(plan.columns)]
    units = scales[metrics[0]].exponent if layout.METRIC not in [*plan.rows, *plan.columns] else None
    title = ", ".join(layout.value_text(study, axis, value) for axis, value in zip(plan.split, chosen))
    own = [f"in units of {10.0**units:g}"] if units else []
    return Table(", ".join([title] * bool(title) + own), [layout.axis_name(axis) for axis in plan.rows], heads, body,
                 [*_notes(estimates.values()), *numbers.unproven()])


def _head(study, axis, value, scales):
    text = layout.value_text(study, axis, value)
    exponent = scales[value].exponent if axis == layout.METRIC else None
    return f"{text} in {10.0**exponent:g}" if exponent else text


def _notes(estimates):
    found = [e for e in estimates if e]
    texts = [tables.EXACT] if any(e.exact for e in found) else []
    if any(e.bad > e.exact and e.count for e in found):
        texts.append(tables.LEFT_OUT)
    return texts


def make(study, plan, metric=None, compact=False):
    """(tables of a layout, footnotes [(mark, text)]). metric: the one they show; None where `metric` is an axis."""
    numbers, notes = _Numbers(study, plan), {}
    metrics = [metric] if metric else plan.metrics
    chosen = dict.fromkeys(key[: len(plan.split)] for key in numbers.cells)
    found = [_one(numbers, metrics, split, notes, compact) for split in chosen]
    return found, [(n, reason if word == "–" else f"{word}: {reason}") for (word, reason), n in notes.items()]


def side_by_side(plan):
    """Whether the layout shows all metrics in one table."""
    return layout.METRIC in [*plan.rows, *plan.columns]


def title(study, plan, metric):
    """'PSNR (dB)', 'MSE over that of exhaustive'; of all metrics where None."""
    name = "Scores" if metric is None else stats.metric_title(metric)
    if plan.relative is None:
        return name
    of = layout.value_text(study, *plan.relative)
    if metric is None:
        return f"Scores relative to {of} (ratios; differences in dB)"
    return f"{metric.upper()} less that of {of} (dB)" if metric in stats.UNITS else f"{name} over that of {of}"
