# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Means and intervals over samples and seeds, and the grouping of cells into panels."""

import math
from collections import namedtuple

import numpy as np

from . import flow

HIGHER_IS_BETTER = ("psnr", "ssim", "coverage", "precision", "recall", "cosine", "correlation")
UNITS = {"psnr": "dB"}

# mean, half width of the 95% interval (nan if unknown), finite samples, samples that are not finite
Estimate = namedtuple("Estimate", "mean half count bad")


def higher_is_better(metric):
    return any(word in metric for word in HIGHER_IS_BETTER)


def metric_title(metric):
    name = metric.upper() if len(metric) <= 4 else metric
    return f"{name} ({UNITS[metric]})" if metric in UNITS else name


def student_t(count):
    """The 97.5% point of Student's t with count - 1 degrees of freedom (a series in 1/df from 5 on)."""
    df = count - 1
    if df < 5:
        return {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}.get(df, math.nan)
    z = 1.959964
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + g1 / df + g2 / df**2 + g3 / df**3


def estimate(groups):
    """Mean over seeds of the mean over samples; `groups` holds one array of samples a seed.

    The interval is the larger of the one over samples and, from three seeds on, the one over seeds.
    """
    finite = [values[np.isfinite(values)] for values in groups]
    bad = sum(len(values) for values in groups) - sum(len(values) for values in finite)
    finite = [values for values in finite if len(values)]
    count = sum(len(values) for values in finite)
    if not finite:
        flat = np.concatenate(groups) if groups else np.array([])
        endless = len(flat) and np.all(flat == flat[0])  # all +inf: the student equals the teacher
        return Estimate(float(flat[0]) if endless else math.nan, math.nan, 0, bad)
    means = np.array([values.mean() for values in finite])
    half = math.nan
    if all(len(values) > 1 for values in finite):
        spread = sum(values.var(ddof=1) / len(values) for values in finite)
        half = student_t(count - len(finite) + 1) * math.sqrt(spread) / len(finite)
    if len(means) > 2:
        between = student_t(len(means)) * means.std(ddof=1) / math.sqrt(len(means))
        half = between if math.isnan(half) else max(half, between)
    return Estimate(float(means.mean()), float(half), count, bad)


class Panel:
    """The cells that differ only in schedule, steps and seed: one figure's worth."""

    def __init__(self, result, key, cells, title, slug):
        self.key, self.cells, self.title, self.slug = key, cells, title, slug
        self.anchor = f"panel-{slug}" if slug else "panel"
        self.steps = [steps for steps in result.values("steps") if any(c.axes["steps"] == steps for c in cells)]
        used = {cell.axes["schedule"] for cell in cells}
        self.schedules = [value for value in result.values("schedule") if value in used]
        self.same = None  # kept by same_schedules
        self.table = {}
        for cell in cells:
            self.table.setdefault((cell.axes["schedule"], cell.axes["steps"]), []).append(cell)

    def at(self, schedule, steps):
        """The finished cells of a schedule and a budget, one a seed."""
        return [cell for cell in self.table.get((schedule, steps), []) if cell.done]

    def score(self, schedule, steps, metric):
        """Estimate, or None where no cell was finished."""
        groups = [cell.metrics[metric] for cell in self.at(schedule, steps) if metric in cell.metrics]
        return estimate(groups) if groups else None

    def gain(self, schedule, baseline, steps, metric):
        """Estimate of the difference to the baseline, sample by sample on the same noise; None if not paired."""
        others = {cell.axes.get("seed"): cell for cell in self.at(baseline, steps)}
        groups = []
        for cell in self.at(schedule, steps):
            other = others.get(cell.axes.get("seed"))
            if other is None or metric not in cell.metrics or metric not in other.metrics:
                continue
            ours, theirs = cell.metrics[metric], other.metrics[metric]
            if len(ours) == len(theirs):
                with np.errstate(invalid="ignore"):
                    groups.append(ours - theirs)
        return estimate(groups) if groups else None

    def best(self, steps, metric, schedules=None):
        """The schedule with the best mean at this budget, or None."""
        scores = {}
        for schedule in schedules or self.schedules:
            score = self.score(schedule, steps, metric)
            if score and not math.isnan(score.mean):
                scores[schedule] = score.mean if higher_is_better(metric) else -score.mean
        return max(scores, key=scores.get) if scores else None


