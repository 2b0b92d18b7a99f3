#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Every metric through the program, against tests/support/metrics_reference.py on the states that the result holds."""

import json
import os
import re
import sys
import unittest

import h5py
import numpy as np
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import metrics_reference as ref  # noqa: E402
from cli import CliTest  # noqa: E402

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "metrics.h5")
PER_SAMPLE = {"kind": "oss", "variant": "carry", "samples": "per_sample"}
BASE = {"samples.evaluate": "same", "samples.search": 9, "output.save": ["samples", "trajectory"], "student.steps": 3}
SETS = [
    {"kind": "frechet", "bootstrap": 12},
    {"kind": "mmd", "bootstrap": 12},
    {"kind": "sliced_wasserstein", "bootstrap": 12, "projections": 20, "seed": 2**40 + 3},
    {"kind": "frechet", "features": "pca", "components": 4, "bootstrap": 12, "confidence": 0.5},
    {"kind": "mmd", "features": "pca", "components": 3, "bootstrap": 12},
    {"kind": "sliced_wasserstein", "features": "pca", "components": 3, "bootstrap": 0},
    {"kind": "frechet", "features": "file", "file": "problem.h5", "dataset": "matrix", "bootstrap": 12},
    {"kind": "frechet", "against": "data", "bootstrap": 0},
]
PLAIN = ["mse", "psnr", "l1", "cosine", "trajectory"]


def write_mixture(path, shape, components=3, seed=1, **datasets):
    rng, d = np.random.default_rng(seed), int(np.prod(shape))
    with h5py.File(path, "w") as file:
        file["gmm/means"] = rng.standard_normal((components, d)).astype("f4")
        file["gmm/scales"] = rng.uniform(0.3, 0.6, size=components)
        file["gmm/weights"] = np.full(components, 1.0 / components)
        file["gmm/shape"] = np.array(shape)
        file["matrix"] = rng.standard_normal((d, 5))
        file["schedule"] = np.array([8, 5, 2, 0], dtype="i4")
        for name, data in datasets.items():
            file[name] = data


class MetricTest(CliTest):
    def cells(self, name="out.h5"):
        file = h5py.File(self.path(name), "r")
        self.addCleanup(file.close)
        return [cell for cell in file["cells"].values() if cell.attrs["status"] == "done"]

    def check_alike(self, name, other):
        """The same metrics to the last bit."""
        for cell, twin in zip(self.cells(name), self.cells(other)):
            for metric, dataset in cell["metrics"].items():
                np.testing.assert_array_equal(dataset[()], twin["metrics"][metric][()])
                for key, value in dataset.attrs.items():
                    if key != "member":
                        np.testing.assert_equal(value, twin["metrics"][metric].attrs[key])

    def close(self, got, want, what, rtol=1e-9, atol=0.0):
        np.testing.assert_allclose(got, want, rtol=rtol, atol=atol, err_msg=what)

    def check_samples(self, cell):
        """The metrics of single samples."""
        student, teacher = (cell[f"samples/{who}"][()].astype(float) for who in ("student", "teacher"))
        for name in ("mse", "psnr", "l1", "cosine", "ssim"):
            if name in cell["metrics"]:
                self.close(cell[f"metrics/{name}"][()], getattr(ref, name)(student, teacher), f"{cell.name} {name}")
        paths = (cell[f"trajectory/{who}"][()].astype(float) for who in ("student", "teacher"))
        want = ref.trajectory(*paths, cell["schedule/index"][()], cell["schedule/used"][()])
        self.close(cell["metrics/trajectory"][()], want, f"{cell.name} trajectory")

    def features(self, metric, student, other):
        if metric["features"] == "pca":
            return ref.principal(student, other, metric["components"])
        if metric["features"] == "file":
            with h5py.File(self.path("problem.h5"), "r") as file:
                return student @ file["matrix"][()], other @ file["matrix"][()]
        return student, other

    def check_set(self, cell, dataset, other, paired):
        """One metric of all samples: value, standard deviation and interval."""
        metric, got = yaml.safe_load(dataset.attrs["member"]), dataset.attrs
        student = cell["samples/student"][()].astype(float).reshape(len(cell["samples/student"]), -1)
        x, y = self.features(metric, student, other)
        options = {key: metric[key] for key in ("projections", "seed") if key in metric}
        count, kind = metric["bootstrap"], metric["kind"]
        want = ref.estimate(getattr(ref, kind), x, y, paired, max(count, 2), metric["confidence"], kind != "mmd", **options)
        what, size = f"{cell.name} {got['member']}", max(abs(want[0]), 1e-3)
        self.assertEqual(dataset.shape, (1,))
        self.close([dataset[0], got["mean"]], want[0], what, 2e-6, 1e-9)
        self.assertEqual((got["count"], got["references"], got["bootstrap"]), (len(x), len(y), count))
        self.assertEqual("low" in got, count > 0)
        if count > 0:
            self.close([got["std"], got["low"], got["high"]], want[1:], what, 2e-5, 1e-6 * size)
            self.assertEqual(got["confidence"], metric["confidence"])
            self.assertTrue(got["low"] <= dataset[0] <= got["high"], what)
        else:
            self.assertTrue(np.isnan(got["std"]))


