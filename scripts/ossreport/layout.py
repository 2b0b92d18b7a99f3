# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Which axes are the rows and columns of the report's first table: what the config says (key `report`), else a default."""

import os
import re
from collections import namedtuple

from . import flow, load, stats

METRIC = "metric"  # no axis of the sweep: the metrics side by side
# Axes that make another task rather than another way to do it: what differs in them is not compared for the best.
TASK = ("denoiser", "initial", "teacher_solver", "teacher_grid", "teacher_steps", "samples_evaluate", "steps", "seed")
NAMES = {"samples_search": "searched", "samples_evaluate": "scored on"}
MOST_COLUMNS = 8  # of a default layout

WORDS = {  # how a number of an axis reads where nothing else names the axis
    "steps": stats.steps_text,
    "teacher_steps": lambda n: f"{n:g}-step teacher",
    "samples_search": lambda n: f"{n:g} searched",
    "samples_evaluate": lambda n: f"{n:g} others",
    "seed": lambda n: f"seed {n:g}",
}
SPOKEN = {("samples_evaluate", "same"): "the searched noise", ("calibration", "none"): "not calibrated"}

# Axes by name; relative: None or (axis, value), what the numbers are divided by; split: axes that make a table each
Layout = namedtuple("Layout", "rows columns metrics relative split")


def varying(study):
    """The axes with several values, without the seed, whose cells are pooled."""
    return [axis for axis in study.result.axes if axis != "seed" and len(study.result.values(axis)) > 1]


def axis_name(axis):
    return NAMES.get(axis, axis.replace("_", " "))


def row_text(study, axis, value):
    """A value of an axis whose name stands beside it."""
    if axis == METRIC:
        return stats.metric_title(value)
    return SPOKEN.get((axis, value), study.label(axis, value))


def value_text(study, axis, value):
    """A value of an axis by itself, as in a column's head."""
    if axis == METRIC:
        return stats.metric_title(value)
    number = isinstance(value, (int, float)) or str(value).isdecimal()
    if number and axis in WORDS:
        return WORDS[axis](float(value))
    label = study.label(axis, value)
    return SPOKEN.get((axis, value), f"teacher {label}" if axis == "teacher_solver" else label)


def groups(study, axes):
    """{values of these axes: the cells that have them}, in the order of the axes' values."""
    order = [{value: i for i, value in enumerate(study.result.values(axis))} for axis in axes]
    found = {}
    for cell in study.result.cells:
        found.setdefault(tuple(cell.axes[axis] for axis in axes), []).append(cell)
    return {key: found[key] for key in sorted(found, key=lambda key: [at[v] for at, v in zip(order, key)])}


def plain(value):
    """A value of an axis for comparing: files without their folders."""
    value = flow.parse(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return os.path.basename(value) if isinstance(value, str) else value


def find(values, wanted):
    """The one of `values` that `wanted` stands for, a bare name for the only one of its kind; else None."""
    same = [value for value in values if plain(value) == plain(wanted)]
    same = same or [value for value in values if flow.kind(value) == str(wanted)]
    return same[0] if len(same) == 1 else None


def _default(study):
    """(rows, columns): steps across; without several of them what tasks differ in, if that is little enough."""
    axes = varying(study)
    if "steps" in axes:
        columns = ["steps"]
    else:
        order = ("teacher_steps", "samples_evaluate", "denoiser", "teacher_grid", "teacher_solver", "initial")
        few = [axis for axis in order if axis in axes and len(study.result.values(axis)) <= MOST_COLUMNS]
        columns = few[:1] or ["steps"]
    rows = [axis for axis in axes if axis not in columns]
    return rows or [axis for axis in ("schedule",) if axis in study.result.axes], columns


def _written(study):
    """The config's map `report`, {} where it has none."""
    line = re.search(r"^report: (\{.*\})$", str(study.result.attributes.get("config", "")), re.MULTILINE)
    found = flow.parse(line[1]) if line else {}
    return found if isinstance(found, dict) else {}


def _relative(study, written):
    for axis, value in written.items():
        found = find(study.result.values(axis), value) if axis in study.result.axes else None
        if found is not None:
            return axis, found
    return None


def read(study, rows=None, columns=None, metrics=None):
    """The layout of the study's tables; what is given (lists of names) goes before what the config says."""
    known, measured = [*study.result.axes, METRIC], study.metrics
    for name in [*(rows or []), *(columns or [])]:
        if name not in known:
            raise load.ReportError(f"{study.result.path}: no axis '{name}'; there are: {', '.join(known)}")
    twice = [name for name in rows or [] if name in (columns or [])]
    if twice:
        raise load.ReportError(f"'{twice[0]}' can be among the rows or among the columns, not both")
    for name in metrics or []:
        if name not in measured:
            there = ", ".join(measured) or "none"
            raise load.ReportError(f"{study.result.path}: no metric '{name}'; there are: {there}")
    written = _written(study)
    if rows is None and columns is None:
        rows, columns = ([axis for axis in written.get(key, []) if axis in known] for key in ("rows", "columns"))
    default = _default(study)
    taken = [*(rows or []), *(columns or [])]
    free = [axis for axis in dict.fromkeys([*default[0], *default[1]]) if axis not in taken]
    if not rows and not columns:
        rows, columns = default
    elif not columns:  # what is left over goes across, if there is anything
        columns = [axis for axis in free if axis in default[1]] or [METRIC if METRIC not in taken else "steps"]
    elif not rows:
        rows = [axis for axis in free if axis not in default[1]] or free[:1]
    metrics = metrics or [name for name in written.get("metrics", []) if name in measured] or measured
    split = [axis for axis in varying(study) if axis not in [*rows, *columns]]
    return Layout(list(rows), list(columns), list(metrics), _relative(study, written.get("relative", {})), split)
