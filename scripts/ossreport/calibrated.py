# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What calibration does to the end states: the same schedules without and with it below the teacher's, a figure a budget."""

from . import layout, lines, pictures, stats

BUDGETS = 3  # figures of a group
WORDS = {
    "scale": "scale: each state is scaled before the denoiser's call, such that its quantiles are as far apart as the teacher's.",
    "affine": "affine: each state is scaled and shifted before the denoiser's call, such that its quantiles are the teacher's.",
}
TARGET = "The teacher's quantiles are means over the searched samples: every sample is led to the same ones."


def words(groups):
    """What the calibrations of these groups are, as sentences."""
    kinds = dict.fromkeys(kind for group in groups for kind in group.panels if kind in WORDS)
    return " ".join([*(WORDS[kind] for kind in kinds), TARGET])


def _having(group, steps):
    """The calibrations with samples at a budget, not calibrated first."""
    kinds = [kind for kind, panel in group.panels.items() if any(_cell(panel, schedule, steps) for schedule in panel.schedules)]
    return sorted(kinds, key=lambda kind: kind != "none")


def budgets(group):
    """The budgets at which two calibrations hold samples: at most BUDGETS."""
    steps = dict.fromkeys(steps for panel in group.panels.values() for steps in panel.steps)
    return lines.some([m for m in sorted(steps) if len(_having(group, m)) > 1], BUDGETS)


def _cell(panel, schedule, steps, seed=None):
    """The first finished cell with samples, of a seed where one is given."""
    cells = [cell for cell in panel.at(schedule, steps) if cell.has("samples/student")]
    return next((cell for cell in cells if seed is None or cell.axes.get("seed") == seed), None)


def entries(study, group, steps):
    """[(label, states)] for pictures.draw: the teacher, then each schedule's states of every calibration."""
    kinds = _having(group, steps)
    found, teacher, seed = [], None, None
    for schedule in pictures.chosen(study, group.panels[kinds[0]], steps):
        for kind in kinds:
            panel = group.panels[kind]
            cell = _cell(panel, schedule, steps, seed)
            if cell is None:
                continue
            seed = cell.axes.get("seed")
            if teacher is None and cell.has("samples/teacher"):
                teacher = cell.array("samples/teacher", pictures.POINTS)
            states = cell.array("samples/student", pictures.POINTS)
            label = f"{study.label('schedule', schedule)}\n{layout.row_text(study, 'calibration', kind)}"
            found.append((label + pictures.scores(study, panel, schedule, steps, cell, states), states))
    return ([("teacher", teacher)] if teacher is not None else []) + found


def figure(study, group, steps):
    """(figure, caption, how to save it) as pictures.sample_figure gives them."""
    best = layout.row_text(study, "calibration", _having(group, steps)[0])
    choice = f"Shown are, with {stats.steps_text(steps)}, the baseline, the best OSS schedule and the best of the others ({best})."
    return pictures.draw(entries(study, group, steps), choice)
