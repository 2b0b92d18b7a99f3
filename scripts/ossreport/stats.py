# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Means and intervals over samples and seeds, and the grouping of cells into panels."""

import math
import re
from collections import namedtuple

import numpy as np

from . import flow

HIGHER_IS_BETTER = ("psnr", "ssim", "coverage", "precision", "recall", "cosine", "correlation")
UNITS = {"psnr": "dB"}
FROM_TEACHER = ("oss", "gits", "exhaustive", "learned")  # searches
TITLES = {"frechet": "Fréchet distance", "sliced_wasserstein": "sliced Wasserstein distance", "mmd": "squared MMD"}
TITLES |= {"trajectory": "trajectory error", "cosine": "cosine similarity"}

# mean, half width of the 95% interval (nan if unknown), finite samples, samples that are not finite, of those +inf
Estimate = namedtuple("Estimate", "mean half count bad exact", defaults=(0,))
# samples on which a schedule is better than the baseline, on which both are the same, all that are paired
Wins = namedtuple("Wins", "better same count")


def higher_is_better(metric):
    return any(word in metric for word in HIGHER_IS_BETTER)


def steps_text(steps):
    """'1 step', '5 steps'; of a list '3, 5 steps'."""
    several = steps if isinstance(steps, (list, tuple)) else [steps]
    return f"{', '.join(f'{m:g}' for m in several)} step{'s' if list(several) != [1] else ''}"


def comparable(e):
    """Whether a mean can be compared with others: none was left out of it, or all are infinite."""
    return bool(e) and not math.isnan(e.mean) and (e.bad == 0 or e.count == 0)


def metric_title(metric):
    kind, number = re.fullmatch(r"(.*?)(?:_(\d+))?", metric).groups()
    name = TITLES.get(kind) or (kind.upper() if len(kind) <= 4 else kind)
    name += f" {int(number) + 1}" if number else ""
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


def estimate(groups, pooled=False):
    """Mean over seeds of the mean over samples; `groups` holds one array of samples a seed.

    The interval is the one over all samples where they are `pooled`; else the larger of the one over samples and, from
    three seeds on, the one over seeds.
    """
    groups = [np.concatenate(groups)] if pooled and groups else groups
    exact = sum(int(np.isposinf(values).sum()) for values in groups)
    finite = [values[np.isfinite(values)] for values in groups]
    bad = sum(len(values) for values in groups) - sum(len(values) for values in finite)
    finite = [values for values in finite if len(values)]
    count = sum(len(values) for values in finite)
    if not finite:
        flat = np.concatenate(groups) if groups else np.array([])
        endless = len(flat) and np.all(flat == flat[0])  # all +inf: the student equals the teacher
        return Estimate(float(flat[0]) if endless else math.nan, math.nan, 0, bad, exact)
    means = np.array([values.mean() for values in finite])
    half = math.nan
    if all(len(values) > 1 for values in finite):
        spread = sum(values.var(ddof=1) / len(values) for values in finite)
        half = student_t(count - len(finite) + 1) * math.sqrt(spread) / len(finite)
    if len(means) > 2:
        between = student_t(len(means)) * means.std(ddof=1) / math.sqrt(len(means))
        half = between if math.isnan(half) else max(half, between)
    return Estimate(float(means.mean()), float(half), count, bad, exact)


def whole_estimate(values, wholes):
    """Mean over seeds of a metric of all samples together; `values` and `wholes` hold one a seed.

    The interval is the bootstraps'; from three seeds on, the one over seeds if that is larger.
    """
    half = math.sqrt(sum(whole.half**2 for whole in wholes)) / len(wholes)
    if len(values) > 2:
        between = student_t(len(values)) * np.std(values, ddof=1) / math.sqrt(len(values))
        half = between if math.isnan(half) else max(half, between)
    bad = int(np.sum(~np.isfinite(values)))
    return Estimate(float(np.mean(values)), float(half), sum(whole.count for whole in wholes), bad)


def searched(cell):
    """Whether its schedule was found from a teacher (GITS takes no calls beside the teacher's), here or in another result."""
    schedule = cell.attributes.get("origin_schedule", cell.axes["schedule"])
    return cell.number("search_nfe") > 0 or flow.kind(schedule) in FROM_TEACHER


def shares(cells):
    """Whether the samples of a seed have a searched schedule in common: then they are no independent evidence."""
    return any(searched(cell) and flow.option(cell.axes["schedule"], "samples") != "per_sample" for cell in cells)


def score(cells, metric):
    """Estimate of finished cells that differ in the seed alone and hold this metric."""
    if metric in cells[0].wholes:
        return whole_estimate([cell.metrics[metric][0] for cell in cells], [cell.wholes[metric] for cell in cells])
    return estimate([cell.metrics[metric] for cell in cells], not shares(cells))


