# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The end states: strips of pictures for image and video states, scatter plots for states in the plane."""

import math

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from . import flow, stats, tables

COLUMNS, PIXELS, GAP, DPI = 10, 96, 6, 100  # pictures in a strip, their width, the white between them
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


def _shown(picture):
    """(H', W', 3) levels in [0, 1] of a (C, H, W) picture, about PIXELS wide: whole multiples, or made smaller."""
    levels = (np.clip(np.nan_to_num(picture), -1, 1) + 1) / 2
    levels = np.broadcast_to(levels, (3, *levels.shape[1:])).transpose(1, 2, 0)
    height, width = levels.shape[:2]
    if width <= PIXELS:
        return np.kron(levels, np.ones((PIXELS // width, PIXELS // width, 1)))
    image = Image.fromarray((levels * 255).round().astype(np.uint8))
    size = (PIXELS, max(1, round(height * PIXELS / width)))
    return np.asarray(image.resize(size, Image.Resampling.BOX)) / 255


def _strip(pictures):
    """The pictures side by side as one (H, W, 3) array in [0, 1], white between them."""
    shown = [_shown(picture) for picture in pictures]
    white = np.ones((shown[0].shape[0], GAP, 3))
    return np.concatenate([part for picture in shown for part in (white, picture)][1:], axis=1)


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
                label += f", {tables.plain(score.mean, study.metric)} {stats.UNITS.get(study.metric, study.metric)}"
            result.append((label, cell))
    fetch = [(label, cell.array("samples/student", 512)) for label, cell in result]
    if teacher is not None:
        fetch.insert(0, ("teacher", teacher.array("samples/teacher", 512)))
    return [(label, states) for label, states in fetch if states is not None]


def _image_figure(entries):
    """Strips drawn pixel by pixel (to be saved at the figure's own dpi, without a tight box)."""
    strips = [(label, _strip(_frames(states)[:COLUMNS])) for label, states in entries]
    high = strips[0][1].shape[0] + GAP
    left = 12 + round(7.4 * max(len(line) for label, _ in strips for line in label.split("\n")))
    width, height = left + max(strip.shape[1] for _, strip in strips) + GAP, high * len(strips) + GAP
    figure = plt.figure(dpi=DPI)
    figure.set_size_inches((width + 0.01) / DPI, (height + 0.01) / DPI)
    for i, (label, strip) in enumerate(strips):
        bottom = height - (i + 1) * high
        figure.figimage(strip, left, bottom, origin="upper")
        middle = (bottom + strip.shape[0] / 2) / height
        weight = "bold" if label == "teacher" else "normal"
        figure.text((left - 8) / width, middle, label, ha="right", va="center", fontsize=9.5, weight=weight)
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
    """The end states of a few schedules beside the teacher's: (figure, caption, how to save it).

    How: the arguments for page.Writer.figure. Without anything to show: (None, why not, {}).
    """
    entries = rows(study, panel)
    if not entries:
        return None, "the file holds no samples for these cells", {}
    shape = entries[0][1].shape
    entries = [(label, states) for label, states in entries if states.shape[1:] == shape[1:]]
    if _frames(entries[0][1]) is not None:
        frame = " The first frame of each video." if len(shape) == 5 else ""
        text = f"Every column starts from the same noise; values clipped to [-1, 1].{frame} {CHOICE}"
        save = {"tight": False, "dpi": DPI, "colours": 256 if shape[1] == 1 else None}
        return _image_figure(entries), text, save
    if len(shape) == 2 and shape[1] == 2 and len(entries) > 1:
        return _plane_figure(entries), f"A line joins what the same noise became. {CHOICE}", {}
    return None, f"states of shape {'x'.join(map(str, shape[1:]))} are no pictures", {}