class Values(MetricTest):
    def test_every_metric(self):
        """Vectors, images and videos; more features than samples and fewer; batches that do not divide the samples."""
        cases = [((5,), 9, 4), ((2, 11, 13), 9, 2), ((1, 2, 12, 11), 6, 9), ((2, 3), 40, 7)]
        for shape, samples, batch in cases:
            names = ["ssim", *PLAIN] if len(shape) > 2 else PLAIN
            write_mixture(self.path("problem.h5"), shape)
            schedules = ["uniform", "oss", PER_SAMPLE, {"kind": "file", "file": "problem.h5", "dataset": "schedule"}]
            changes = {"metrics": names + SETS, "samples.search": samples, "samples.batch": batch, "student.schedule": schedules}
            self.run_config({**BASE, **changes}, "--output", "out.h5")
            cells = self.cells()
            self.assertEqual(len(cells), 4)
            for cell in cells:
                self.check_samples(cell)
                teacher = cell["samples/teacher"][()].astype(float).reshape(samples, -1)
                for dataset in cell["metrics"].values():
                    if dataset.attrs.get("against") == "teacher":
                        self.check_set(cell, dataset, teacher, True)

    def test_shared_times(self):
        """Grids that end above 0, schedules that end elsewhere than the grid, a single step, repeats in front, held-out samples."""
        write_mixture(self.path("problem.h5"), (6,), grid=np.linspace(0.05, 1, 9), times=np.array([1, 0.5, 0.2, 0.0]))
        grid = [{"kind": "edm", "end": "min"}, {"kind": "flow"}, {"kind": "file", "file": "problem.h5", "dataset": "grid"}]
        file = {"kind": "file", "file": "problem.h5", "dataset": "times", "as": "t"}
        changes = {"teacher.grid": grid, "teacher.steps": 8, "student.steps": [1, 3, 8], "student.schedule": ["uniform", PER_SAMPLE, file]}
        for evaluate in ("same", 5):
            self.run_config({**BASE, **changes, "samples.evaluate": evaluate, "metrics": ["trajectory", "mse"]})
            cells, shared = self.cells(), 0
            for cell in cells:
                self.check_samples(cell)
                shared += bool((cell["metrics/trajectory"][()] != cell["metrics/mse"][()]).any())
            self.assertTrue(0 < shared < len(cells))
            self.assertTrue(evaluate != "same" or any((cell["schedule/used"][()] < cell.attrs["steps"]).any() for cell in cells))

    def test_points_without_saving_them(self):
        """The trajectory's error is the same when neither it nor the samples are saved; what is saved stays what was asked for."""
        write_mixture(self.path("problem.h5"), (6,))
        changes = {**BASE, "metrics": ["trajectory", "frechet", "mse"], "student.schedule": "uniform", "samples.evaluate": 5}
        self.run_config(changes)
        self.run_config({**changes, "output.save": "none", "output.file": "none.h5"})
        full, bare = self.cells()[0], self.cells("none.h5")[0]
        self.assertEqual(set(bare), {"schedule", "metrics"})
        for name in full["metrics"]:
            np.testing.assert_array_equal(full[f"metrics/{name}"][()], bare[f"metrics/{name}"][()])

    def test_batches_and_threads(self):
        write_mixture(self.path("problem.h5"), (2, 11, 11))
        changes = {**BASE, "metrics": ["ssim", *PLAIN, *SETS]}
        self.run_config({**changes, "samples.batch": 9, "output.file": "a.h5"}, "--threads", "1")
        self.run_config({**changes, "samples.batch": 2, "output.file": "b.h5"}, "--threads", "3")
        self.check_alike("a.h5", "b.h5")

    def test_data(self):
        """Against the rows of a data set: all, of a class, and a part that is the same for every cell of a seed."""
        rng = np.random.default_rng(3)
        points, labels = rng.standard_normal((40, 7)).astype("f4"), rng.integers(0, 3, 40)
        write_mixture(self.path("problem.h5"), (7,), points=points, labels=labels)
        dataset = {"kind": "dataset", "file": "problem.h5", "dataset": "points", "labels": "labels"}
        metrics = [{"kind": kind, "against": "data", "bootstrap": 8} for kind in ("frechet", "mmd", "sliced_wasserstein")]
        metrics.append({"kind": "frechet", "against": "data", "features": "pca", "components": 2, "bootstrap": 8})
        metrics.append({"kind": "sliced_wasserstein", "against": "data", "references": 5, "projections": 400, "bootstrap": 0})
        for choice, rows in (("none", points), ("drawn", points), (1, points[labels == 1])):
            self.run_config({**BASE, "denoiser": {**dataset, "class": choice}, "metrics": metrics, "seed": [3, 4]})
            for cell in self.cells():
                for name in ("frechet", "mmd", "sliced_wasserstein", "frechet_1"):
                    self.check_unordered(cell, cell[f"metrics/{name}"], rows)
                self.assertEqual(cell["metrics/sliced_wasserstein_1"].attrs["references"], 5)
                self.assertEqual(cell["metrics/frechet"].attrs["against"], "data")

    def check_unordered(self, cell, dataset, rows):
        """As check_set, but the order of the references is the program's secret, and the bootstrap's with it."""
        metric = yaml.safe_load(dataset.attrs["member"])
        student = cell["samples/student"][()].astype(float)
        x, y = self.features(metric, student, rows.astype(float))
        ones = np.ones(len(x), int), np.ones(len(y), int)
        want = getattr(ref, metric["kind"])(x, y, *ones, **({"projections": 128} if "projections" in metric else {}))
        self.close(dataset[0], want, f"{cell.name} {dataset.name}", 2e-6, 1e-9)
        self.assertEqual(dataset.attrs["references"], len(rows))
        self.assertTrue(dataset.attrs["low"] <= want <= dataset.attrs["high"] and dataset.attrs["std"] > 0)

    def test_data_of_a_mixture(self):
        """A teacher of many steps samples the mixture: many of its samples lie close to as many drawn ones."""
        write_mixture(self.path("problem.h5"), (2,))
        metric = {"kind": "sliced_wasserstein", "against": "data", "references": 4000, "bootstrap": 50}
        changes = {"metrics": [metric, {**metric, "references": "all"}], "samples.evaluate": 2000, "samples.search": 1}
        self.run_config({**changes, "teacher.steps": 60, "student.steps": [2, 60], "student.schedule": "uniform"})
        few, many = self.cells()
        self.assertEqual(many["metrics/sliced_wasserstein"].attrs["references"], 4000)
        self.assertEqual(many["metrics/sliced_wasserstein_1"].attrs["references"], 2000)
        for name in ("sliced_wasserstein", "sliced_wasserstein_1"):
            self.assertLess(many[f"metrics/{name}"][0], 0.1)
            self.assertGreater(few[f"metrics/{name}"][0], 0.3)


