# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What the scores say, as sentences: the best against the baseline, sample by sample, and where metrics disagree."""

import math

from . import stats, tables


def _better(gain, metric):
    """1 where the paired mean is better, -1 where it is worse, 0 where its interval covers 0 or is unknown."""
    if math.isnan(gain.half) or abs(gain.mean) <= gain.half:
        return 0
    return 1 if (gain.mean > 0) == stats.higher_is_better(metric) else -1


def against_baseline(study, panel, schedule, m, metric):
    """'10.88 ± 2.1 dB better than uniform, on 32 of 32 samples'; '' where the two are not paired."""
    base, unit = study.baseline, stats.UNITS.get(metric, "")
    gain = panel.gain(schedule, base, m, metric) if base and schedule != base else None
    if gain is None:
        return ""
    wins, name = panel.wins(schedule, base, m, metric), study.label("schedule", base)
    share = f"on {wins.better} of {wins.count} samples" if wins else ""  # none of a metric of all samples together
    if wins and wins.same:
        share += f" ({wins.same} the same)"
    if wins and not math.isfinite(gain.mean):
        return f"better than {name} {share}"
    places = ".2f" if unit else ".3g"
    half = "" if math.isnan(gain.half) else f" ± {format(gain.half, places)}"
    amount, sign = format(abs(gain.mean), places), _better(gain, metric)
    left_out = f", means over the {gain.count} with finite differences" if gain.bad else ""
    if sign == 0 and not math.isnan(gain.half):
        return f"no clear difference from {name} ({format(gain.mean, '+' + places)}{half} {unit}".rstrip() + (
            f", better {share}{left_out})" if wins else ")"
        )
    more = "better" if (gain.mean > 0) == stats.higher_is_better(metric) else "worse"
    amount = f"{amount}{half} {unit}".rstrip()
    return f"{amount} {more} than {name}" + (f" in the mean and better {share}{left_out}" if wins else "")


def _best(study, panel, m, metric):
    """'the best is X with 25.24 dB: ...' at a budget."""
    best = panel.best(m, metric)
    score, unit = panel.score(best, m, metric), stats.UNITS.get(metric, "")
    ties = [s for s in panel.schedules if (e := panel.score(s, m, metric)) and e[:2] == score[:2]]
    names = " and ".join(study.label("schedule", s) for s in ties[:2]) or study.label("schedule", best)
    if len(ties) > 2:
        names = f"{'all' if len(ties) == len(panel.schedules) else ''} {len(ties)} schedules alike".strip()
    word = "best are" if len(ties) > 1 else "best is"
    if math.isinf(score.mean):
        return f"at {stats.steps_text(m)} {names} equal the teacher on every sample".replace(" alike", "")
    text = f"at {stats.steps_text(m)} the {word} {names} with {tables.plain(score.mean, metric)} {unit}".rstrip()
    more = against_baseline(study, panel, best, m, metric)
    return f"{text}, {more}" if more else text


def _opposite(study, panel, schedule, m, metric, other):
    """Whether the schedule's mean is better than the baseline's by one metric and worse by the other: 1, -1 or 0.

    None where the two means cannot be compared.
    """
    signs = []
    for name in (metric, other):
        ours, theirs = panel.score(schedule, m, name), panel.score(study.baseline, m, name)
        if not (stats.comparable(ours) and stats.comparable(theirs)):
            return None
        difference = (ours.mean > theirs.mean) - (ours.mean < theirs.mean)
        signs.append(difference if stats.higher_is_better(name) else -difference)
    return signs[0] if signs[0] * signs[1] < 0 else 0


def _disagreement(study, panel, metric, other):
    """At which budgets the best by `metric` is worse than the baseline by `other`, as a sentence; '' if nowhere."""
    found = []
    for m in panel.steps:
        best = panel.best(m, metric)
        if best not in (None, study.baseline) and _opposite(study, panel, best, m, metric, other) == 1:
            found.append(m)
    if not found:
        return ""
    title = stats.metric_title(other)
    name = study.label("schedule", study.baseline)
    return f"{title} disagrees at {stats.steps_text(found)}: there its mean is worse than {name}'s"


def disagreements(study, metric, other):
    """How often the means of two metrics disagree about a schedule and the baseline, as a sentence; '' if never."""
    if study.baseline is None:
        return ""
    signs, clear = [], 0
    for panel in study.panels:
        for schedule in panel.schedules:
            for m in panel.steps if schedule != study.baseline else ():
                sign = _opposite(study, panel, schedule, m, metric, other)
                signs += [] if sign is None else [sign]
                gain = panel.gain(schedule, study.baseline, m, other) if sign else None
                clear += bool(gain and _better(gain, other) == -sign)
    better, worse = signs.count(1), signs.count(-1)
    if not better + worse:
        return ""
    name, first, second = study.label("schedule", study.baseline), metric.upper(), other.upper()
    text = f"{first} and {second} disagree about the order in {better + worse} of {len(signs)} comparisons with {name}"
    text += f" ({better} better in mean {first} and worse in mean {second}, {worse} the reverse; "
    text += f"the paired difference in {second} is clear in {clear})."
    if {metric, other} == {"psnr", "mse"}:
        text += (
            " The mean MSE is carried by the few samples that end far from the teacher's, such as in another mode of "
            "the data; the mean PSNR, an average of logarithms, by the many that end close to it."
        )
    return text


def sentences(study):
    """One sentence a panel about its smallest and its largest budget, then how far the metrics agree."""
    found, metric = [], study.metric
    if metric is None:
        return found
    for panel in study.panels:
        steps = [m for m in panel.steps if panel.best(m, metric) is not None]
        parts = [_best(study, panel, m, metric) for m in dict.fromkeys(steps[:1] + steps[-1:])]
        if study.baseline:
            parts += filter(None, (_disagreement(study, panel, metric, other) for other in study.other_metrics))
        if parts:
            start = f"{panel.title}: " if len(study.panels) > 1 else ""
            found.append(start + "; ".join(parts) + ".")
    return found


def overall(study):
    """Sentences about all panels together."""
    found = [disagreements(study, study.metric, other) for other in study.other_metrics]
    return [text for text in found if text]
