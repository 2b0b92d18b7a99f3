#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What must hold for every search, whatever the problem: through the command line, on small mixtures and data sets."""

import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

SAMPLES = 5
BUDGETS = [1, 2, 3, 5, 8]
GRIDS = [{"kind": "edm"}, {"kind": "flow", "shift": 3}, {"kind": "cosine"}]
STARTS = ("free", "pinned")
VARIANTS = ("official", "paper", "carry")
TIMES = ("@search_seconds", "@sample_seconds", "@key")


def oss(variant="paper", start="free", samples="per_sample", **options):
    return dict({"kind": "oss", "variant": variant, "start": start, "samples": samples}, **options)


PER_SAMPLE = [oss(v, s) for v in VARIANTS for s in STARTS]
JOINT = [oss(v, s, "joint", reduce=r) for v in VARIANTS for s in STARTS for r in ("mean", "log_mean")]
AVERAGE = [oss(v, "free", "average", average=a) for v in VARIANTS for a in ("median", "mean", "official")]


class PropertyTest(unittest.TestCase):
    """A fresh folder with two mixtures, a small data set and noise."""

    def setUp(self):
        self.compared = 0
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="ossbench-property-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        rng = np.random.default_rng(11)
        for name, components, elements in (("wide.h5", 6, 12), ("thin.h5", 2, 1)):
            with h5py.File(self.path(name), "w") as file:
                file["gmm/means"] = 1.5 * rng.normal(size=(components, elements))
                file["gmm/scales"] = rng.uniform(0.02, 0.5, size=components)
                file["gmm/weights"] = rng.uniform(0.5, 2.0, size=components)
                file["noise"] = rng.normal(size=(SAMPLES, elements)).astype(np.float32)

    def tearDown(self):
        self.assertGreater(self.compared, 0, "this test compared nothing")

    def path(self, name):
        return os.path.join(self.dir, name)

    def config(self, schedules, problem="wide.h5", grid=GRIDS[0], steps=BUDGETS, **sections):
        config = {
            "denoiser": {"kind": "gmm", "file": self.path(problem)},
            "noise": {"file": self.path(problem), "dataset": "noise"},
            "samples": {"search": SAMPLES, "evaluate": "same"},
            "teacher": {"grid": grid, "steps": 10, "cache": "none"},
            "student": {"steps": steps, "schedule": schedules},
            "output": {"save": ["tables", "samples"]},
        }
        config.update(sections)
        return {key: value for key, value in config.items() if value is not None}

    def run_config(self, config, *args, name="config"):
        return ref.run_config(self.dir, config, *args, name=name)

    def outcomes(self, schedules, **sections):
        for problem in ("wide.h5", "thin.h5"):
            yield self.run_config(self.config(schedules, problem, grid=GRIDS, **sections))

    def assert_same(self, first, second, keys=None):
        """Cells of the same bits, but for times."""
        self.assertEqual(len(first.cells), len(second.cells))
        for a, b in zip(first.cells, second.cells):
            self.assertEqual(a.keys(), b.keys())
            for key in keys or (k for k in a if k not in TIMES):
                x, y = np.asarray(a[key]), np.asarray(b[key])
                self.assertEqual((x.dtype, x.shape, x.tobytes()), (y.dtype, y.shape, y.tobytes()), f"{a['@schedule']} M{a['@steps']} {key}")
                self.compared += 1