class Golden(MetricTest):
    def test_distances(self):
        """Two sets of the golden file: a step that goes nowhere leaves the student at its noise, a; the data are b."""
        with h5py.File(GOLDEN, "r") as golden, h5py.File(self.path("sets.h5"), "w") as file:
            file["a"], file["b"], file["t"] = golden["frechet/a"][()], golden["frechet/b"][()], [0.5 - 1e-9, 0.5]
            want = [golden["frechet/value"][0], golden["frechet/mmd2_poly3_unbiased"][0]]
        metrics = [{"kind": kind, "against": "data"} for kind in ("frechet", "mmd")]
        changes = {
            "denoiser": {"kind": "dataset", "file": "sets.h5", "dataset": "b"},
            "noise": {"file": "sets.h5", "dataset": "a"},
            "initial": "one",
            "samples": {"search": 300, "evaluate": "same"},
            "teacher": {"grid": {"kind": "file", "file": "sets.h5", "dataset": "t", "as": "t"}, "cache": "none"},
            "student": {"steps": 1, "schedule": "uniform"},
        }
        self.run_config({**changes, "metrics": metrics})
        (cell,) = self.cells()
        for name, value in zip(("frechet", "mmd"), want):
            a = cell[f"metrics/{name}"].attrs
            self.close(a["mean"], value, name, 1e-6)
            self.assertTrue(0.01 * value < a["std"] < 0.3 * value and a["low"] < value < a["high"], dict(a))


