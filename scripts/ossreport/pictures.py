# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The end states: strips of pictures for image states, of frames for video, scatter plots for states in the plane."""

import math

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from . import flow, lines, stats, tables

COLUMNS, PIXELS, GAP, DPI = 10, 96, 6, 100  # pictures in a strip, their width, the white between them
FRAMES, APART = 5, 26  # frames shown of a video, the white between two videos
POINTS = 512  # states read for a scatter plot
CHOICE = (
    "Shown are the baseline, the best OSS schedule and the best of the others at 5 and 10 steps, or else at the smallest and a middle budget."
)


def _frames(states):
    """(E, F, C, H, W) pictures of states (E, ...): of video a few frames spread evenly, F = 1 of images; else None."""
    if states.ndim == 4:
        states = states[:, :, None]
    if states.ndim != 5 or states.shape[1] not in (1, 3) or min(states.shape[3:]) < 2:
        return None
    return states[:, :, lines.some(range(states.shape[2]), FRAMES)].transpose(0, 2, 1, 3, 4)


def _count(states):
    """How many samples a strip or a scatter plot shows."""
    frames = _frames(states)
    return min(len(states), POINTS if frames is None else max(1, COLUMNS // frames.shape[1]))


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


def _strip(samples):
    """The frames of all samples (E, F, C, H, W) side by side as one (H, W, 3) array in [0, 1], white between them."""
    parts = []
    for sample in samples:
        for i, picture in enumerate(sample):
            shown = _shown(picture)
            wide = APART if i == 0 and len(sample) > 1 else GAP
            parts += [np.ones((shown.shape[0], wide, 3)), shown]
    return np.concatenate(parts[1:], axis=1)


def chosen(study, panel, steps):
    """The baseline, the best OSS schedule and the best of the others, of the cells that hold samples."""
    have = [s for s in panel.schedules if any(c.has("samples/student") for c in panel.at(s, steps))]
    rest = [s for s in have if s != study.baseline]
    found = flow.kind
    groups = [[s for s in rest if found(s) == "oss"], [s for s in rest if found(s) != "oss"]]
    best = [panel.best(steps, study.metric, group) or group[0] for group in groups if group]
    return [s for s in have if s == study.baseline] + best


def rows(study, panel):
    """[(label, states)]: the teacher first, then a few schedules at two budgets; [] if none."""
    budgets = [
        m for m in panel.steps if any(c.has("samples/student") for s in panel.schedules for c in panel.at(s, m))
    ]
    if not budgets:
        return []
    usual = [m for m in (5, 10) if m in budgets]
    budgets = usual if len(usual) == 2 else list(dict.fromkeys([budgets[0], budgets[len(budgets) // 2]]))
    schedules = chosen(study, panel, budgets[0])
    seed, teacher, result = None, None, []
    for steps in budgets:
        for schedule in schedules:
            cells = [c for c in panel.at(schedule, steps) if c.has("samples/student")]
            if seed is None and cells:
                seed = cells[0].axes.get("seed")
            cell = next((c for c in cells if c.axes.get("seed") == seed), None)
            if cell is None:
                continue
            if teacher is None and cell.has("samples/teacher"):
                teacher = cell
            result.append((schedule, steps, cell))
    fetch = []
    for schedule, steps, cell in result:
        states = cell.array("samples/student", POINTS)
        label = f"{study.label('schedule', schedule)}\n{stats.steps_text(steps)}"
        fetch.append((label + scores(study, panel, schedule, steps, cell, states), states))
    if teacher is not None:
        fetch.insert(0, ("teacher", teacher.array("samples/teacher", POINTS)))
    return fetch


def scores(study, panel, schedule, steps, cell, states):
    """', 23.10 dB' and 'all samples: 21.35 dB' in a line below: the mean score of the samples shown of these states of a cell, and of all."""
    count = _count(states)
    score = panel.score(schedule, steps, study.metric) if study.metric else None
    if not score or math.isnan(score.mean):
        return ""
    unit, every = stats.UNITS.get(study.metric, study.metric), tables.plain(score.mean, study.metric)
    shown = cell.metrics.get(study.metric, np.array([]))[:count]
    shown = shown[np.isfinite(shown)]
    if study.metric in cell.wholes or not len(shown) or count >= score.count + score.bad:
        return f", {every} {unit}"
    return f", {tables.plain(float(shown.mean()), study.metric)} {unit}\nall samples: {every} {unit}"


def _image_figure(entries):
    """Strips drawn pixel by pixel (to be saved at the figure's own dpi, without a tight box)."""
    strips = [(label, _strip(_frames(states)[: _count(states)])) for label, states in entries]
    high = max(strips[0][1].shape[0], 46) + GAP  # three lines of text are 46 high
    left = 12 + round(7.4 * max(len(line) for label, _ in strips for line in label.split("\n")))
    width, height = left + max(strip.shape[1] for _, strip in strips) + GAP, high * len(strips) + GAP
    figure = plt.figure(dpi=DPI)
    figure.set_size_inches((width + 0.01) / DPI, (height + 0.01) / DPI)
    for i, (label, strip) in enumerate(strips):
        bottom = height - (i + 1) * high + (high - GAP - strip.shape[0]) // 2
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
    height = math.ceil(len(shown) / columns)
    figure, axes = plt.subplots(
        height,
        columns,
        figsize=(3.6 * columns, 3.7 * height),
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
    return draw(entries, CHOICE)


def draw(entries, choice):
    """The same of [(label, states)], the teacher's under its name; choice: which these are, in words."""
    shape = entries[0][1].shape
    entries = [(label, states) for label, states in entries if states.shape[1:] == shape[1:]]
    if _frames(entries[0][1]) is not None:
        few = f", {FRAMES} spread evenly" if len(shape) == 5 and shape[2] > FRAMES else ""
        frame = f" The frames of each video side by side{few}." if len(shape) == 5 else ""
        text = f"Every column starts from the same noise; values clipped to [-1, 1].{frame} {choice}"
        save = {"tight": False, "dpi": DPI, "colours": 256 if shape[1] == 1 else None}
        return _image_figure(entries), text, save
    if len(shape) == 2 and shape[1] == 2 and len(entries) > 1:
        return _plane_figure(entries), f"A line joins what the same noise became. {choice}", {}
    return None, f"states of shape {'x'.join(map(str, shape[1:]))} are no pictures", {}
