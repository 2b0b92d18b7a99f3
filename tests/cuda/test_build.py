#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The build for cards on a machine that has none: it starts, says so, and whoever asks for a GPU fails clearly. And the tables of bench/README.md
are those of this build."""

import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ["OSS_BUILD_DIR"]
CARDS = os.environ.get("OSS_CUDA_FOUND") == "TRUE"


def run(*command, env=None):
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout, done.stderr


@unittest.skipUnless(CARDS, "this build has no kernels for cards")
class Build(unittest.TestCase):
    def setUp(self):
        _, self.info, _ = run(os.path.join(BUILD, "ossbench"), "info")
        self.gpu = "backend    cuda: not available: " not in self.info

    def test_info_names_the_card_or_says_why_not(self):
        self.assertRegex(self.info, r"(?m)^backend    cuda: (not available: no device|not available: the NVIDIA driver is too old|.*compute capability)")

    def test_parity_demands_a_gpu(self):
        if self.gpu:
            self.skipTest("there is a GPU")
        status, out, err = run(os.path.join(BUILD, "tests/test_states"), env={"OSS_REQUIRE_GPU": "1"})
        self.assertNotEqual(status, 0)
        self.assertIn("backend cuda: no device", err)
        status, out, err = run(os.path.join(BUILD, "tests/test_states"), env={"OSS_REQUIRE_GPU": ""})
        self.assertEqual(status, 0, err)
        self.assertIn("backend cuda skipped: ", out)

    def test_benchmarks_demand_what_they_measure(self):
        if self.gpu:
            self.skipTest("there is a GPU")
        for program in ("bench_kernels", "bench_search"):
            status, _, err = run(os.path.join(BUILD, "bench", program), "--backend", "cuda", "--n", "24", "--d", "8")
            self.assertEqual(status, 1)
            self.assertIn("no device", err)

    def test_tables_are_current(self):
        status, out, err = run(sys.executable, "-B", os.path.join(ROOT, "scripts/kernel_table.py"), "--build", BUILD, "--check")
        if status == 77:
            self.skipTest(out.strip())
        self.assertEqual(status, 0, out + err)


if __name__ == "__main__":
    unittest.main()