def compare(pairs, metric):
    """Estimate of how [(cell, other)], a pair a seed, compare: the difference in dB, of other metrics the ratio of means.

    Both are paired by sample; the interval of a ratio is the linearised one, of a metric of all samples together that of
    two values whose errors have nothing in common.
    """
    if metric in pairs[0][0].wholes:
        a, b = (score([pair[i] for pair in pairs], metric) for i in (0, 1))
        if not b.mean:
            return Estimate(1.0 if not a.mean else math.inf, math.nan, a.count, a.bad)
        ratio = a.mean / b.mean
        half = math.nan if pairs[0][0] is pairs[0][1] else math.hypot(a.half / b.mean, ratio * b.half / b.mean)
        return Estimate(ratio, half, a.count, a.bad)
    ours = [cell.metrics[metric] for cell, _ in pairs]
    theirs = [other.metrics[metric] for _, other in pairs]
    if any(len(a) != len(b) for a, b in zip(ours, theirs)):
        return Estimate(math.nan, math.nan, 0, 0)
    if metric in UNITS:
        with np.errstate(invalid="ignore"):
            return estimate([a - b for a, b in zip(ours, theirs)], not shares([c for pair in pairs for c in pair]))
    a, b = np.concatenate(ours), np.concatenate(theirs)
    keep = np.isfinite(a) & np.isfinite(b)
    a, b, bad = a[keep], b[keep], int((~keep).sum())
    below = b.mean() if len(b) else math.nan
    if not below:
        return Estimate(1.0 if not a.mean() else math.inf, math.nan, len(a), bad)
    ratio, half = float(a.mean() / below), math.nan
    if len(a) > 1 and any(cell is not other for cell, other in pairs):
        half = student_t(len(a)) * float((a - ratio * b).std(ddof=1)) / math.sqrt(len(a)) / abs(below)
    return Estimate(ratio, half, len(a), bad)


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

    def shares(self, schedule):
        return shares([cell for m in self.steps for cell in self.at(schedule, m)])

    def score(self, schedule, steps, metric):
        """Estimate, or None where no cell was finished."""
        cells = [cell for cell in self.at(schedule, steps) if metric in cell.metrics]
        return score(cells, metric) if cells else None

    def pairs(self, schedule, baseline, steps, metric):
        """[(cell, the baseline's)] with as many scores on the same noise, one pair a seed."""
        others = {cell.axes.get("seed"): cell for cell in self.at(baseline, steps)}
        found = []
        for cell in self.at(schedule, steps):
            other = others.get(cell.axes.get("seed"))
            if other is None or metric not in cell.metrics or metric not in other.metrics:
                continue
            if len(cell.metrics[metric]) == len(other.metrics[metric]):
                found.append((cell, other))
        return found

    def gain(self, schedule, baseline, steps, metric):
        """Estimate of the difference to the baseline, sample by sample on the same noise; None if not paired.

        Of a metric of all samples together the difference of the values, as if their errors had nothing in common.
        """
        pairs = self.pairs(schedule, baseline, steps, metric)
        with np.errstate(invalid="ignore"):
            groups = [ours.metrics[metric] - theirs.metrics[metric] for ours, theirs in pairs]
        if not groups:
            return None
        if metric in pairs[0][0].wholes:
            both = [(ours.wholes[metric], theirs.wholes[metric]) for ours, theirs in pairs]
            wholes = [ours._replace(half=math.hypot(ours.half, theirs.half)) for ours, theirs in both]
            return whole_estimate([group[0] for group in groups], wholes)
        return estimate(groups, not (self.shares(schedule) or self.shares(baseline)))

    def wins(self, schedule, baseline, steps, metric):
        """On how many samples the schedule is better than the baseline: Wins; None if not paired, or not by samples."""
        pairs = self.pairs(schedule, baseline, steps, metric)
        if not pairs or metric in pairs[0][0].wholes:
            return None
        ours, theirs = (np.concatenate([cell.metrics[metric] for cell in part]) for part in zip(*pairs))
        better = ours > theirs if higher_is_better(metric) else ours < theirs
        return Wins(int(better.sum()), int((ours == theirs).sum()), len(ours))

    def best(self, steps, metric, schedules=None):
        """The schedule with the best mean at this budget, or None. Means that leave samples out are not compared."""
        scores = {}
        for schedule in schedules or self.schedules:
            score = self.score(schedule, steps, metric)
            if comparable(score):
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
        self.metrics = result.metric_names()
        self.metric = self.metrics[0] if self.metrics else None
        self.other_metrics = self.metrics[1:]

    def label(self, axis, value):
        return self.labels[axis].get(value, str(value))

    def whole(self, metric):
        """The Whole of some cell where the metric has one value of all samples together, else None."""
        return next((cell.wholes[metric] for cell in self.result.cells if metric in cell.wholes), None)

    def spread_text(self, metric):
        """What stands behind ±, in words: '95% interval over'."""
        whole = self.whole(metric)
        if whole is None:
            return "mean ± 95% interval over"
        if math.isnan(whole.half):
            return "one value of"
        return f"value ± {100 * whole.confidence:g}% bootstrap interval of"

    def wide(self, metric):
        """Whether an interval of a metric that is never negative reaches below 0."""
        if self.whole(metric):
            return False
        scores = [p.score(s, m, metric) for p in self.panels for s in p.schedules for m in p.steps]
        positive = all((c.metrics[metric] >= 0).all() for c in self.result.cells if metric in c.metrics)
        return positive and metric not in UNITS and any(e and e.half > e.mean for e in scores)

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
