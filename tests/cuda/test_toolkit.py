#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What the build makes of OSS_CUDA, with and without a toolkit, and that ossbench builds without one."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ["OSS_BUILD_DIR"]
CARDS = os.environ.get("OSS_CUDA_FOUND") == "TRUE"
EMULATED = os.environ.get("OSS_CUDA") == "EMULATE"


def without_toolkit():
    """Options under which CMake finds no nvcc."""
    folders = {folder.rstrip("/") for folder in os.environ["PATH"].split(":") if os.path.exists(os.path.join(folder, "nvcc"))}
    folders.add("/usr/local/cuda/bin")
    return ["-DCMAKE_IGNORE_PATH=" + ";".join(sorted(folders)), "-DCMAKE_PROGRAM_PATH=/usr/bin;/bin"]


@unittest.skipIf(EMULATED, "asked of the build for cards, or without")
class Toolkit(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="ossbench-toolkit-")
        self.addCleanup(shutil.rmtree, self.dir)

    def configure(self, *options, code=0):
        env = {k: v for k, v in os.environ.items() if k not in ("CUDACXX", "CUDA_PATH", "CUDA_HOME")}
        with open(os.path.join(BUILD, "CMakeCache.txt")) as cache:  # the same libraries: they may not be the system's
            kept = re.findall(r"^((?:CMAKE_PREFIX_PATH|CMAKE_C_COMPILER|CMAKE_MAKE_PROGRAM|PKG_CONFIG_EXECUTABLE|RANDOM123_INCLUDE)(?::\w+)?=.+)$", cache.read(), re.M)
        command = ["cmake", "-S", ROOT, "-B", self.dir, "-G", "Ninja", "-DOSS_TESTS=OFF", "-DOSS_BENCH=OFF", *("-D" + k for k in kept), *options]
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout, " ".join(done.stderr.split())

    def test_automatic_without_a_toolkit(self):
        out, _ = self.configure(*without_toolkit())
        self.assertRegex(out, r"(?m)^--   CUDA    CUDA not found: built without \(OSS_CUDA=ON demands it\)$")

    def test_demanded_without_a_toolkit(self):
        _, err = self.configure("-DOSS_CUDA=ON", *without_toolkit(), code=1)
        self.assertIn("OSS_CUDA=ON: no nvcc on PATH, in CUDA_PATH/bin or in /usr/local/cuda/bin", err)

    def test_unknown_words(self):
        self.assertIn("OSS_CUDA=MAYBE: AUTO, ON, OFF or EMULATE", self.configure("-DOSS_CUDA=MAYBE", code=1)[1])
        if CARDS:
            _, err = self.configure("-DOSS_CUDA=ON", "-DOSS_CUDA_ARCHITECTURES=hopper", code=1)
            self.assertIn("OSS_CUDA_ARCHITECTURES=hopper: default, native, or numbers such as 80;90", err)

    def test_architectures(self):
        if not CARDS:
            self.skipTest("no CUDA toolkit here")
        self.assertRegex(self.configure("-DOSS_CUDA_ARCHITECTURES=80;90")[0], r"(?m)^--   CUDA    [\d.]+, architectures 80-real 90 \+ PTX$")

    def test_no_sanitizer_with_cards(self):
        if CARDS:
            self.assertIn("do not go together", self.configure("-DOSS_SANITIZE=address", code=1)[1])

    def test_builds_without(self):
        if not CARDS:
            self.skipTest("this build is one without the toolkit")
        self.assertRegex(self.configure("-DOSS_CUDA=OFF")[0], r"(?m)^--   CUDA    OSS_CUDA=OFF$")
        done = subprocess.run(["cmake", "--build", self.dir, "--target", "ossbench"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr)
        with open(os.path.join(self.dir, "build.ninja")) as file:
            self.assertNotIn("nvcc", file.read())
        info = subprocess.run([os.path.join(self.dir, "ossbench"), "info"], capture_output=True, text=True)
        self.assertRegex(info.stdout, r"(?m)^backend    cuda: not available: not in this build \(.*OSS_CUDA=ON\)$")


if __name__ == "__main__":
    unittest.main()
