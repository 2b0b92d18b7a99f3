#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/train.py: training can be interrupted, the shipped files load, a token's condition sees known pixels alone.

Where OSS_NET_GOLDENS names a folder of network goldens, the networks' arithmetic is compared with them. Nothing is
tested without PyTorch: /usr/bin/python3 tests/report/test_train.py"""

import glob
import importlib.util
import os
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "scripts"))
MODELS = os.path.join(ROOT, "models")

if importlib.util.find_spec("torch") is None:
    print("test_train: skipped, PyTorch is not installed")
    sys.exit(0)

import torch  # noqa: E402

from ossconvert.networks import ARGUMENTS, FACTS  # noqa: E402
from osstrain import check, digits, loop, recipes  # noqa: E402

GOLDENS = os.environ.get("OSS_NET_GOLDENS", "")


def trained(work, steps, resume=False):
    recipe = recipes.DigitsMar(MODELS)
    recipe.each = 1
    recipe.batch = digits.GRID**2
    recipe.steps = 4
    trainer = loop.Trainer(recipe, work)
    if resume:
        trainer.resume()
    while trainer.step < steps:
        trainer.one_step()
    trainer.save()
    return trainer.average.state_dict()


class Train(unittest.TestCase):
    def setUp(self):
        torch.set_num_threads(1)

    def test_resumed_is_not_interrupted(self):
        with tempfile.TemporaryDirectory() as work:
            whole = trained(work, 4)
            trained(work, 2)
            resumed = trained(work, 4, resume=True)
        for name, value in whole.items():
            self.assertTrue(torch.equal(value, resumed[name]), name)

    def test_shipped_files_load(self):
        for path in sorted(glob.glob(os.path.join(MODELS, "*.safetensors"))):
            with self.subTest(path):
                network, metadata = check.load(path)
                self.assertLess(os.path.getsize(path), 4e6)
                self.assertEqual(metadata["class"], type(network).__name__)
                self.assertEqual(metadata["data_range"], "2.0")
                for value in network.state_dict().values():
                    self.assertTrue(bool(torch.isfinite(value).all()))

    def test_metadata_are_keys_that_are_read(self):
        # A key of another name is passed over: betas that nobody reads leave a network on its class's usual ones.
        for name, recipe in recipes.RECIPES.items():
            if recipe is not recipes.DigitsFeatures:
                with self.subTest(name):
                    self.assertEqual(set(recipe.metadata(recipe)) - set(FACTS), set())
        for path in sorted(glob.glob(os.path.join(MODELS, "*.safetensors"))):
            with self.subTest(path):
                metadata = check.load(path)[1]
                known = {*ARGUMENTS.get(metadata["class"], metadata), *FACTS, "class", "format", "origin", "seed"}
                self.assertEqual(set(metadata) - known, set())

    def test_condition_sees_known_pixels_alone(self):
        random = torch.Generator().manual_seed(1)
        pictures = torch.rand(2, 1, digits.SIDE, digits.SIDE, generator=random)
        self.assertTrue(torch.equal(digits.pictures_of(digits.tokens(pictures)), pictures))
        classes = torch.eye(10)[:2]
        for position in range(digits.GRID**2):
            z = digits.condition(pictures, position, classes)
            self.assertEqual(z.shape[1], digits.Z_CHANNELS)
            for other in range(digits.GRID**2):
                changed = digits.tokens(pictures).clone()
                changed[:, other] += 1
                same = torch.equal(z, digits.condition(digits.pictures_of(changed), position, classes))
                self.assertEqual(same, other >= position, f"token {other}, condition of {position}")

    @unittest.skipUnless(GOLDENS, "OSS_NET_GOLDENS names no folder")
    def test_goldens(self):
        self.assertTrue(check.check(GOLDENS))


if __name__ == "__main__":
    unittest.main()