class Frequencies(PropertyTest):
    """The cost dct is the cost feature with the matrix of its cosines; with every frequency that of all elements."""

    def check(self, shape, keep):
        with h5py.File(self.path("wide.h5"), "r+") as file:
            if shape:
                file["gmm/shape"] = shape
            sides = [1, 1, *shape][-2:] if shape else [1, 12]
            waves = [np.array([[np.cos(np.pi * (n + 0.5) * k / size) for n in range(size)] for k in range(min(keep, size))]) for size in sides]
            waves = [w / np.linalg.norm(w, axis=1, keepdims=True) for w in waves]
            plane = np.kron(*waves)
            file["features"] = np.kron(np.eye(12 // plane.shape[1]), plane).T.astype(np.float32)
        costs = [{"kind": "dct", "keep": keep}, {"kind": "feature", "file": self.path("wide.h5"), "dataset": "features"}]
        costs += [{"kind": "dct", "keep": 12}, {"kind": "xt"}]
        config = [self.config([oss(cost=cost)], steps=[5], noise=None) for cost in costs]
        cells = [self.run_config(each).cells[0] for each in config]
        for first, second in (cells[:2], cells[2:]):
            np.testing.assert_allclose(first["search/cost"], second["search/cost"], rtol=1e-4, atol=1e-9)
            self.compared += 1
        self.assertGreater(np.nanmax(np.abs(cells[0]["search/cost"][:, -1, 0] - cells[2]["search/cost"][:, -1, 0])), 1e-6)

    def test_a_row(self):
        self.check(None, 3)

    def test_pictures(self):
        self.check((2, 2, 3), 2)


class Tables(PropertyTest):
    def test_carry_never_gets_worse(self):
        for outcome in self.outcomes([oss("carry", s, k) for s in STARTS for k in ("per_sample", "joint")]):
            for cell in outcome.cells:
                cost = cell["search/cost"]
                self.assertTrue(np.all(cost[:, 1:] <= cost[:, :-1]), cell["@schedule"])
                self.compared += cost[:, 1:].size

    def test_claims_hold(self):
        """The cost at index 0 is what resampling the schedule gives, for paper and carry."""
        for outcome in self.outcomes([s for s in PER_SAMPLE + JOINT if s["variant"] != "official"]):
            for cell in outcome.cells:
                claimed, mse = cell["search/cost"][:, -1, 0], cell["metrics/mse"]
                if ref.matches(cell["@schedule"], {"samples": "joint", "reduce": "mean"}):
                    mse = mse.mean(keepdims=True)
                elif ref.matches(cell["@schedule"], {"samples": "joint"}):
                    mse = np.exp(np.log(np.maximum(mse, np.finfo(float).tiny)).mean(keepdims=True))
                self.assertEqual(claimed.shape, mse.shape)
                np.testing.assert_allclose(claimed, mse, rtol=1e-4, atol=1e-10, err_msg=f"{cell['@schedule']} M{cell['@steps']}")
                self.compared += mse.size

    def test_official_and_carry_hold_the_same_costs(self):
        """They differ in the backtrack alone."""
        for outcome in self.outcomes([oss(v, s) for v in ("official", "carry") for s in STARTS]):
            for cell in outcome.cells:
                if not ref.matches(cell["@schedule"], {"variant": "official"}):
                    continue
                start = "free" if "start: free" in cell["@schedule"] else "pinned"
                carry = outcome.find(oss("carry", start), cell["@steps"], teacher_grid=cell["@teacher_grid"])
                np.testing.assert_array_equal(cell["search/cost"], carry["search/cost"])
                self.compared += 1


class Schedules(PropertyTest):
    def test_strictly_decreasing(self):
        fewer = 0
        for outcome in self.outcomes(PER_SAMPLE + JOINT + AVERAGE + ["uniform"], output={"save": ["tables"]}):
            for cell in outcome.cells:
                fewer += self.check_rows(cell, outcome.teachers[cell["@teacher"].split("/")[-1]])
        self.assertGreater(fewer, 0, "no schedule used fewer steps than its budget: these problems test too little")

    def check_rows(self, cell, grid):
        what, m = f"{cell['@schedule']} M{cell['@steps']}", cell["@steps"]
        index, t, used = cell["schedule/index"], cell["schedule/t"], cell["schedule/used"]
        shared = not ref.matches(cell["@schedule"], {"kind": "oss", "samples": "per_sample"})
        self.assertEqual(index.shape, (1 if shared else SAMPLES, m + 1), what)
        self.assertTrue(np.all(t[:, -1] == 0.0) and np.all(index[:, -1] == 0), what)
        for i, times, count in zip(index, t, used):
            self.assertTrue(1 <= count <= m, what)
            self.assertTrue(np.all(times[: m - count] == times[m - count]), what)
            self.assertTrue(np.all(np.diff(times[m - count :]) < 0), f"{what} {times}")
            if "oss" in what:
                np.testing.assert_array_equal(grid[i], times, err_msg=what)
                if "start: pinned" in what:
                    self.assertEqual(i[0], len(grid) - 1, what)
            if "variant: paper" in what and "start: pinned" in what and "average" not in what.split("samples:")[1][:9]:
                self.assertEqual(count, m, what)
            self.compared += 1
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(cell["schedule/sigma"], t / (1 - t), rtol=1e-12)
        self.assertEqual(cell["@depth"], used.max(), what)
        self.assertEqual(cell["@nfe"], used.max(), what)
        return int(np.any(used < m))

    def test_averages(self):
        """Of the schedules in search/index, for odd and even numbers of samples."""
        for samples in (SAMPLES, SAMPLES - 1):
            config = self.config([oss("paper", "pinned", "average", average=a) for a in ("median", "mean", "official")])
            config["samples"]["search"], config["teacher"]["steps"] = samples, 60
            outcome, spread = self.run_config(config), 0
            for cell in outcome.cells:
                ordered = np.sort(cell["search/index"], axis=0)
                middle = samples // 2
                official = (ordered[middle] + ordered[middle - 1]) // 2
                got, what = cell["schedule/index"][0], f"{cell['@schedule']} M{cell['@steps']} of {samples}"
                if "average: mean" in what:  # halves may go either way
                    self.assertLessEqual(np.abs(got - ordered.mean(0)).max(), 0.5, what)
                else:
                    odd = "average: median" in what and samples % 2 == 1
                    np.testing.assert_array_equal(got, ordered[middle] if odd else official, err_msg=what)
                spread += np.sum(ordered[middle] != official)
                self.compared += 1
            self.assertGreater(spread, 0, "the samples agree too much to tell one average from another")

    def test_mixed_lengths_average(self):
        """Samples of fewer steps than others (carry, many steps) still give a descending average: where entries meet they are one step."""
        merged = 0
        for seed, grid in ((2, "cosine"), (8, "cosine"), (15, "flow")):  # problems where they do meet
            rng = np.random.default_rng(seed)
            components, elements = int(rng.integers(1, 4)), int(rng.integers(1, 3))
            with h5py.File(self.path("mixed.h5"), "w") as file:
                file["gmm/means"] = 1.5 * rng.normal(size=(components, elements))
                file["gmm/scales"], file["gmm/weights"] = rng.uniform(0.02, 0.5, size=components), np.ones(components)
            for samples in (2, 3, 4):
                schedules = [oss("carry", "free", "average", average=a) for a in ("median", "mean", "official")]
                config = self.config(schedules, "mixed.h5", {"kind": grid}, [2, 3, 4, 5, 6], noise=None, initial="one")
                config["samples"]["search"], config["teacher"]["steps"] = samples, 6
                for cell in self.run_config(config).cells:
                    index = np.array(ref.drop_repeats(cell["schedule/index"][0]))
                    self.assertTrue(np.all(np.diff(index) < 0) and index[-1] == 0, index)
                    median = np.median(cell["search/index"], axis=0)
                    merged += int(np.any(np.diff(median[1:]) == 0) and median[0] > median[1])
                    self.compared += 1
        self.assertGreater(merged, 0, "these problems test too little")

    def test_one_search_serves_every_budget(self):
        """Together or alone: the same bits; and the denoiser calls told are those of that budget."""
        schedules = [oss("paper"), oss("carry", "pinned"), oss("official", "free", "average"), oss("paper", "free", "joint")]
        together = self.run_config(self.config(schedules), "--set", "student.steps=[8, 2, 5]")
        alone = []
        for m in (8, 2, 5):
            alone.append(self.run_config(self.config(schedules, steps=m), name=f"m{m}"))
        for m, outcome in zip((8, 2, 5), alone):
            for schedule in schedules:
                a, b = together.find(schedule, m), outcome.find(schedule, m)
                for key in ("search/cost", "search/from", "schedule/index", "metrics/mse"):
                    np.testing.assert_array_equal(a[key], b[key], err_msg=f"{schedule} M{m} {key}")
                for cell in (a, b):
                    self.assertEqual(cell["@search_nfe"], SAMPLES * 10 * m)
                self.compared += 1


class Repeatable(PropertyTest):
    SCHEDULES = [oss("paper"), oss("official", "pinned"), oss("carry", "free", "joint"), oss("paper", "free", "joint", reduce="log_mean"),
                 oss("paper", "free", "average"), "uniform"]

    def test_batches_and_threads(self):
        def run(batch, threads):
            config = self.config(self.SCHEDULES, samples={"search": SAMPLES, "evaluate": "same", "batch": batch})
            return self.run_config(config, "--threads", str(threads))

        base = run(SAMPLES, 1)
        for batch in (1, 3, SAMPLES, 64):
            for threads in (1, 2):
                self.assert_same(base, run(batch, threads))

    def test_held_out_samples(self):
        """The same for scores on other samples than the searched ones, with drawn noise."""
        schedules = [s for s in self.SCHEDULES if s == "uniform" or s["samples"] != "per_sample"]

        def run(batch):
            return self.run_config(self.config(schedules, noise=None, samples={"search": 3, "evaluate": 7, "batch": batch}))

        base = run(64)
        self.assertEqual(base.cells[0]["samples/student"].shape[0], 7)
        for batch in (1, 3):
            self.assert_same(base, run(batch))

    def test_permuted_samples(self):
        order = np.array([3, 0, 4, 1, 2])
        base = self.run_config(self.config(self.SCHEDULES))
        with h5py.File(self.path("wide.h5"), "r+") as file:
            file["noise"][...] = file["noise"][:][order]
        other = self.run_config(self.config(self.SCHEDULES))
        for a, b in zip(base.cells, other.cells):
            what = f"{a['@schedule']} M{a['@steps']}"
            joint = "samples: joint" in what
            for key in ("metrics/mse", "samples/student", "samples/teacher"):
                np.testing.assert_array_equal(a[key][order], b[key], err_msg=f"{what} {key}")
            for key in ("schedule/index", "search/cost", "search/from", "search/index"):
                if key not in a:
                    continue
                if key == "search/cost" and joint:  # its sums run in another order
                    np.testing.assert_allclose(a[key], b[key], rtol=1e-10, err_msg=f"{what} {key}")
                else:
                    want = a[key][order] if len(a[key]) == SAMPLES else a[key]
                    np.testing.assert_array_equal(want, b[key], err_msg=f"{what} {key}")
                self.compared += 1

    def test_cached_teacher(self):
        cache = self.path("cache")
        os.mkdir(cache)
        base = self.run_config(self.config(self.SCHEDULES))
        for attempt in ("stored", "loaded"):
            config = self.config(self.SCHEDULES)
            config["teacher"]["cache"] = cache
            self.assert_same(base, self.run_config(config, name=attempt))
            self.assertGreater(len(os.listdir(cache)), 0)
            with h5py.File(self.path(attempt + ".h5"), "r") as file:
                nfe = file["teacher/0000"].attrs.get("nfe")
            self.assertEqual(nfe, SAMPLES * 10 if attempt == "stored" else 0)

    def test_seeds(self):
        """Every seed its own noise, and the same one again."""
        config = self.config(["uniform", oss()], noise=None, seed=[0, 1])
        outcome = self.run_config(config)
        half = len(outcome.cells) // 2
        for a, b in zip(outcome.cells[:half], outcome.cells[half:]):
            self.assertEqual((a["@seed"], b["@seed"], a["@schedule"], a["@steps"]), (0, 1, b["@schedule"], b["@steps"]))
            self.assertTrue(np.all(a["samples/teacher"] != b["samples/teacher"]))
        self.assert_same(outcome, self.run_config(config))


class Denoisers(PropertyTest):
    """One step to t = 0 gives the denoiser's output at the first time: D from the end state of uniform with M = 1."""

    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(5)
        self.points = rng.normal(size=(30, 2, 3, 3)).astype(np.float32)
        self.labels = np.arange(30, dtype=np.int32) % 3
        self.noise = rng.normal(size=(12, 2, 3, 3)).astype(np.float32)
        with h5py.File(self.path("data.h5"), "w") as file:
            file["data/points"], file["data/labels"], file["noise"] = self.points, self.labels, self.noise
            file["grid"] = np.array([0.0, 0.3, 0.8])

    def end_states(self, initial="one", **options):
        config = self.config(["uniform"], noise={"file": self.path("data.h5"), "dataset": "noise"}, initial=initial, steps=1)
        config["denoiser"] = dict({"kind": "dataset", "file": self.path("data.h5")}, **options)
        config["samples"] = {"search": len(self.noise), "evaluate": "same"}
        config["teacher"] = {"grid": {"kind": "file", "file": self.path("data.h5"), "dataset": "grid", "as": "t"}, "cache": "none"}
        return self.run_config(config).cells[0]

    def expect(self, choice, scale=1.0, bandwidth=0.0):
        """D at t = 0.8 of scale * noise, from the points of a class (None: all)."""
        chosen = self.points if choice is None else self.points[self.labels == choice]
        mixture = ref.Mixture(chosen.reshape(len(chosen), -1), np.full(len(chosen), bandwidth), np.ones(len(chosen)))
        x = (scale * self.noise.astype(float)).reshape(len(self.noise), -1)
        return mixture.denoise(x, 0.8).reshape(self.noise.shape)

    def assert_states(self, got, want):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)
        self.compared += got.size

    def test_unconditional(self):
        for bandwidth in (0.0, 0.2):
            self.assert_states(self.end_states(bandwidth=bandwidth)["samples/student"], self.expect(None, bandwidth=bandwidth))

    def test_start(self):
        """initial: one leaves the noise, initial: t scales it by the first time."""
        self.assert_states(self.end_states("t")["samples/student"], self.expect(None, scale=0.8))
        self.assert_states(self.end_states("one")["samples/student"], self.expect(None))

    def test_class(self):
        for choice in (0, 2):
            cell = self.end_states(**{"class": str(choice), "guidance": 1})
            self.assert_states(cell["samples/student"], self.expect(choice))
            self.assertEqual(cell["@nfe"], 1)

    def test_guidance(self):
        cell = self.end_states(**{"class": "1", "guidance": 2.5})
        plain, guided = self.expect(None), self.expect(1)
        self.assert_states(cell["samples/student"], plain + 2.5 * (guided - plain))
        self.assertEqual(cell["@nfe"], 2)

    def test_drawn_class(self):
        """Every sample gets some class, not all the same one."""
        got = self.end_states(**{"class": "drawn"})["samples/student"]
        distance = np.array([np.abs(got - self.expect(c)).reshape(len(got), -1).max(1) for c in range(3)])
        self.assertLess(distance.min(0).max(), 1e-4)
        self.assertGreater(len(set(distance.argmin(0))), 1)
        self.compared += len(got)

    def test_limit(self):
        self.points, self.labels = self.points[:7], self.labels[:7]
        self.assert_states(self.end_states(limit=7)["samples/student"], self.expect(None))


if __name__ == "__main__":
    unittest.main()
