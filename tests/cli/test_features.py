#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""features: digits, a classifier's last hidden layer, against the same network in numpy and double."""

import json
import os
import sys
import unittest

import h5py
import numpy as np
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import metrics_reference as ref  # noqa: E402
from cli import CliTest  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SHIPPED = os.path.join(ROOT, "models", "digits_features.safetensors")
ARGUMENTS = {"img_resolution": 8, "in_channels": 2, "channels": [3, 5], "features": 6, "num_classes": 4}
KINDS = ("frechet", "mmd", "sliced_wasserstein")


def tensors_of(arguments, seed=4):
    rng, (first, second), n = np.random.default_rng(seed), arguments["channels"], arguments["img_resolution"] // 4
    shapes = {"conv0": (first, arguments["in_channels"], 3, 3), "conv1": (second, first, 3, 3), "dense0": (arguments["features"], n * n * second)}
    shapes["dense1"] = (arguments["num_classes"], arguments["features"])
    found = {}
    for name, shape in shapes.items():
        found[f"{name}.weight"] = rng.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype("<f4")
        found[f"{name}.bias"] = rng.normal(0, 0.3, shape[0]).astype("<f4")
    return found


def write_safetensors(path, tensors, metadata):
    header, body = {"__metadata__": {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}}, b""
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(body), len(body) + values.nbytes]}
        body += values.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + body)


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = file.read()
    metadata = header.pop("__metadata__")
    return {name: np.frombuffer(body[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]) for name, t in header.items()}, metadata


def silu(x):
    return x / (1 + np.exp(-x))


def features(tensors, x):
    """(n, C, H, W) to (n, features), in double."""
    w = {name: values.astype(float) for name, values in tensors.items()}
    for conv in ("conv0", "conv1"):
        wide = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
        patches = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), axis=(2, 3))
        x = silu(np.einsum("nchwij,ocij->nohw", patches, w[f"{conv}.weight"]) + w[f"{conv}.bias"][:, None, None])
        x = x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).mean(axis=(3, 5))
    flat = x.transpose(0, 2, 3, 1).reshape(len(x), -1)  # row, column, channel
    return silu(flat @ w["dense0.weight"].T + w["dense0.bias"])


