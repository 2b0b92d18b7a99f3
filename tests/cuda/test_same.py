#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The backend cuda against the CPU, on a card or emulated: the problems of the golden files, searched in every way, get the same schedules, and a
second run gives the same bits. (That these are the golden schedules is golden_cli's business.)"""

import itertools
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import h5py
import numpy as np

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "support"))
import cli  # noqa: E402

OSS = {"kind": "oss", "variant": "paper", "start": "free", "samples": "per_sample"}
COSTS = [{"kind": "xt", "p": 1}, {"kind": "x0_carried"}, {"kind": "x0"}]
SCHEDULES = [
    OSS,
    {**OSS, "variant": "official"},
    {**OSS, "start": "pinned"},
    {**OSS, "variant": "official", "samples": "average", "average": "official"},
    {**OSS, "variant": "carry", "samples": "joint", "reduce": "mean"},
    *({**OSS, "cost": cost} for cost in COSTS),
    {"kind": "gits", "metric": "dev", "coefficient": 1.15},
    {"kind": "gits", "metric": "l1", "coefficient": 1.05},
]
SOLVERS = ["euler", {"kind": "dpmpp", "order": 2}, {"kind": "ipndm", "order": 3}]
VIDEO = [{**OSS, "cost": {"kind": "xt", "p": 1, "frames": 2, "channels": 2}}]
PROBLEMS = {"oss_search.h5": (4, [3, 8], SCHEDULES), "oss_search_1d.h5": (4, [2, 4], SCHEDULES), "oss_video.h5": (1, 5, SCHEDULES[:2] + VIDEO)}
RELATIVE = 3e-6  # pair_error promises 1e-6 of each; states differ by their own rounding


def cuda_is_there():
    return "backend    cuda: not available: " not in cli.run(["info"], str(TESTS)).out


@unittest.skipIf(cli.SANITIZED, "too slow under sanitizers")
@unittest.skipUnless(cuda_is_there() or cli.gpu_required(), "no backend cuda here")
class Same(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="ossbench-same-")
        self.addCleanup(shutil.rmtree, self.dir)

    def run_on(self, config, backend):
        path, output = os.path.join(self.dir, "config.yaml"), os.path.join(self.dir, "out.h5")
        with open(path, "w") as file:
            json.dump(config, file)
        env = {"OSS_REQUIRE_GPU": ""} if backend == "cpu" else None  # what it is compared with
        done = cli.run(["run", path, "--quiet", "--backend", backend, "--output", output], self.dir, env)
        self.assertEqual(done.code, 0, done.err)
        found = cli.contents(output, cli.TIMES)
        os.remove(output)
        return found

    def problems(self):
        solvers = itertools.cycle(SOLVERS)
        for name, (samples, steps, schedules) in PROBLEMS.items():
            path = str(TESTS / "golden" / name)
            with h5py.File(path, "r") as file:
                grids = [grid for grid in file if grid not in ("gmm", "noise")]
            for grid in grids:
                yield f"{name}:{grid}", {
                    "denoiser": {"kind": "gmm", "file": path},
                    "noise": {"file": path, "dataset": "noise"},
                    "initial": "one",
                    "samples": {"search": samples, "evaluate": "same"},
                    "teacher": {"grid": {"kind": "file", "file": path, "dataset": f"{grid}/t", "as": "t"}, "cache": "none"},
                    "student": {"solver": next(solvers), "steps": steps, "schedule": schedules},
                    "metrics": ["mse", "psnr", "l1"],
                    "output": {"save": ["tables", "samples"]},
                }

    def test_networks(self):
        """Rows with a network in them are recorded and replayed too. Its output differs by 1e-6 between the backends."""
        nets = TESTS / "golden" / "nets"
        config = {
            "denoiser": [
                {"kind": "songunet", "file": str(nets / "songunet_cond.safetensors"), "class": "drawn"},
                {"kind": "dit", "file": str(nets / "dit.safetensors"), "class": "drawn", "guidance": 1.5},
            ],
            "samples": {"search": 1, "evaluate": "same"},
            "teacher": {"grid": "edm", "steps": 6, "cache": "none"},
            "student": {"steps": [2, 3], "schedule": SCHEDULES[:2]},
            "metrics": ["mse"],
            "output": {"save": ["tables", "samples"]},
        }
        cpu, cuda, again = (self.run_on(config, backend) for backend in ("cpu", "cuda", "cuda"))
        self.assertEqual(sorted(cpu), sorted(cuda))
        compared = 0
        for key, value in cuda.items():
            np.testing.assert_array_equal(value, again[key], err_msg=f"{key} of two runs")
            if key.endswith("schedule/index"):
                np.testing.assert_array_equal(value, cpu[key], err_msg=key)
                compared += 1
            if key.endswith("metrics/mse"):
                np.testing.assert_allclose(value, cpu[key], rtol=1e-3, err_msg=key)
        self.assertEqual(compared, 8)

    def test_schedules_and_bits(self):
        compared = 0
        for name, config in self.problems():
            with self.subTest(name):
                cpu, cuda, again = (self.run_on(config, backend) for backend in ("cpu", "cuda", "cuda"))
                self.assertEqual(sorted(cpu), sorted(cuda))
                for key, value in cuda.items():
                    np.testing.assert_array_equal(value, again[key], err_msg=f"{key} of two runs")
                    if key.endswith("schedule/index"):
                        np.testing.assert_array_equal(value, cpu[key], err_msg=key)
                        compared += 1
                    if key.endswith("@status"):
                        self.assertEqual(value, cpu[key], key)
                    if key.endswith(("search/cost", "metrics/mse")):
                        np.testing.assert_allclose(value, cpu[key], rtol=RELATIVE, atol=1e-12, err_msg=key)
        self.assertGreater(compared, 250)
        print(f"{compared} schedules compared", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
