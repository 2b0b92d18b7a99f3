# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The end states: strips of pictures for image and video states, scatter plots for states in the plane."""

import math

import matplotlib.pyplot as plt
import numpy as np

from . import flow, stats

COLUMNS = 10
CHOICE = (
    "Shown are the baseline, the best OSS schedule and the best of the others at the smallest and a middle budget."
)


def _frames(states):
    """(E, C, H, W) pictures of states (E, ...): images as they are, of video the first frame; else None."""
    if states.ndim == 5 and states.shape[1] in (1, 3):
        states = states[:, :, 0]
    if states.ndim != 4 or states.shape[1] not in (1, 3) or min(states.shape[2:]) < 2:
        return None
    return states


def _strip(pictures, gap):
    """The pictures side by side as one (H, W, 3) array in [0, 1], white between them."""
    count, _, height, width = pictures.shape
    strip = np.ones((height, count * (width + gap) - gap, 3))
    for i, picture in enumerate(pictures):
        levels = (np.clip(np.nan_to_num(picture), -1, 1) + 1) / 2
        strip[:, i * (width + gap) : i * (width + gap) + width] = np.broadcast_to(
            levels, (3, height, width)
        ).transpose(1, 2, 0)
    return strip


def _chosen(study, panel, steps):
    """The baseline, the best OSS schedule and the best of the others, of the cells that hold samples."""
    have = [s for s in panel.schedules if any(c.has("samples/student") for c in panel.at(s, steps))]
    rest = [s for s in have if s != study.baseline]
    found = flow.kind
    groups = [[s for s in rest if found(s) == "oss"], [s for s in rest if found(s) != "oss"]]
    best = [panel.best(steps, study.metric, group) or group[0] for group in groups if group]
    return [s for s in have if s == study.baseline] + best


def rows(study, panel):
    """[(label, states)]: the teacher first, then a few schedules at the smallest and a middle budget; [] if none."""
    budgets = [
        m for m in panel.steps if any(c.has("samples/student") for s in panel.schedules for c in panel.at(s, m))
    ]
    if not budgets:
        return []
    budgets = list(dict.fromkeys([budgets[0], budgets[len(budgets) // 2]]))
    chosen = _chosen(study, panel, budgets[0])
    seed, teacher, result = None, None, []
    for steps in budgets:
        for schedule in chosen:
            cells = [c for c in panel.at(schedule, steps) if c.has("samples/student")]
            if seed is None and cells:
                seed = cells[0].axes.get("seed")
            cell = next((c for c in cells if c.axes.get("seed") == seed), None)
            if cell is None:
                continue
            if teacher is None and cell.has("samples/teacher"):
                teacher = cell
            score = panel.score(schedule, steps, study.metric) if study.metric else None
            label = f"{study.label('schedule', schedule)}\n{steps} steps"
            if score and not math.isnan(score.mean):
                label += f", {score.mean:.4g} {stats.UNITS.get(study.metric, study.metric)}"
            result.append((label, cell))
    fetch = [(label, cell.array("samples/student", 512)) for label, cell in result]
    if teacher is not None:
        fetch.insert(0, ("teacher", teacher.array("samples/teacher", 512)))
    return [(label, states) for label, states in fetch if states is not None]


def _image_figure(entries):
    pictures = [(label, _frames(states)[:COLUMNS]) for label, states in entries]
    height, width = pictures[0][1].shape[2:]
    columns = max(len(states) for _, states in pictures)
    gap = max(1, round(width / 16))
    strip_width = 8.2 * columns / COLUMNS
    strip_height = strip_width * height / (columns * (width + gap) - gap)
    figure = plt.figure(figsize=(strip_width + 2.7, len(pictures) * (strip_height + 0.09) + 0.2))
    total_width, total_height = figure.get_size_inches()
    for i, (label, states) in enumerate(pictures):
        bottom = total_height - 0.1 - (i + 1) * (strip_height + 0.09)
        share = strip_width * len(states) / columns / total_width
        axis = figure.add_axes((2.6 / total_width, bottom / total_height, share, strip_height / total_height))
        axis.imshow(_strip(states, gap), interpolation="nearest", aspect="auto")
        axis.axis("off")
        middle = (bottom + strip_height / 2) / total_height
        weight = "bold" if label == "teacher" else "normal"
        figure.text(2.5 / total_width, middle, label, ha="right", va="center", fontsize=9.5, weight=weight)
    return figure


def _plane_figure(entries):
    """Student's points over the teacher's, for states of two numbers."""
    teacher = next((states for label, states in entries if label == "teacher"), None)
    shown = [(label, states) for label, states in entries if label != "teacher"]
    columns = min(3, len(shown))
    lines = math.ceil(len(shown) / columns)
    figure, axes = plt.subplots(
        lines,
        columns,
        figsize=(3.6 * columns, 3.7 * lines),
        layout="constrained",
        squeeze=False,
        sharex=True,
        sharey=True,
    )
    for axis, (label, states) in zip(axes.ravel(), shown):
        if teacher is not None:
            both = np.stack([teacher[: len(states)], states[: len(teacher)]])
            axis.plot(both[..., 0], both[..., 1], color="#999999", linewidth=0.6, zorder=1)
            axis.scatter(*teacher.T, s=14, color="#999999", label="teacher", zorder=2)
        axis.scatter(*states.T, s=10, color="#0072B2", label="student", zorder=3)
        axis.set_title(label, fontsize=9.5)
        axis.set_aspect("equal", adjustable="box")
    for axis in axes.ravel()[len(shown) :]:
        axis.axis("off")
    axes[0][-1].legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    return figure


def sample_figure(study, panel):
    """(figure, caption), or (None, why not): the end states of a few schedules beside the teacher's."""
    entries = rows(study, panel)
    if not entries:
        return None, "the file holds no samples for these cells"
    shape = entries[0][1].shape
    entries = [(label, states) for label, states in entries if states.shape[1:] == shape[1:]]
    if _frames(entries[0][1]) is not None:
        frame = " The first frame of each video." if len(shape) == 5 else ""
        return (
            _image_figure(entries),
            f"Every column starts from the same noise; values clipped to [-1, 1].{frame} {CHOICE}",
        )
    if len(shape) == 2 and shape[1] == 2 and len(entries) > 1:
        return _plane_figure(entries), f"A line joins what the same noise became. {CHOICE}"
    return None, f"states of shape {'x'.join(map(str, shape[1:]))} are no pictures"
