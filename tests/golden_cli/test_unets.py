#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""U-Nets of every option against numpy in double: D at one time, which a teacher of one step to 0 ends in."""

import itertools
import json
import os
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref
from checkpoints import save_safetensors
from unets import UNet

TIME = 0.8
SAMPLES = 3
USUAL, FOURIER = 1e-5, 5e-5  # of a sample's largest output


def some(rng, song):
    """Arguments that the options under test leave open. Channels are in groups of equal size."""
    levels = int(rng.integers(1, 4))
    size = int(rng.choice([1, 2, 3])) << (levels - 1)
    channels = int(rng.integers(1, 3))
    out = {
        "img_resolution": size,
        "in_channels": channels,
        "out_channels": channels + int(rng.integers(0, 2)),
        "label_dim": int(rng.choice([0, 1, 5])),
        "augment_dim": int(rng.choice([0, 4])),
        "model_channels": int(rng.choice([4, 5, 8, 12, 16] if song else [8, 12, 16, 64])),
        "channel_mult": rng.integers(1, 3, levels).tolist(),
        "channel_mult_emb": int(rng.integers(1, 4)),
        "num_blocks": int(rng.integers(0, 3)),
        "attn_resolutions": [size >> i for i in range(levels) if rng.random() < 0.5],
    }
    return dict(out, channel_mult_noise=2 * int(rng.integers(1, 3))) if song else out


class Options(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ossbench-unets-", dir=ref.FAST)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def denoise(self, song, arguments, labels, noise, tensors):
        """D of the program (samples, channels, size, size)."""
        save_safetensors(os.path.join(self.folder, "net.safetensors"), tensors)
        with h5py.File(os.path.join(self.folder, "problem.h5"), "w") as file:
            file["noise"], file["t"], file["labels"] = noise, [0.0, TIME], labels
        denoiser = {"kind": "songunet" if song else "dhariwal", "file": "net.safetensors", "arguments": json.dumps(arguments)}
        if arguments["label_dim"]:
            denoiser.update({"class": "given", "labels": "problem.h5", "dataset": "labels"})
        config = {
            "denoiser": denoiser,
            "noise": {"file": "problem.h5", "dataset": "noise"},
            "initial": "one",
            "samples": {"search": SAMPLES, "batch": 2},
            "teacher": {"grid": {"kind": "file", "file": "problem.h5", "dataset": "t"}, "cache": "none"},
            "student": {"steps": [1], "schedule": ["uniform"]},
            "metrics": "mse",
            "output": {"save": "samples"},
        }
        ref.run_config(self.folder, config)
        with h5py.File(os.path.join(self.folder, "config.h5"), "r") as file:
            return file["cells/0000/samples/teacher"][()]

    def check(self, song, arguments, seed):
        rng = np.random.default_rng(seed)
        size, channels, classes = arguments["img_resolution"], arguments["in_channels"], arguments["label_dim"]
        noise = rng.standard_normal((SAMPLES, channels, size, size), dtype="f4")
        labels = rng.integers(0, max(classes, 1), SAMPLES)
        sigma = TIME / (1 - TIME)
        square = 0.25 + sigma * sigma
        state, net = noise / (1 - TIME), UNet(arguments, song, seed)
        f = net((state / np.sqrt(square)), np.full(SAMPLES, np.log(sigma) / 4), np.eye(max(classes, 1))[labels, :classes])
        want = 0.25 / square * state + 0.5 * sigma / np.sqrt(square) * f[:, :channels]
        got = self.denoise(song, arguments, labels, noise, net.tensors)
        allowed = FOURIER if arguments.get("embedding_type") == "fourier" else USUAL
        for s in range(SAMPLES):
            error = np.abs(got[s] - want[s]).max() / np.abs(want[s]).max()
            self.assertLessEqual(error, allowed, f"sample {s} of {json.dumps(arguments)}")

    def test_every_encoder_decoder_and_filter(self):
        choices = itertools.product(("standard", "skip", "residual"), ("standard", "skip"), ([1, 1], [1, 3, 3, 1], [1, 2]))
        for seed, (encoder, decoder, taps) in enumerate(choices):
            rng = np.random.default_rng(seed)
            own = {"encoder_type": encoder, "decoder_type": decoder, "resample_filter": taps}
            own["embedding_type"] = ("positional", "fourier")[seed % 2]
            with self.subTest(**own):
                arguments = dict(some(rng, True), **own)
                if len(arguments["channel_mult"]) == 1:  # all of these act between levels
                    arguments.update(img_resolution=2 * arguments["img_resolution"], channel_mult=[1, 2])
                self.check(True, arguments, seed)

    def test_long_filters(self):
        for seed, taps in enumerate(([1, 5, 10, 10, 5, 1], [1, 2, 3, 4, 5, 6, 7, 8])):
            with self.subTest(taps=taps):
                arguments = dict(some(np.random.default_rng(seed), True), img_resolution=4, channel_mult=[1, 1, 2])
                self.check(True, dict(arguments, resample_filter=taps, encoder_type="skip"), seed)

    def test_the_other_architecture(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                self.check(False, some(np.random.default_rng(seed), False), seed)

    def test_heads_of_every_width(self):
        for channels in (64, 80, 96, 160):  # one head, two in the last
            with self.subTest(channels=channels):
                arguments = dict(some(np.random.default_rng(channels), False), img_resolution=2, channel_mult=[1], attn_resolutions=[2])
                self.check(False, dict(arguments, model_channels=channels, num_blocks=1), channels)


if __name__ == "__main__":
    unittest.main()
