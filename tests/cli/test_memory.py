#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The peak memory that --dry-run states against the one that the system measures."""

import os
import re
import sys
import time
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


def case(search, evaluate, batch, teacher, steps, schedule="oss", save="none", **student):
    return {
        "samples": {"search": search, "evaluate": evaluate, "batch": batch},
        "teacher.steps": teacher,
        "student": {"steps": steps, "schedule": schedule, **student},
        "output.save": save,
    }


CASES = {  # 100 to 400 MiB each, in a second or a few where much is compressed
    "search": (dict(elements=4096), case(8, 2, 8, 400, 1)),
    "search_in_batches": (dict(elements=16384), case(12, 2, 6, 150, 1)),
    "joint": (dict(elements=8192), case(12, 2, 4, 150, 2, {"kind": "oss", "samples": "joint"})),
    "part_of_the_channels": (
        dict(elements=6144, shape=(3, 32, 64)),
        case(8, 2, 8, 200, 2, {"kind": "oss", "cost": {"kind": "xt", "channels": 2}}),
    ),
    "trajectories": (dict(elements=16384), case(2, 16, 8, 60, 20, "uniform", "all")),
    "trajectories_of_a_reference": (
        dict(elements=16384),
        {**case(2, 16, 8, 10, 2, "uniform", "all"), "teacher.reference": 120},
    ),
    "tables": (dict(elements=4), case(128, 2, 8, 300, [30, 60], "oss", "tables")),
    "gits": (dict(elements=8192), case(8, 2, 8, 150, [2, 4], "gits", "tables")),
    "exhaustive": (dict(elements=65536), case(8, 2, 8, 6, 3, "exhaustive")),
    "exhaustive_per_sample": (dict(elements=8192), case(64, "same", 8, 6, 3, {"kind": "exhaustive", "samples": "per_sample"})),
    "learned": (dict(elements=65536), case(128, "same", 16, 4, 3, {"kind": "learned", "evaluations": 5})),
    "calibration": (  # the searched samples' whole way, though nothing is searched
        dict(elements=16384),
        case(12, 2, 6, 220, 2, "uniform", calibration=["none", "affine"]),
    ),
    "metric_frechet": (dict(elements=6000), {**case(2, 700, 50, 4, 1, "uniform"), "metrics": {"kind": "frechet", "bootstrap": 3}}),
    "metric_few_features": (dict(elements=64), {**case(2, 30000, 50, 4, 1, "uniform"), "metrics": {"kind": "frechet", "bootstrap": 3}}),
    "metric_mmd": (dict(elements=64), {**case(2, 2500, 50, 4, 1, "uniform"), "metrics": {"kind": "mmd", "bootstrap": 3}}),
    "metric_pca": (
        dict(elements=2000),
        {**case(2, 2500, 50, 4, 1, "uniform"), "metrics": {"kind": "frechet", "features": "pca", "bootstrap": 3}},
    ),
    "metric_slices": (
        dict(elements=16),
        {**case(2, 5000, 50, 4, 1, "uniform"), "metrics": {"kind": "sliced_wasserstein", "projections": 800, "bootstrap": 3}},
    ),
    "denoiser": (dict(elements=16384, components=1024), case(2, 2, 2, 4, 1)),
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
        begin = time.monotonic()
        _, measured = self.peak(["run", config])
        share = stated / measured - 1
        seconds = time.monotonic() - begin
        print(f"\n{name:24} stated {stated:6.1f} MiB, measured {measured:6.1f}: {100 * share:+.1f} %, {seconds:.1f} s", file=sys.stderr)
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
                self.assertTrue(80 < measured < 700, f"{measured} MiB say nothing")

    def test_a_network(self):
        network = {"kind": "dit", "preset": "dit-s-8-512", "chunk": 4}
        _, measured = self.measure({"denoiser": network, **case(2, 2, 2, 4, 1)}, "network")
        self.assertGreater(measured, 130, "its weights")

    def test_with_a_cache(self):
        sizes, changes = CASES["joint"]
        self.problem(**sizes)
        for name in ("cache written", "cache read"):
            self.measure({**changes, "teacher.cache": "cache"}, name)

    def test_batches_bound_the_peak(self):
        self.problem(elements=2048)
        peaks = {batch: self.measure(case(64, 64, batch, 150, 1), f"batch of {batch}")[1] for batch in (4, 16, 64)}
        self.assertGreater(peaks[64], 300)
        self.assertLess(peaks[4] - 20, (peaks[64] - 20) / 8)
        self.assertLess(peaks[16] - 20, (peaks[64] - 20) / 2.5)


if __name__ == "__main__":
    unittest.main()
