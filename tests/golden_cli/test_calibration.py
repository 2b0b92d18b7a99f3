#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Amplitude calibration: the golden files' students, and every rule of it against numpy in double."""

import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

KINDS = ("none", "scale", "affine")
LEVELS = (0.05, 0.95)
SAMPLES = 4
FILES = {"oss_search.h5": 12, "oss_search_1d.h5": 4}  # groups of each
STATE = 1e-4  # relative to a state's norm
QUANTILE = 1e-5


def teacher_quantiles(problem, levels=LEVELS, samples=None):
    """(N+1, 2): the mean over the samples of each one's quantiles."""
    return np.quantile(problem.teacher[:, :samples], levels, axis=2).mean(axis=2).T


def calibrate(x, kind, target, levels=LEVELS):
    """One state (D) on its way into the denoiser."""
    low, high = np.quantile(x, levels)
    if kind == "none" or low == high:
        return x
    scale = (target[1] - target[0]) / (high - low)
    return scale * x + (target[0] - scale * low if kind == "affine" else 0)


def walk(problem, sample, times, kind, quantiles, levels=LEVELS, start=None):
    """(M+1, D): what the denoiser is given at each of the descending times, then the end. quantiles: the teacher's on the grid."""
    x, states = problem.start[sample] if start is None else start, []
    for now, to in zip(times[:-1], times[1:]):
        target = [np.interp(now, problem.t, quantiles[:, i]) for i in range(2)]
        x = calibrate(x, kind, target, levels)
        states.append(x)
        if now != to:
            x = (to / now) * x + (1 - to / now) * problem.mixture.denoise(x, now)
    return np.array([*states, x])


def config_of(path, grid, schedule, steps, **student):
    return {
        "denoiser": {"kind": "gmm", "file": str(path)},
        "noise": {"file": str(path), "dataset": "noise"},
        "initial": "one",
        "samples": {"search": SAMPLES, "evaluate": "same"},
        "teacher": {"grid": {"kind": "file", "file": str(path), "dataset": f"{grid}/t"}, "cache": "none"},
        "student": {"steps": steps, "schedule": schedule, "calibration": list(KINDS), **student},
        "output": {"save": ["samples", "trajectory"]},
    }


class Base(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ossbench-calibration-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, **datasets):
        """A file of schedules; (path, dataset name) makes them options."""
        path = os.path.join(self.folder, name)
        with h5py.File(path, "a") as file:
            for key, values in datasets.items():
                file[key] = values
        return path

    def assert_states(self, got, want, what):
        got = got.reshape(len(got), -1).astype(float)
        error = np.linalg.norm(got - want.reshape(got.shape), axis=1) / np.linalg.norm(want.reshape(got.shape), axis=1)
        self.assertLess(error.max(), STATE, what)

    def load(self, name, grid):
        with h5py.File(ref.GOLDEN / name, "r") as file:
            golden = {key: item[()] for key, item in file[grid].items() if isinstance(item, h5py.Dataset)}
            budgets = {int(m[1:]): {k: v[()] for k, v in file[grid][m].items()} for m in file[grid] if m.startswith("M")}
            noise = file["noise"][()].astype(np.float32)
            return golden, budgets, ref.Problem(ref.load_mixture(file), golden["t"], noise)


class Goldens(Base):
    def test_students(self):
        compared = 0
        for name, groups in FILES.items():
            with h5py.File(ref.GOLDEN / name, "r") as file:
                grids = [g for g in file if g not in ("gmm", "noise")]
            self.assertEqual(len(grids), groups)
            for grid in grids:
                compared += self.check_grid(name, grid)
        self.assertEqual(compared, 12 * 3 + 4 * 2)

    def check_grid(self, name, grid):
        golden, budgets, problem = self.load(name, grid)
        rows = {f"m{m}": np.append(b["official_steps"][0][::-1], 0).astype(np.int32) for m, b in budgets.items()}
        path = self.write(f"{grid}-steps.h5", **rows)
        schedules = [{"kind": "file", "file": path, "dataset": key, "as": "index"} for key in rows]
        outcome = ref.run_config(self.folder, config_of(ref.GOLDEN / name, grid, schedules, list(budgets)), name=grid)
        quantiles = teacher_quantiles(problem)
        for i, levels in enumerate(("teacher_q05", "teacher_q95")):
            np.testing.assert_allclose(quantiles[1:, i], golden[levels], atol=1e-6, err_msg="this test's own")
        for m, budget in budgets.items():
            schedule, times = {"kind": "file", "dataset": f"m{m}"}, problem.t[rows[f"m{m}"]]
            for kind in KINDS:
                what = f"{grid} M{m} {kind}"
                cell = outcome.find(schedule, m, calibration=kind)
                ways = np.array([walk(problem, s, times, kind, quantiles) for s in range(SAMPLES)])
                self.assert_states(cell["samples/student"], ways[:, -1], what)
                np.testing.assert_allclose(cell["calibration/teacher"], quantiles, atol=QUANTILE, err_msg=what)
                seen = np.quantile(ways, LEVELS, axis=2).mean(axis=1).T
                np.testing.assert_allclose(cell["trajectory/quantiles"], seen, atol=STATE * np.abs(seen).max(), err_msg=what)
            self.assert_states(outcome.find(schedule, m, calibration="affine")["samples/student"], budget["calibrated_student_schedule0"], what)
        with h5py.File(os.path.join(self.folder, grid + ".h5"), "r") as file:
            kept = file["teacher/0000/quantiles"]
            np.testing.assert_array_equal(kept.attrs["levels"], LEVELS)
            self.assertEqual(kept.dtype, np.float64)
            for i, levels in enumerate(("teacher_q05", "teacher_q95")):
                np.testing.assert_allclose(kept[1:, i], golden[levels], atol=QUANTILE)
        return len(budgets)


