#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Which backend a run takes, what it says about it, and what happens where there is none: in a build without CUDA, in one whose machine has
no GPU, in an emulation, and on a GPU, whichever this is."""

import os
import re
import sys
import unittest

import h5py

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import CliTest, run  # noqa: E402


class Backend(CliTest):
    def setUp(self):
        super().setUp()
        self.file = self.config({"student.schedule": "oss", "student.steps": 2})
        lines = re.findall(r"^backend    (\w+): (.*)$", self.run_ok("info").out, re.M)
        self.devices = dict(lines)
        self.assertEqual(sorted(self.devices), ["cpu", "cuda"])
        self.assertEqual(len(lines), 2)
        self.cuda = self.devices["cuda"]
        self.absent = self.cuda.startswith("not available: not in this build")
        self.there = not self.cuda.startswith("not available: ")
        self.emulated = self.there and "emulation" in self.cuda
        self.gpu = self.there and not self.emulated

    def attributes(self, name="out.h5"):
        with h5py.File(self.path(name), "r") as file:
            return dict(file.attrs)

    def run_backend(self, *args, code=0, words=(), **options):
        return self.check(run(["run", self.file, *args], self.dir, **options), code, words)

    def test_auto(self):
        result = self.run_backend("--backend", "auto", env={"OSS_REQUIRE_GPU": ""})
        taken = "cuda" if self.gpu else "cpu"
        self.assertEqual(self.attributes()["backend"], taken)
        self.assertEqual(self.attributes()["device"], self.devices[taken].split(", 2 threads")[0])
        self.assertIn(f"backend {taken}: {self.attributes()['device']}", result.err)
        if not self.gpu:
            why = "an emulation on the processor" if self.emulated else self.cuda.removeprefix("not available: ")
            self.assertIn(f"; not taken: cuda: {why}"[:200], result.err)
        else:
            self.assertNotIn("not taken", result.err)
        self.assertEqual(self.run_backend("--quiet", "--backend", "auto", env={"OSS_REQUIRE_GPU": ""}).err, "")

    def test_cpu_by_name(self):
        result = self.run_backend("--backend", "cpu", env={"OSS_REQUIRE_GPU": "0"})
        self.assertEqual(self.attributes()["backend"], "cpu")
        self.assertIn("backend cpu: ", result.err)
        self.assertNotIn("not taken", result.err)

    def test_cuda_by_name(self):
        if self.there:
            self.run_backend("--backend", "cuda")
            self.assertEqual(self.attributes()["backend"], "cuda")
            return
        result = self.run_backend("--backend", "cuda", code=1, words=("backend cuda: " + self.cuda.removeprefix("not available: "),))
        self.assertEqual(result.out, "")
        self.assertFalse(os.path.exists(self.path("out.h5")))
        if self.absent:
            self.assertIn("OSS_CUDA=ON", result.err)
        self.assertEqual(self.run_backend("--backend", "cuda", "--dry-run", code=1).out, "")

    def test_a_gpu_can_be_required(self):
        required = {"OSS_REQUIRE_GPU": "1"}
        self.run_backend("--backend", "cpu", env=required, code=1, words=("OSS_REQUIRE_GPU", "backend cpu is not a GPU"))
        if self.gpu:
            self.run_backend("--backend", "auto", env=required)
            self.assertEqual(self.attributes()["backend"], "cuda")
            return
        self.run_backend("--backend", "auto", env=required, code=1, words=("OSS_REQUIRE_GPU", "no GPU", "cuda: "))
        self.run_backend("--backend", "cuda", env=required, code=1, words=("backend cuda",))
        self.assertFalse(os.path.exists(self.path("out.h5")))

    def test_memory_is_stated(self):
        plan = self.run_backend("--dry-run", "--backend", "cpu", env={"OSS_REQUIRE_GPU": ""}).out
        self.assertRegex(plan, r"(?m)^peak memory: [\d.]+ MiB \(cpu\)$")
        self.assertNotIn("device memory", plan)
        if not self.there:
            return
        plan = self.run_backend("--dry-run", "--backend", "cuda").out
        need, free, device = re.search(r"(?m)^device memory: ([\d.]+) of ([\d.]+) MiB free on (.*)$", plan).groups()
        self.assertTrue(0 < float(need) < float(free))
        self.assertEqual(device, self.cuda)
        self.assertRegex(plan, r"(?m)^host memory: [\d.]+ MiB$")

    def test_emulation_is_labelled(self):
        if not self.emulated:
            self.skipTest("no emulation in this build")
        result = self.run_backend("--backend", "cuda")
        self.assertEqual(len(re.findall("emulation", result.err)), 2, "device and summary")
        self.assertIn("emulation", self.attributes()["device"])
        self.assertIn("emulation", self.run_ok("show", "out.h5").out)
        self.assertIn("emulation", self.run_backend("--dry-run", "--backend", "cuda").out)


if __name__ == "__main__":
    unittest.main()
