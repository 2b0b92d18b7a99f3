#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The configs for published networks: without the weights each names the file that is missing, and its own words for random ones plan it."""

import glob
import os
import re
import sys
import unittest

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import CliTest, run  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CONFIGS = sorted(glob.glob(os.path.join(ROOT, "configs", "paper", "networks", "*.yaml")))
MILLIONS = {"cifar10_cond_vp": 55.7, "cifar10_uncond_vp": 55.7, "table2_imagenet64": 295.9, "figure6_dit_xl2": 675.1}


class PaperNetworks(CliTest):
    def read(self, path):
        """(the comment at the head, the config)."""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return text[: text.index("\nname:")], yaml.safe_load(text)

    def test_there_are_the_networks(self):
        files = {os.path.basename(self.read(path)[1]["denoiser"]["file"]) for path in CONFIGS}
        self.assertGreaterEqual(files, {"edm-imagenet64.safetensors", "dit-xl-2-256.safetensors", "mar-base.safetensors", "edm-ffhq64-vp.safetensors"})
        self.assertEqual(sum(name.startswith("edm-cifar10") for name in files), 4)

    def test_the_head_says_where_the_file_comes_from(self):
        with open(os.path.join(ROOT, "models", "official", "README.md"), encoding="utf-8") as file:
            known = file.read()
        for path in CONFIGS:
            with self.subTest(os.path.basename(path)):
                head, config = self.read(path)
                file = config["denoiser"]["file"]
                self.assertEqual(os.path.dirname(os.path.normpath(os.path.join(os.path.dirname(path), file))), os.path.join(ROOT, "models", "official"))
                made = re.search(r"convert_checkpoint\.py (\S+) models/official/(\S+)", head)
                self.assertEqual(made[2], os.path.basename(file))
                self.assertIn(made[1], head[: made.start()])  # what is downloaded is what is converted
                self.assertIn(config["name"] if "cifar10" not in path else "cifar10_cond_vp", known)
                self.assertEqual(config["name"] + ".yaml", os.path.basename(path))
                self.assertEqual(os.path.basename(config["output"]["file"]), config["name"] + ".h5")

    def test_a_missing_file_is_named(self):
        for path in CONFIGS:
            with self.subTest(os.path.basename(path)):
                file = os.path.basename(self.read(path)[1]["denoiser"]["file"])
                if os.path.exists(os.path.join(ROOT, "models", "official", file)):
                    self.skipTest(f"{file} is there")
                result = self.check(run(["run", path, "--dry-run"], self.dir), 1, (f"models/official/{file}: ",))
                self.assertRegex(result.err, r"No such file or directory")
                self.assertEqual(result.err.count("error:"), 1, result.err)

    def test_random_weights_are_planned(self):
        for path in CONFIGS:
            with self.subTest(os.path.basename(path)):
                head, config = self.read(path)
                setting = re.search(r"--dry-run --set '(denoiser=\{.*\})'", head)[1]
                self.assertIn(f"kind: {config['denoiser']['kind']}, preset: ", setting)
                planned = self.run_ok("run", path, "--dry-run", "--set", setting).out
                count = float(re.search(r"parameters \(([\d.]+) M\)", planned)[1])
                self.assertRegex(planned, r"memory: [\d.]+ MiB")
                if config["name"] in MILLIONS:
                    self.assertAlmostEqual(count, MILLIONS[config["name"]], delta=0.06)
                cells = re.search(r": (\d+) cells, (\d+) to run", planned)
                self.assertEqual(cells[1], cells[2], planned)


if __name__ == "__main__":
    unittest.main()