class Rules(Base):
    name, grid = "oss_search.h5", "fm_shift3_N24"

    def run_one(self, schedule, steps, changes=None, name="config", **student):
        config = config_of(ref.GOLDEN / self.name, self.grid, schedule, steps, **student)
        config.update(changes or {})
        return ref.run_config(self.folder, config, name=name)

    def test_off_the_grid(self):
        """Times between the grid's, and beyond its ends: there the teacher's quantiles are those of the end."""
        _, _, problem = self.load(self.name, self.grid)
        times = np.array([0.93, 0.71, 0.4, 0.123, 0.0])
        schedule = {"kind": "file", "file": self.write("times.h5", times=times), "dataset": "times", "as": "t"}
        outcome = self.run_one(schedule, 4)
        quantiles = teacher_quantiles(problem)
        for kind in KINDS:
            cell = outcome.find("file", 4, calibration=kind)
            ways = np.array([walk(problem, s, times, kind, quantiles) for s in range(SAMPLES)])
            self.assert_states(cell["samples/student"], ways[:, -1], kind)
            for i in range(5):
                self.assert_states(cell["trajectory/student"][i], ways[:, i], f"{kind}, point {i}")
        part = problem.t[3:20]  # the teacher starts below the student and ends above it
        short = self.write("short.h5", t=part)
        outcome = self.run_one(schedule, 4, {"teacher": {"grid": {"kind": "file", "file": short, "dataset": "t"}, "cache": "none"}})
        self.assertTrue(times[0] > part[-1] and times[3] < part[0])
        problem = ref.Problem(problem.mixture, part, problem.start)
        ways = np.array([walk(problem, s, times, "affine", teacher_quantiles(problem)) for s in range(SAMPLES)])
        self.assert_states(outcome.find("file", 4, calibration="affine")["samples/student"], ways[:, -1], "beyond the grid")

    def test_other_quantiles_and_held_out_samples(self):
        """Quantiles are the searched samples', whoever is scored."""
        _, _, problem = self.load(self.name, self.grid)
        index = np.array([24, 17, 8, 0], dtype=np.int32)
        schedule = {"kind": "file", "file": self.write("steps.h5", index=index), "dataset": "index"}
        levels = (0.125, 0.6)
        outcome = self.run_one(schedule, 3, {"samples": {"search": 3, "evaluate": 1}}, quantiles=list(levels))
        quantiles = teacher_quantiles(problem, levels, 3)
        for kind in KINDS:
            cell = outcome.find("file", 3, calibration=kind)
            np.testing.assert_allclose(cell["calibration/teacher"], quantiles, atol=QUANTILE)
            self.assert_states(cell["samples/student"], walk(problem, 3, problem.t[index], kind, quantiles, levels)[-1:], kind)

    def test_a_schedule_a_sample(self):
        """With repeats in front where a sample takes fewer steps; trajectories hold what the denoiser got."""
        _, _, problem = self.load(self.name, self.grid)
        index = np.array([[24, 17, 8, 0], [20, 20, 9, 0], [23, 23, 23, 0], [22, 5, 1, 0]], dtype=np.int32)
        schedule = {"kind": "file", "file": self.write("steps.h5", index=index), "dataset": "index"}
        outcome = self.run_one(schedule, 3)
        quantiles = teacher_quantiles(problem)
        for kind in KINDS:
            cell = outcome.find("file", 3, calibration=kind)
            ways = np.array([walk(problem, s, problem.t[index[s]], kind, quantiles) for s in range(SAMPLES)])
            self.assert_states(cell["samples/student"], ways[:, -1], kind)
            got = cell["trajectory/student"].reshape(4, SAMPLES, -1)
            np.testing.assert_allclose(cell["trajectory/quantiles"], np.quantile(got, LEVELS, axis=2).mean(axis=2).T, rtol=1e-6, atol=1e-7)

    def test_two_calls(self):
        """Heun: the point of the second call is mapped too, and its noise is that of the mapped point."""
        _, _, problem = self.load(self.name, self.grid)
        times, quantiles = problem.t[[24, 15, 6, 0]], teacher_quantiles(problem)
        schedule = {"kind": "file", "file": self.write("steps.h5", index=np.array([24, 15, 6, 0], dtype=np.int32)), "dataset": "index"}
        outcome = self.run_one(schedule, 3, solver="heun")

        def noise(x, t):
            return (x - (1 - t) * problem.mixture.denoise(x, t)) / t

        def end(sample, kind):
            x = problem.start[sample]
            for now, to in zip(times[:-1], times[1:]):
                targets = [[np.interp(t, problem.t, quantiles[:, i]) for i in range(2)] for t in (now, to)]
                x = calibrate(x, kind, targets[0])
                ratio, slope = (1 - to) / (1 - now), (to - now) / (1 - now)
                if now == 1 or to == 0:
                    x = (to / now) * x + (1 - to / now) * problem.mixture.denoise(x, now)
                    continue
                first = noise(x, now)
                middle = calibrate(ratio * x + slope * first, kind, targets[1])
                x = ratio * x + slope * (first + noise(middle, to)) / 2
            return x

        for kind in KINDS:
            cell = outcome.find("file", 3, calibration=kind)
            self.assert_states(cell["samples/student"], np.array([end(s, kind) for s in range(SAMPLES)]), kind)

    def test_batches_change_nothing(self):
        search = {"kind": "oss", "samples": "joint"}
        results = [self.run_one(["uniform", search], [2, 5], {"samples": {"search": 3, "evaluate": "same", "batch": b}}, f"b{b}") for b in (1, 2, 3)]
        for result in results[1:]:
            for one, other in zip(results[0].cells, result.cells, strict=True):
                self.assertEqual(one.keys(), other.keys())
                for key in one:
                    if not key.endswith("_seconds"):
                        np.testing.assert_array_equal(one[key], other[key], err_msg=key)

    def test_none_is_no_calibration(self):
        alone = self.run_one("uniform", 4, calibration="none", name="alone").cells[0]
        beside = self.run_one("uniform", 4).find("uniform", 4, calibration="none")
        self.assertFalse({"trajectory/quantiles", "calibration/teacher"} & set(alone))
        for key in ("samples/student", "trajectory/student", "metrics/mse", "schedule/t"):
            np.testing.assert_array_equal(alone[key], beside[key])

    def test_one_search_serves_all_calibrations(self):
        found = self.run_one([{"kind": "oss", "samples": "per_sample"}, {"kind": "oss", "samples": "average"}], [2, 4])
        for samples in ("per_sample", "average"):
            for m in (2, 4):
                cells = [found.find({"kind": "oss", "samples": samples}, m, calibration=kind) for kind in KINDS]
                for cell in cells[1:]:
                    for key in ("schedule/index", "@search_nfe", "@search_seconds"):
                        np.testing.assert_array_equal(cells[0][key], cell[key], err_msg=key)
                self.assertFalse(np.array_equal(cells[0]["samples/student"], cells[2]["samples/student"]))

    def test_constant_states_are_left_alone(self):
        path = self.write("one.h5", t=np.linspace(0, 1, 9), noise=np.linspace(-1, 2, SAMPLES, dtype=np.float32)[:, None])
        with h5py.File(path, "a") as file:
            file["gmm/means"], file["gmm/scales"], file["gmm/weights"] = [[-1.0], [1.0]], [0.1, 0.2], [0.5, 0.5]
        config = config_of(path, "", "uniform", [3])
        config["teacher"]["grid"]["dataset"] = "t"
        outcome = ref.run_config(self.folder, config)
        ends = [outcome.find("uniform", 3, calibration=kind)["samples/student"] for kind in KINDS]
        np.testing.assert_array_equal(ends[0], ends[1])
        np.testing.assert_array_equal(ends[0], ends[2])


if __name__ == "__main__":
    unittest.main()