class Files(MetricTest):
    def test_names_attributes_and_summary(self):
        metrics = ["frechet", {"kind": "frechet", "against": ["teacher", "data"], "bootstrap": 5}, "mse", {"kind": "mmd", "bootstrap": 0}]
        self.run_config({"metrics": metrics})
        names = ["frechet", "frechet_1", "frechet_2", "mse", "mmd"]
        with h5py.File(self.path("out.h5"), "r") as file:
            table = file["summary"][()]
            for number, cell in enumerate(file["cells"].values()):
                self.assertEqual(list(cell["metrics"]), names)
                for name, dataset in cell["metrics"].items():
                    a = dataset.attrs
                    kind = re.sub(r"_\d$", "", name)
                    self.assertEqual((yaml.safe_load(a["member"]) if "{" in a["member"] else {"kind": a["member"]})["kind"], kind)
                    self.assertEqual((dataset.shape, a["count"], a["higher_is_better"]), ((4,) if name == "mse" else (1,), 4, 0))
                    interval = name.startswith("frechet")
                    self.assertEqual("low" in a, interval)
                    self.assertEqual("against" in a, name != "mse")
                    for part in ("mean", "std", "low", "high"):
                        column = f"{name}_{part}"
                        self.assertEqual(column in table.dtype.names, interval or part in ("mean", "std"))
                        if column in table.dtype.names:
                            np.testing.assert_equal(table[column][number], a[part])
                self.assertEqual(cell["metrics/frechet_2"].attrs["against"], "data")

    def test_show_and_export(self):
        self.run_config({"metrics": ["mse", {"kind": "frechet", "confidence": 0.9, "bootstrap": 20}, {"kind": "mmd", "bootstrap": 0}]})
        overview = self.run_ok("show", "out.h5").out
        self.assertRegex(overview, r"cell .* mse +frechet +mmd")
        one = self.run_ok("show", "out.h5", "--cell", "0").out
        self.assertRegex(one, r"frechet +\S+ ± \S+  \(90%: \S+ to \S+; 4 samples\)")
        self.assertRegex(one, r"mmd +\S+  \(4 samples\)")
        data = json.loads(self.run_ok("export", "out.h5", "--cell", "0", "--to", "json").out)["metrics"]
        self.assertEqual(data["frechet"]["against"], "teacher")
        self.assertLess(data["frechet"]["low"], data["frechet"]["high"])
        self.assertIsNone(data["mmd"]["std"])

    def test_resolved_config(self):
        """The config in the result runs to the same result, features from a file included."""
        metrics = [{"kind": "mmd", "features": "file", "file": "problem.h5", "dataset": "matrix", "bootstrap": 5}, "frechet"]
        write_mixture(self.path("problem.h5"), (6,))
        self.run_config({"metrics": metrics})
        with h5py.File(self.path("out.h5"), "r") as file:
            self.write("again.yaml", file.attrs["config"])
        self.run_ok("run", "again.yaml", "--output", "again.h5")
        self.check_alike("out.h5", "again.h5")

    def test_dry_run_counts_memory(self):
        """End states of all samples, in float and in double, and the kernel of all pairs."""
        write_mixture(self.path("problem.h5"), (3000,))
        seen = {}
        for metric in ("mse", "frechet", "mmd", {"kind": "frechet", "against": "data", "references": 5000}):
            out = self.run_config({"metrics": metric, "samples.evaluate": 1000}, "--dry-run").out
            seen[str(metric)[:30]] = float(re.search(r"peak memory: ([\d.]+) MiB", out).group(1)) * 2**20
        plain, *more = seen.values()
        state = 1000 * 3000
        for got, least in zip(more, (2 * state * 12, 2 * state * 12 + 3e6 * 8, state * 4 + 5 * state * 4 + 6 * state * 8)):
            self.assertGreater(got - plain, 0.95 * least)
            self.assertLess(got - plain, 12 * least)


