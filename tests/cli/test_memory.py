#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The peak memory that --dry-run states against the one that the system measures."""

import os
import re
import sys
import unittest

import h5py

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import BINARY, SANITIZED, CliTest, run, write_problem  # noqa: E402

MIB = 1 << 20
# A program of its own, since a process counts the memory of the one that started it as its own peak.
PEAK = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print("peak", usage.ru_maxrss, "KiB", file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
JOINT = {"kind": "oss", "samples": "joint"}
CASES = {  # about 200 to 600 MiB each, in about a second
    "search": (dict(elements=4096), {"samples": {"search": 8, "evaluate": 2, "batch": 8}, "teacher.steps": 400, "student": {"steps": 1, "schedule": "oss"}}),
    "search_in_batches": (
        dict(elements=16384),
        {"samples": {"search": 12, "evaluate": 2, "batch": 6}, "teacher.steps": 150, "student": {"steps": 1, "schedule": "oss"}},
    ),
    "joint": (
        dict(elements=8192),
        {"samples": {"search": 12, "evaluate": 2, "batch": 4}, "teacher.steps": 150, "student": {"steps": 2, "schedule": JOINT}},
    ),
    "part_of_the_channels": (
        dict(elements=6144, shape=(3, 32, 64)),
        {"samples": {"search": 8, "evaluate": 2, "batch": 8}, "teacher.steps": 200, "student": {"steps": 2, "schedule": {"kind": "oss", "cost": {"kind": "xt", "channels": 2}}}},
    ),
    "trajectories": (
        dict(elements=16384),
        {"samples": {"search": 2, "evaluate": 32, "batch": 16}, "teacher.steps": 100, "student": {"steps": [3, 20], "schedule": "uniform"}, "output.save": "all"},
    ),
    "tables": (
        dict(elements=4),
        {"samples": {"search": 256, "evaluate": 2, "batch": 8}, "teacher.steps": 300, "student": {"steps": [20, 40, 60], "schedule": "oss"}, "output.save": "tables"},
    ),
    "denoiser": (
        dict(elements=16384, components=1024),
        {"samples": {"search": 2, "evaluate": 2, "batch": 2}, "teacher.steps": 4, "student": {"steps": 1, "schedule": "oss"}},
    ),
}


@unittest.skipIf(SANITIZED, "sanitizers keep memory of their own")
class Memory(CliTest):
    def peak(self, args):
        """Runs the program; its result and the most memory it held, in MiB."""
        result = self.check(run(args, self.dir, program=(sys.executable, "-I", "-S", "-c", PEAK, BINARY)), 0)
        return result, int(re.search(r"^peak (\d+) KiB", result.err, re.M).group(1)) / 1024

    def measure(self, changes, name):
        """(stated, measured) peak in MiB, which must be near each other."""
        config = self.config(changes)
        plan, needed = self.peak(["run", config, "--dry-run"])
        stated = float(re.search(r"peak memory: ([\d.]+) MiB", plan.out).group(1))
        _, measured = self.peak(["run", config])
        share = stated / measured - 1
        print(f"\n{name:24} stated {stated:6.1f} MiB, measured {measured:6.1f} MiB: {100 * share:+.1f} %", file=sys.stderr)
        self.assertLess(needed, measured + 5, "for the plan alone")
        self.assertLess(abs(share), 0.2, f"stated {stated:.1f} MiB, measured {measured:.1f} MiB")
        return stated, measured

    def problem(self, shape=None, **sizes):
        write_problem(self.path("problem.h5"), **sizes)
        if shape:
            with h5py.File(self.path("problem.h5"), "r+") as file:
                file["gmm/shape"] = shape

    def test_stated_peak(self):
        for name, (sizes, changes) in CASES.items():
            with self.subTest(name):
                self.problem(**sizes)
                _, measured = self.measure(changes, name)
                self.assertTrue(100 < measured < 700, f"{measured} MiB say nothing")

    def test_with_a_cache(self):
        sizes, changes = CASES["joint"]
        self.problem(**sizes)
        for name in ("cache written", "cache read"):
            self.measure({**changes, "teacher.cache": "cache"}, name)

    def test_batches_bound_the_peak(self):
        self.problem(elements=2048)
        changes = {"samples.search": 64, "samples.evaluate": 64, "teacher.steps": 150, "student": {"steps": 1, "schedule": "oss"}}
        peaks = {batch: self.measure({**changes, "samples.batch": batch}, f"batch of {batch}")[1] for batch in (4, 16, 64)}
        self.assertGreater(peaks[64], 300)
        self.assertLess(peaks[4] - 20, (peaks[64] - 20) / 8)
        self.assertLess(peaks[16] - 20, (peaks[64] - 20) / 2.5)


if __name__ == "__main__":
    unittest.main()
