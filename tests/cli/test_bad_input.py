#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Input that is wrong: each case ends with exit status 1 or 2 and a message that names the culprit and where it is.

Exit status 2: the command line or the config is wrong. 1: a file that they name is, or the system fails."""

import os
import resource
import shutil
import subprocess
import sys
import unittest

import h5py

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bad_input_cases import BROKEN_FILES, CASES, FILE_SCHEDULE, GRID, LINES, NOISE, TEXTS, TIMES, USERS  # noqa: E402
from cli import SANITIZED, CliTest, run  # noqa: E402


class BadInput(CliTest):
    def setUp(self):
        super().setUp()
        self.good = self.config()

    def test_there_are_enough(self):
        total = len(CASES) + len(TEXTS) + len(LINES) + len(USERS) * len(BROKEN_FILES)
        self.assertGreaterEqual(total, 60)

    def test_what_the_cases_break_is_good(self):
        for name, changes in {"plain": {}, "noise": NOISE, "grid": GRID, "schedule": FILE_SCHEDULE, "times": TIMES}.items():
            with self.subTest(name):
                self.run_config(changes)

    def test_broken_files(self):
        with open(self.path("problem.h5"), "rb") as file:
            whole = file.read()
        for user, (base, changes) in USERS.items():
            for kind, (make, word) in BROKEN_FILES.items():
                with self.subTest(f"{user}_{kind}"):
                    if make:
                        self.write("bad.h5", make(whole))
                    self.run_config({**base, **changes}, code=1, words=("bad.h5", word))
                    if make:
                        os.unlink(self.path("bad.h5"))
            with self.subTest(f"{user}_folder"):
                os.mkdir(self.path("bad.h5"))
                self.run_config({**base, **changes}, code=1, words=("bad.h5", "a folder"))
                os.rmdir(self.path("bad.h5"))

    def test_cases(self):
        shutil.copy(self.path("problem.h5"), self.path("whole.h5"))
        for name, (changes, h5, code, words) in CASES.items():
            with self.subTest(name):
                shutil.copy(self.path("whole.h5"), self.path("problem.h5"))
                shutil.rmtree(self.path("out.h5.partial"), ignore_errors=True)
                if os.path.exists(self.path("out.h5")):
                    os.unlink(self.path("out.h5"))
                if h5:
                    with h5py.File(self.path("problem.h5"), "r+") as file:
                        h5(file)
                self.run_config(changes, code=code, words=words)
                self.assertFalse(os.path.exists(self.path("out.h5")), "a result all the same")

    def test_texts(self):
        for name, (text, code, *words) in TEXTS.items():
            with self.subTest(name):
                self.check(run(["run", self.write("config.yaml", text)], self.dir), code, words)

    def test_command_lines(self):
        for name, (args, code, *words) in LINES.items():
            with self.subTest(name):
                self.check(run([self.good if a == "CONFIG" else a for a in args], self.dir), code, words)
        self.assertEqual(sorted(os.listdir(self.dir)), ["config.yaml", "problem.h5"])

    def test_results_that_are_damaged(self):
        self.run_ok("run", self.good)
        self.check(run(["show", "out.h5", "--cell", "4"], self.dir), 2, ("out.h5", "no cell 4", "0 to 3"))
        self.check(run(["show", "out.h5", "--cell", "-1"], self.dir), 2, ("--cell '-1'",))
        with open(self.path("out.h5"), "rb") as file:
            whole = file.read()
        for share in (0.003, 0.02, 0.1, 0.3, 0.6, 0.99):
            self.write("cut.h5", whole[: int(len(whole) * share)])
            self.check(run(["show", "cut.h5"], self.dir), 1, ("cut.h5",))

    def test_skipped_cells(self):
        per_sample = {"kind": "oss", "samples": "per_sample"}
        self.run_config({"student.schedule": ["uniform", per_sample]}, words=("2 cells done", "2 skipped"))
        with h5py.File(self.path("out.h5"), "r") as file:
            states = [cell.attrs["status"] for cell in file["cells"].values()]
            self.assertEqual(states, ["done", "done", "skipped", "skipped"])
            self.assertIn("samples.evaluate: same", file["cells/0003"].attrs["reason"])
        self.assertIn("samples.evaluate: same", self.run_ok("show", "out.h5").out)
        many = {"student.steps": [7, 8, 9], "student.schedule": ["oss", "uniform"]}
        self.run_config(many, words=("5 cells done", "1 skipped"))
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertIn("9 steps", file["cells/0002"].attrs["reason"])

    def test_schedule_files_skip_other_lengths(self):
        self.run_config({**FILE_SCHEDULE, "student.steps": [2, 4, 3]}, words=("1 cells done", "2 skipped"))
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertIn("3 values with the end, for 2 steps, not 4", file["cells/0001"].attrs["reason"])

    def test_a_denoiser_that_overflows(self):
        with h5py.File(self.path("problem.h5"), "r+") as file:
            file["gmm/scales"][:] = 1e200
        self.run_config({}, code=1, words=("cell 0 failed", "not finite", "4 cells failed", "out.h5"))
        with h5py.File(self.path("out.h5"), "r") as file:
            for cell in file["cells"].values():
                self.assertEqual(cell.attrs["status"], "failed")
                self.assertIn("not finite", cell.attrs["reason"])
        self.assertIn("failed", self.run_ok("show", "out.h5").out)

    def failing_writes(self, changes, *words, **options):
        """A run whose writing fails leaves the result that is there, and no other file but cells for --resume."""
        self.run_ok("run", self.good)
        with open(self.path("out.h5"), "rb") as file:
            before = file.read()
        result = run(["run", self.config(changes, "big.yaml")], self.dir, **options)
        self.check(result, 1, words)
        with open(self.path("out.h5"), "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual([f for f in os.listdir(self.dir) if ".tmp." in f], [])
        return result

    def test_files_limited(self):
        big = {"samples.search": 64, "samples.evaluate": 64, "output.save": "all", "teacher.steps": 60}

        def limit(size):
            return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        for size in (0, 600, 20000):
            with self.subTest(size):
                self.failing_writes(big, "out.h5", "cannot be written: File too large", preexec_fn=limit(size))
        cached = {**big, "teacher.cache": self.path("cache")}  # a cache that fails costs a warning; 200 kB hold the result, not the cache
        small = {"output.save": "none", "samples.batch": 64}
        result = run(["run", self.config({**cached, **small})], self.dir, preexec_fn=limit(60000))
        self.check(result, 0, ("warning", "teacher not kept", "File too large"))

    def test_memory_limited(self):
        if SANITIZED:
            self.skipTest("sanitizers reserve more than any limit")
        limit = 500 << 20
        changes = {"teacher.steps": 6000, "student.steps": 2}
        result = self.run_config(changes, code=1, words=("cell 1 failed: out of memory: search", "1 cells done", "1 failed"),
                                 preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.assertIn("MiB", result.err)
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertEqual([c.attrs["status"] for c in file["cells"].values()], ["done", "failed"])

    def test_full_disk(self):
        disk = self.path("disk")
        os.mkdir(disk)
        mount = shutil.which("mount")
        made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True)
        if not made or made.returncode != 0:
            self.skipTest("mounting is not permitted here")
        try:
            big = {"samples.search": 64, "samples.evaluate": 64, "output.save": "all", "output.file": "disk/out.h5"}
            self.failing_writes(big, "disk/out.h5", "cannot be written: No space left on device")
        finally:
            subprocess.run([shutil.which("umount"), disk], check=True)

    def test_output_folder_without_permission(self):
        os.mkdir(self.path("closed"), 0o500)
        changes = {"output.file": "closed/out.h5"}
        if os.geteuid() == 0:  # root may write anywhere but where the file system itself forbids it
            locked = shutil.which("chattr") and subprocess.run(["chattr", "+i", self.path("closed")], capture_output=True)
            if not locked or locked.returncode != 0:
                self.skipTest("root, and no chattr here")
            self.addCleanup(subprocess.run, ["chattr", "-i", self.path("closed")])
        self.run_config(changes, code=1, words=("closed/out.h5", "cannot"))

    def test_stdout_is_full(self):
        with open("/dev/full", "w") as full:
            for args in (["list"], ["info"], ["--help"], ["run", self.good], ["run", self.good, "--dry-run"]):
                self.check(run(args, self.dir, stdout=full), 1, ("standard output",))


if __name__ == "__main__":
    unittest.main()
