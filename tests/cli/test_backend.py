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
from cli import TIMES, CliTest, compare, run, write_problem  # noqa: E402


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
        for start in ("backend cuda: ", "1 cells done"):
            line = re.search(f"(?m)^ossbench: {start}.*$", result.err)
            self.assertTrue(line and "emulation" in line.group(), f"{start}\n{result.err}")
        self.assertIn("emulation", self.attributes()["device"])
        self.assertIn("emulation", self.run_ok("show", "out.h5").out)
        self.assertIn("emulation", self.run_backend("--dry-run", "--backend", "cuda").out)

    def test_teachers_and_cells_are_not_shared(self):
        """The bits of two backends may differ: neither's kept work is the other's."""
        if not self.there:
            self.skipTest("no backend cuda here")
        self.file = self.config({"student.schedule": "oss", "student.steps": 2, "teacher.cache": self.path("kept")})
        counts = []
        for backend in ("cpu", "cuda", "cpu", "cuda"):
            result = self.run_backend("--resume", "--backend", backend, env={"OSS_REQUIRE_GPU": ""})
            counts.append((len(os.listdir(self.path("kept"))), " 1 kept" in result.err))
        self.assertEqual([kept for _, kept in counts], [False] * 4, "each run replaced the other's result")
        self.assertEqual([count for count, _ in counts], [2, 4, 4, 4])

    def test_simple_failures_of_a_device(self):
        """What is wrong with a device or its driver is said, with exit status 1, under its name and under auto."""
        if not self.emulated:
            self.skipTest("needs an emulated device")
        for env, words in ({"OSS_CUDA_HOST_DEVICES": "0"}, "no device"), ({"OSS_CUDA_HOST_DRIVER": "old"}, "driver is too old"), ({"OSS_CUDA_HOST_DRIVER": "none"}, "no NVIDIA driver"):
            with self.subTest(words):
                self.run_backend("--backend", "cuda", env=env, code=1, words=("backend cuda: ", words))
                self.assertRegex(self.run_ok("info", env=env).out, f"cuda: not available: .*{words}")
                self.run_backend("--backend", "auto", env={**env, "OSS_REQUIRE_GPU": ""}, words=("backend cpu: ", "; not taken: cuda: ", words))

    LARGE = {"samples.search": 48, "samples.evaluate": "same", "student.schedule": "oss", "student.steps": 2, "teacher.steps": 20}

    def plan(self, *args, **options):
        out = self.run_backend("--dry-run", "--backend", "cuda", *args, **options).out
        need, free = re.search(r"(?m)^device memory: ([\d.]+) of ([\d.]+) MiB free", out).groups()
        return float(need), float(free), "warning: it does not fit" in out

    def test_a_batch_that_does_not_fit(self):
        """Out of memory is found before anything is computed, and says what would help; a batch that is left to the program fits."""
        if not self.emulated:
            self.skipTest("needs a device whose memory can be chosen")
        write_problem(self.path("problem.h5"), elements=256)
        self.file = self.config({**self.LARGE, "samples.batch": 48})
        need, free, warned = self.plan(env={"OSS_CUDA_HOST_MEMORY": str(1 << 32)})
        self.assertTrue(2 < need < free and not warned, f"{need} of {free} MiB")
        small = {"OSS_CUDA_HOST_MEMORY": str((1 << 32) - int((free - 2) * (1 << 20)))}
        need, free, warned = self.plan(env=small)
        self.assertTrue(1.9 < free < 2.1 and need > free and warned, f"{need} of {free} MiB")
        self.run_backend("--backend", "cuda", env=small, code=1, words=(f"the run needs {need} MiB", "were free on", "samples.batch", "teacher.steps"))
        self.assertEqual([name for name in os.listdir(self.dir) if name.startswith("out")], [])
        self.file = self.config({**self.LARGE, "samples.batch": "auto"})
        need, free, warned = self.plan(env=small)
        self.assertTrue(free / 3 < need < free and not warned, f"{need} of {free} MiB")
        self.assertGreater(self.plan()[0], 2 * need, "without the bound")
        self.run_backend("--backend", "cuda", env=small)
        whole = self.path("whole.h5")
        self.run_backend("--backend", "cuda", "--output", whole)
        compare(self, self.path("out.h5"), whole, (*TIMES, "@config", "@device", "/teacher/0000@nfe"))


if __name__ == "__main__":
    unittest.main()