class Refusals(MetricTest):
    def test_one_sample(self):
        self.run_config({"samples.evaluate": 1, "metrics": ["mse", "cosine", "trajectory", "sliced_wasserstein"]})
        for cell in self.cells():
            self.assertAlmostEqual(cell["metrics/sliced_wasserstein"].attrs["std"], 0)
        for kind in ("frechet", "mmd"):
            words = (f"metric {kind} needs 2 samples", "the student has 1")
            self.run_config({"samples.evaluate": 1, "metrics": kind}, code=2, words=words)
            single = {"kind": kind, "against": "data", "references": 1}
            self.run_config({"samples.evaluate": 2, "metrics": single}, code=2, words=("the data 1",))

    def test_two_samples(self):
        self.run_config({"samples.evaluate": 2, "metrics": ["frechet", "mmd", "sliced_wasserstein"]})
        for cell in self.cells():
            for dataset in cell["metrics"].values():
                self.assertTrue(np.isfinite(dataset[0]))

    def test_no_images(self):
        write_mixture(self.path("small.h5"), (1, 10, 30))
        write_mixture(self.path("fits.h5"), (1, 11, 11))
        two = [{"kind": "gmm", "file": name} for name in ("problem.h5", "small.h5")]
        self.run_config({"metrics": "ssim"}, code=2, words=("ssim takes images (C, H, W)", "1 dimension"))
        self.run_config({"metrics": "ssim", "denoiser": two[1]}, code=2, words=("at least 11 x 11", "10 x 30"))
        self.run_config({"metrics": ["mse", "ssim"], "denoiser": [*two, {"kind": "gmm", "file": "fits.h5"}]})
        with h5py.File(self.path("out.h5"), "r") as file:
            left_out = [cell.attrs.get("metrics_left_out", "") for cell in file["cells"].values()]
            self.assertEqual([list(cell["metrics"]) for cell in file["cells"].values()], [["mse"]] * 8 + [["mse", "ssim"]] * 4)
        self.assertEqual(["ssim takes images" in text for text in left_out], [True] * 8 + [False] * 4)
        self.assertTrue(all("at least 11 x 11" in text for text in left_out[4:8]))

    def test_a_metric_left_out_is_named_once_for_a_denoiser(self):
        write_mixture(self.path("fits.h5"), (1, 11, 11))
        denoisers = [{"kind": "gmm", "file": name} for name in ("problem.h5", "fits.h5")]
        result = self.run_config({"metrics": ["ssim", "mse", "l1"], "denoiser": denoisers})
        self.assertEqual(result.err.count("left out"), 1)
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertEqual(set(file["cells/0000/metrics"]), {"l1", "mse"})
            self.assertTrue(np.isnan(file["summary"]["ssim_mean"][0]) and np.isfinite(file["summary"]["ssim_mean"][-1]))
        self.assertIn("ssim", self.run_ok("show", "out.h5").out)

    def test_bad_options(self):
        write_mixture(self.path("problem.h5"), (6,), wide=np.zeros((5, 6)), flat=np.zeros(6), points=np.eye(6))
        data = {"denoiser": {"kind": "dataset", "file": "problem.h5", "dataset": "points"}}
        cases = [
            ({"features": "file"}, 2, "features: file needs 'file'", {}),
            ({"file": "problem.h5"}, 2, "'file' is for features: file", {}),
            ({"features": "file", "file": "none.h5"}, 1, "none.h5", {}),
            ({"features": "file", "file": "problem.h5"}, 1, "features", {}),
            ({"features": "file", "file": "problem.h5", "dataset": "wide"}, 1, "(D, F) with D = 6", {}),
            ({"features": "file", "file": "problem.h5", "dataset": "flat"}, 1, "rank 1", {}),
            ({"references": 5}, 2, "references is for against: data", {}),
            ({"against": "data", "references": 7}, 2, "against 7 data samples: there are 6", data),
            ({"features": "pca", "components": 4}, 2, "at most 3 principal components", {}),
            ({"features": "pca"}, 2, "components is 16", {}),
            ({"bootstrap": 1}, 2, "bootstrap is 0 (none) or at least 2", {}),
            ({"bootstrap": -1}, 2, "bootstrap", {}),
            ({"confidence": 1}, 2, "confidence", {}),
            ({"against": "student"}, 2, "against", {}),
            ({"projection": 3}, 2, "no option 'projection'", {}),
        ]
        for options, code, word, changes in cases:
            for kind in ("frechet", "mmd", "sliced_wasserstein"):
                self.run_config({**changes, "metrics": {"kind": kind, **options}}, "--dry-run", code=code, words=(word,))
        self.run_config({"metrics": [{"kind": "sliced_wasserstein", "projections": 0}]}, code=2, words=("projections",))
        self.run_config({"metrics": [{"kind": "ssim", "window": 7}]}, code=2, words=("window",))

    def test_components_of_a_flat_set(self):
        """Principal components that the references do not vary in: the cell fails and says why."""
        write_mixture(self.path("problem.h5"), (4,), points=np.outer(np.arange(5.0), np.ones(4)).astype("f4"))
        metric = {"kind": "frechet", "against": "data", "features": "pca", "components": 2}
        changes = {"denoiser": {"kind": "dataset", "file": "problem.h5", "dataset": "points"}, "metrics": ["mse", metric]}
        self.run_config({**changes, "student.schedule": "uniform"}, code=1, words=("metric frechet: 2 principal components", "1 direction"))


if __name__ == "__main__":
    unittest.main()