def same_schedules(panel):
    """[(schedules that are the same, the budgets where they are)] of a panel, for all seeds and samples."""
    if panel.same is not None:
        return panel.same
    found = {}
    for m in panel.steps:
        groups = {}
        for schedule in panel.schedules:
            cells = [cell for cell in panel.at(schedule, m) if cell.has("schedule/t")]
            if cells:
                key = tuple((str(c.axes.get("seed")), c.array("schedule/t").tobytes()) for c in cells)
                groups.setdefault(key, []).append(schedule)
        for group in groups.values():
            if len(group) > 1:
                found.setdefault(tuple(group), []).append(m)
    panel.same = list(found.items())
    return panel.same


def always_same(panels):
    """{schedule: the first of those that are the same in all these panels, at every budget}."""
    pairs = None
    for panel in panels:
        budgets, here = {}, set()
        for group, steps in same_schedules(panel):
            for i, second in enumerate(group):
                for first in group[:i]:
                    budgets[first, second] = budgets.get((first, second), 0) + len(steps)
        for pair, count in budgets.items():
            if count == len([m for m in panel.steps if any(panel.at(schedule, m) for schedule in pair)]):
                here.add(pair)
        pairs = here if pairs is None else pairs & here
    result = {}
    for first, second in sorted(pairs or (), key=lambda pair: [panels[0].schedules.index(s) for s in pair]):
        result.setdefault(second, first)
    return result


class Study:
    """The result arranged for reporting: panels, labels, the baseline."""

    def __init__(self, result):
        self.result = result
        for cell in result.cells:  # cells of a file that grew may lack an axis that others have
            if not isinstance(cell.axes.get("steps"), (int, float)):
                cell.axes["steps"] = 0
            cell.axes.setdefault("schedule", "unknown")
        self.labels = {axis: flow.labels(result.values(axis), axis == "denoiser") for axis in result.axes}
        for axis in ("steps", "schedule"):
            self.labels.setdefault(axis, flow.labels(result.values(axis)))
        self.schedules = result.values("schedule")
        plain = [value for value in self.schedules if flow.kind(value) == "uniform"]
        self.baseline = plain[0] if plain else None
        inner = ("schedule", "steps", "seed")
        self.outer = [axis for axis in result.axes if axis not in inner and len(result.values(axis)) > 1]
        self.fixed = [axis for axis in result.axes if axis not in inner and len(result.values(axis)) == 1]
        self.panels = self._panels()
        names = result.metric_names()
        self.metric = names[0] if names else None
        self.other_metrics = names[1:]

    def label(self, axis, value):
        return self.labels[axis].get(value, str(value))

    def legend(self, schedule, same):
        """The schedule's label, with a word when `same` (see always_same) says that it is another's double."""
        label = self.label("schedule", schedule)
        return f"{label}\nsame schedule as {self.label('schedule', same[schedule])}" if schedule in same else label

    def outer_labels(self, panel):
        return [self.label(axis, value) for axis, value in zip(self.outer, panel.key)]

    def _panels(self):
        groups = {}
        for cell in self.result.cells:
            groups.setdefault(tuple(cell.axes[axis] for axis in self.outer), []).append(cell)
        order = [{value: i for i, value in enumerate(self.result.values(axis))} for axis in self.outer]
        keys = sorted(groups, key=lambda key: [places[value] for places, value in zip(order, key)])
        panels, used = [], set()
        for key in keys:
            words, slugs = [], []
            for axis, value in zip(self.outer, key):
                label, name = self.label(axis, value), axis.replace("_", " ")
                words.append(label if axis == "denoiser" else f"{name} {label}")
                bare = isinstance(value, (int, float)) or label == "same"  # 60 says nothing, steps60 does
                slugs.append((name.split()[-1] if bare else "") + label)
            slug = flow.slug("-".join(slugs))
            more = (f"{slug}-{i}".strip("-") for i in range(2, len(keys) + 2))
            slug = next(text for text in (slug, *more) if text not in used)
            used.add(slug)
            panels.append(Panel(self.result, key, groups[key], ", ".join(words) or "All cells", slug))
        return panels
