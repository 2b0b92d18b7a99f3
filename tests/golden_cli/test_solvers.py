#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Every trajectory of the golden file of solvers through the command line, as a teacher and as a student along the same times.

The file is in variance-exploding form, y = x (1 + sigma) for a state x in flow coordinates. Every point must be met to 1e-4 of its norm.
"""

import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

FILE = ref.GOLDEN / "solvers.h5"
GROUPS, TRAJECTORIES = 8, 232


def solver_of(name, attributes):
    """The config's member for a dataset of the file."""
    if name in ("euler", "heun", "dpm2"):
        return {"kind": name}
    if name == "euler_afs":
        return {"kind": "euler", "afs": True}
    kind = next(k for k in ("ipndm_v", "ipndm", "dpmpp", "unipc", "deis") if name.startswith(k))
    solver = {"kind": kind, "order": int(attributes["max_order"])}
    if kind == "deis":
        solver["mode"] = name.removeprefix("deis_").rstrip("0123456789")
    if kind in ("dpmpp", "unipc"):
        solver["predict"] = "x0" if attributes["predict_x0"] else "eps"
        solver["lower_order_final"] = bool(attributes["lower_order_final"])
    if kind == "unipc":
        solver["variant"] = attributes["variant"]
    return solver


def run_group(folder, name, axis, solvers, steps):
    """One run with all solvers as teachers or as students (the others are Euler's)."""
    path = str(FILE)
    return ref.run_config(
        folder,
        {
            "denoiser": {"kind": "gmm", "file": path},
            "noise": {"file": path, "dataset": "latents"},
            "initial": "t",
            "samples": {"search": 3, "evaluate": "same"},
            "teacher": {"solver": "euler", "grid": {"kind": "file", "file": path, "dataset": f"{name}/sigmas", "as": "sigma"}, "cache": "none"}
            | ({"solver": solvers} if axis == "teacher_solver" else {}),
            "student": {"solver": solvers if axis == "solver" else "euler", "steps": steps, "schedule": "uniform"},
            "metrics": "mse",
            "output": {"save": ["trajectory"]},
        },
        name=f"{name}-{axis}",
    )


class Group:
    """A sigma schedule of the file with all its trajectories, and what the program made of them."""

    def __init__(self, folder, file, name):
        group = file[name]
        self.name, self.sigmas = name, group["sigmas"][()]
        first = self.sigmas[0] * file["latents"][()]
        self.golden = {k: np.concatenate([first[None], v[()]]).astype(float) for k, v in group.items() if k != "sigmas"}
        self.solvers = {k: solver_of(k, {a: self.plain(v) for a, v in group[k].attrs.items()}) for k in self.golden}
        distinct = [s for i, s in enumerate(self.solvers.values()) if s not in list(self.solvers.values())[:i]]
        runs = {axis: run_group(folder, name, axis, distinct, len(self.sigmas) - 1) for axis in ("teacher_solver", "solver")}
        self.cells = {axis: outcome.cells for axis, outcome in runs.items()}

    @staticmethod
    def plain(value):
        return value.decode() if isinstance(value, bytes) else value

    def states(self, axis, dataset):
        """The program's trajectory in variance-exploding form: (points, samples, ...)."""
        found = [c for c in self.cells[axis] if ref.matches(c["@" + axis], {"afs": False} | self.solvers[dataset])]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} cells with {axis} {self.solvers[dataset]}")
        states = found[0]["trajectory/" + ("teacher" if axis == "teacher_solver" else "student")].astype(float)
        golden = self.golden[dataset]
        return states.reshape(golden.shape) * (1.0 + self.sigmas).reshape(-1, *[1] * (golden.ndim - 1))


def distance(states, golden):
    """Of each point, the largest over samples, relative to the point's norm."""
    axes = tuple(range(2, golden.ndim))
    return (np.sqrt(((states - golden) ** 2).sum(axes)) / np.sqrt((golden**2).sum(axes))).max(1)


class SolverGoldens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-solvers-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        with h5py.File(FILE, "r") as file:
            cls.groups = [Group(cls.folder, file, name) for name in file if name not in ("gmm", "latents")]

    def test_nothing_is_left_out(self):
        self.assertEqual(len(self.groups), GROUPS)
        self.assertEqual(sum(len(group.golden) for group in self.groups), TRAJECTORIES)

    def check(self, axis):
        worst = {}
        for group in self.groups:
            for dataset, golden in group.golden.items():
                with self.subTest(group=group.name, dataset=dataset):
                    off = distance(group.states(axis, dataset), golden)
                    worst[dataset] = max(worst.get(dataset, 0.0), off.max())
                    self.assertTrue((off <= ref.RELATIVE).all(), f"{group.solvers[dataset]}: relative distance by point {off}")
        print(f"{axis}: " + ", ".join(f"{name} {value:.1e}" for name, value in sorted(worst.items())))

    def test_teachers(self):
        self.check("teacher_solver")

    def test_students(self):
        self.check("solver")


if __name__ == "__main__":
    unittest.main()
