# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a result file (the file contract is section 6 of the design) into plain Python objects."""

import os
import re
import time
from collections import namedtuple

import h5py
import numpy as np

# Attributes of a cell that are not the value of an axis.
RESULTS = ("status", "reason", "key", "nfe", "depth", "search_nfe", "search_seconds", "sample_seconds", "teacher")
RESULTS += ("search_cost", "search_bound", "search_complete", "metrics_left_out")
RESULTS += ("origin_file", "origin_cell", "origin_key", "origin_denoiser", "origin_schedule")
# Axes in the order in which they are shown; others are found by what sets two cells apart.
AXES = ("denoiser", "initial", "teacher_grid", "teacher_solver", "teacher_steps", "samples_search", "samples_evaluate")
AXES += ("solver", "schedule", "calibration", "steps", "seed")


# A metric of all samples together: half the width of its bootstrap interval (nan without one), of how many samples
Whole = namedtuple("Whole", "half count confidence")


class ReportError(Exception):
    """What is wrong with the file or the request, in words for the user."""


def _plain(value):
    """An HDF5 attribute as str, int, float, bool, or a list of them."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.ravel().tolist()] if value.size != 1 else _plain(value.ravel()[0])
    if isinstance(value, h5py.Empty):
        return ""
    return value.item() if isinstance(value, np.generic) else value


def by_number(name):
    """Sorting key of a group's name: 9999 before 10000."""
    return (0, int(name), name) if name.isdecimal() else (1, 0, name)


def _hashable(value):
    return str(value) if isinstance(value, list) else value


class Cell:
    """One point of the sweep. Big arrays stay in the file until asked for."""

    def __init__(self, group):
        self.group = group
        self.name = group.name
        self.attributes = {key: _plain(value) for key, value in group.attrs.items()}
        self.status = str(self.attributes.get("status", "failed"))
        self.reason = str(self.attributes.get("reason", ""))
        self.axes = {}
        self.metrics, self.wholes, self.members = {}, {}, {}
        for key, data in group["metrics"].items() if self.done and "metrics" in group else ():
            self._add_metric(key, data)

    def _add_metric(self, key, data):
        values = {name: _plain(value) for name, value in data.attrs.items()}
        self.metrics[key] = np.atleast_1d(data[()]).astype(float).ravel()
        self.members[key] = str(values.get("member", key))
        if "against" in values:
            half = (values.get("high", np.nan) - values.get("low", np.nan)) / 2
            self.wholes[key] = Whole(half, int(values.get("count", 0)), values.get("confidence", np.nan))

    @property
    def done(self):
        return self.status == "done"

    def number(self, key):
        value = self.attributes.get(key)
        return float(value) if isinstance(value, (int, float)) else float("nan")

    def has(self, path):
        return path in self.group

    def array(self, path, rows=None):
        """A data set of the cell, its first `rows` rows, or None where it is missing."""
        if path not in self.group:
            return None
        data = self.group[path]
        return data[()] if rows is None or data.ndim == 0 else data[:rows]


class Result:
    """The file: its attributes, the cells, and the axes on which the cells differ."""

    def __init__(self, path, file):
        self.path = path
        self.file = file
        self.attributes = {key: _plain(value) for key, value in file.attrs.items()}
        self.cells = [Cell(file["cells"][key]) for key in sorted(file["cells"], key=by_number)]
        self.teachers = {}
        self.axes = self._find_axes()
        for cell in self.cells:
            cell.axes = {axis: _hashable(cell.attributes.get(axis, "")) for axis in self.axes}

    def _find_axes(self):
        axes = [axis for axis in AXES if any(axis in cell.attributes for cell in self.cells)]
        rest = list(dict.fromkeys(key for cell in self.cells for key in cell.attributes))
        rest = [key for key in rest if key not in AXES + RESULTS and not key.startswith("search_")]
        rest.sort(key=lambda key: not isinstance(self.cells[0].attributes.get(key), str))

        def points(names):
            return {tuple(str(cell.attributes.get(name, "")) for name in names) for cell in self.cells}

        for key in rest:  # an attribute is one more axis when the axes so far do not tell all cells apart
            if len(points(axes)) == len(self.cells):
                break
            if len(points(axes + [key])) > len(points(axes)):
                axes.insert(0, key)
        return axes

    def values(self, axis):
        """The values of an axis: numbers ascending, anything else in the file's order."""
        found = list(dict.fromkeys(cell.axes[axis] for cell in self.cells))
        return sorted(found) if all(isinstance(value, (int, float)) for value in found) else found

    def teacher(self, name):
        """The attributes of a teacher's group and its grid times `t`; {} where there is no such group."""
        if name not in self.teachers:
            group = self.file[name] if name and name in self.file else None
            found = {key: _plain(value) for key, value in group.attrs.items()} if group is not None else {}
            if group is not None and "t" in group:
                found["t"] = group["t"][()].astype(float)
            self.teachers[name] = found
        return self.teachers[name]

    def date(self):
        """When the run was, for reading; the file's own time where it does not say."""
        date = str(self.attributes.get("date", ""))
        if date:
            iso = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?Z", date)
            return f"{iso[1]} {iso[2]} UTC" if iso else date
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(os.path.getmtime(self.path))) + " (of the file)"

    def metric_names(self):
        """Every metric in the file, psnr first."""
        names = dict.fromkeys(name for cell in self.cells for name in cell.metrics)
        return sorted(names, key=lambda name: name != "psnr")


def load(path):
    """Open a result file; every way in which it can be unusable is a ReportError."""
    if not os.path.exists(path):
        raise ReportError(f"{path}: no such file")
    if os.path.isdir(path):
        raise ReportError(f"{path}: is a folder, expected a result file (.h5)")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        with open(path, "rb") as raw:
            signed = raw.read(8) == b"\x89HDF\r\n\x1a\n"
        state = "is damaged or cut short" if signed else "is not an HDF5 file"
        raise ReportError(f"{path}: {state} ({error})") from error
    try:
        if "cells" not in file or "schema_version" not in file.attrs:
            missing = "no group /cells" if "cells" not in file else "no attribute schema_version"
            raise ReportError(f"{path}: is an HDF5 file but not a result of ossbench ({missing})")
        result = Result(path, file)
    except (OSError, RuntimeError, KeyError, ValueError, AttributeError) as error:
        raise ReportError(f"{path}: is damaged, or its layout is not the file contract's ({error})") from error
    if not result.cells:
        raise ReportError(f"{path}: holds no cells")
    return result