class Features(CliTest):
    def setUp(self):
        super().setUp()
        self.tensors = tensors_of(ARGUMENTS)
        self.write_network()
        self.write_mixture((2, 8, 8))

    def write_network(self, drop=(), tensors=None, metadata=None):
        found = {name: values for name, values in (tensors or self.tensors).items() if name not in drop}
        write_safetensors(self.path("digits.safetensors"), found, {"class": "DigitsClassifier", **ARGUMENTS, **(metadata or {})})

    def write_mixture(self, shape, name="problem.h5"):
        rng, d = np.random.default_rng(3), int(np.prod(shape))
        with h5py.File(self.path(name), "w") as file:
            file["gmm/means"] = rng.normal(0, 0.7, (4, d)).astype("f4")
            file["gmm/scales"], file["gmm/weights"] = rng.uniform(0.3, 0.6, 4), np.full(4, 0.25)
            file["gmm/shape"] = np.array(shape)

    def changes(self, file="digits.safetensors", count=70, **options):
        metrics = [{"kind": kind, "features": "digits", "file": file, "bootstrap": 8, **options} for kind in KINDS]
        return {"metrics": ["mse", *metrics], "samples.evaluate": count, "samples.search": 2, "output.save": ["samples"], "student.steps": 3,
                "student.schedule": ["uniform"]}

    def check_values(self, tensors):
        """Every metric of the result is that of the features that numpy finds in its samples."""
        with h5py.File(self.path("out.h5")) as file:
            for cell in file["cells"].values():
                student, teacher = (features(tensors, cell[f"samples/{who}"][()].astype(float)) for who in ("student", "teacher"))
                for kind in KINDS:
                    member = yaml.safe_load(cell[f"metrics/{kind}"].attrs["member"])
                    options = {key: member[key] for key in ("projections", "seed") if key in member}
                    want = ref.estimate(getattr(ref, kind), student, teacher, True, 8, 0.95, kind != "mmd", **options)
                    got = cell[f"metrics/{kind}"]
                    np.testing.assert_allclose(got[0], want[0], rtol=2e-5, atol=1e-7, err_msg=kind)
                    np.testing.assert_allclose([got.attrs[key] for key in ("std", "low", "high")], want[1:], rtol=2e-4, atol=1e-6, err_msg=kind)

    def test_numpy_finds_the_same(self):
        self.run_config(self.changes())  # 70: more than a chunk, and not a whole number of them
        self.check_values(self.tensors)

    def test_the_shipped_classifier(self):
        if not os.path.exists(SHIPPED):
            self.skipTest("models/digits_features.safetensors is not there")
        tensors, metadata = read_safetensors(SHIPPED)
        side = json.loads(metadata["img_resolution"])
        self.write_mixture((1, side, side))
        self.run_config(self.changes(SHIPPED, 20))
        self.check_values(tensors)

    def test_against_data(self):
        self.run_config(self.changes(against="data", references=40, count=30))
        with h5py.File(self.path("out.h5")) as file:
            self.assertEqual(file["cells/0000/metrics/frechet"].attrs["references"], 40)

    def test_batches_and_threads_change_nothing(self):
        def values(*arguments, **changes):
            self.run_config({**self.changes(), **changes}, *arguments)
            with h5py.File(self.path("out.h5")) as file:
                return [file[f"cells/0000/metrics/{kind}"][0] for kind in KINDS]

        self.assertEqual(values("--threads", "1", **{"samples.batch": 7}), values("--threads", "2", **{"samples.batch": 64}))

    def test_prefixed_names(self):
        self.run_config(self.changes())
        self.write_network(tensors={f"model.{name}": values for name, values in self.tensors.items()})
        self.run_config({**self.changes(), "output.file": "b.h5"})
        with h5py.File(self.path("out.h5")) as a, h5py.File(self.path("b.h5")) as b:
            self.assertEqual(a["cells/0000/metrics/frechet"][0], b["cells/0000/metrics/frechet"][0])

    def test_the_key_holds_the_weights(self):
        def key():
            self.run_config(self.changes())
            with h5py.File(self.path("out.h5")) as file:
                return file["cells/0000"].attrs["key"]

        before = key()
        self.write_network(tensors=tensors_of(ARGUMENTS, 5))
        self.assertNotEqual(before, key())

    def test_other_samples_are_left_out(self):
        self.write_mixture((2, 4, 4), "small.h5")
        denoisers = [{"kind": "gmm", "file": name} for name in ("problem.h5", "small.h5")]
        result = self.run_config({**self.changes(), "denoiser": denoisers})
        self.assertIn("features: digits are those of pictures (2, 8, 8)", result.err)
        with h5py.File(self.path("out.h5")) as file:
            self.assertEqual(["frechet" in cell["metrics"] for cell in file["cells"].values()], [True, False])
            self.assertIn("metric frechet", file["cells/0001"].attrs["metrics_left_out"])

    def test_memory_is_planned(self):
        path = self.config(self.changes())
        self.assertIn("memory", self.run_ok("run", path, "--dry-run").out)

    def test_what_is_wrong(self):
        wrong = self.changes()
        wrong["metrics"][1] = {"kind": "frechet", "features": "digits"}
        self.run_config(wrong, code=2, words=("config.yaml:", "features: digits needs 'file'"))
        wrong["metrics"][1] = {"kind": "frechet", "file": "digits.safetensors"}
        self.run_config(wrong, code=2, words=("'file' is for features: file and digits",))
        self.run_config(self.changes("nothing.safetensors"), code=1, words=("nothing.safetensors",))
        self.run_config(self.changes("problem.h5"), code=1, words=("problem.h5",))
        cases = [
            ({"drop": ("conv1.bias",)}, "conv1.bias"),
            ({"drop": ("dense1.weight",)}, "dense1.weight"),
            ({"tensors": {**self.tensors, "more.weight": np.zeros(2, "<f4")}}, "more.weight"),
            ({"tensors": {**self.tensors, "conv0.weight": np.zeros((3, 2, 3, 2), "<f4")}}, "conv0.weight"),
            ({"metadata": {"class": "DiT"}}, "the weights of a DiT; a DigitsClassifier is needed"),
            ({"metadata": {"channels": [3]}}, "two and a multiple of 4 are needed"),
            ({"metadata": {"img_resolution": 6}}, "two and a multiple of 4 are needed"),
            ({"metadata": {"features": 0}}, "features"),
        ]
        for change, word in cases:
            with self.subTest(word):
                self.write_network(**change)
                self.run_config(self.changes(), code=1, words=("digits.safetensors", word))


if __name__ == "__main__":
    unittest.main()
