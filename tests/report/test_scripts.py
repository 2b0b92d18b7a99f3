#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""scripts/run_across.sh and run_ablations.sh with a stand-in for ossbench: what they ask of it, and where what they make goes.
/usr/bin/python3 tests/report/test_scripts.py"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import yaml

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from made_up import attributes, make  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ONE, TWO = "{kind: gmm, file: /here/one.h5}", "{kind: gmm, file: /here/two.h5}"
SEARCH = "{kind: gits, metric: dev, coefficient: 1.15}"
# Keeps its arguments, and copies a result that lies beside it to where it is asked for.
STAND_IN = """#!/usr/bin/python3
import json, os, shutil, sys
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "asked"), "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
name = os.path.basename(sys.argv[2])[: -len(".yaml")]
output = sys.argv[sys.argv.index("--output") + 1] if "--output" in sys.argv else os.path.join(here, f"ablation_{name}.h5")
shutil.copy(os.path.join(here, "made_up.h5"), output)
print(output)
"""


class Scripts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.program = os.path.join(self.folder, "ossbench")
        with open(self.program, "w", encoding="utf-8") as file:
            file.write(STAND_IN)
        os.chmod(self.program, 0o755)
        options = {"seeds": (0,), "steps": (3,), "grids": ("edm",), "tables": False, "samples": False}
        make(self.path("made_up.h5"), denoisers=(ONE, TWO), schedules=("uniform", "transfer"), **options)
        with h5py.File(self.path("made_up.h5"), "r+") as file:
            for cell in file["cells"].values():
                if cell.attrs["schedule"] == "transfer":
                    attributes(cell, origin_denoiser=ONE, origin_schedule=SEARCH, search_nfe=0)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def run_script(self, name, *arguments, code=0):
        environment = {**os.environ, "OSSBENCH": self.program, "MPLBACKEND": "agg"}
        done = subprocess.run([os.path.join(ROOT, "scripts", name), *arguments], capture_output=True, text=True, timeout=300, env=environment)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def asked(self):
        if not os.path.exists(self.path("asked")):
            return []
        with open(self.path("asked"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_across(self):
        results, kept = self.path("a folder"), self.path("kept")
        os.makedirs(os.path.join(results, "across_transfer_report"))
        with open(os.path.join(results, "across_transfer_report", "across-older.png"), "w", encoding="utf-8"):
            pass
        done = self.run_script("run_across.sh", "--results", results, "--keep", kept, "--", "--set", "samples.search=2", "--resume")
        both = ["--set", "samples.search=2", "--resume"]
        search, transfer = os.path.join(results, "across_search.h5"), os.path.join(results, "across_transfer.h5")
        self.assertEqual(
            self.asked(),
            [
                ["run", "configs/across/search.yaml", *both, "--output", search],
                ["run", "configs/across/transfer.yaml", *both, "--set", f"student.schedule.4.from='{search}'", "--output", transfer],
            ],
        )
        with open(os.path.join(results, "across_transfer.txt"), encoding="utf-8") as file:
            self.assertEqual(done.stdout, file.read())
        self.assertIn("less that of the own schedule", done.stdout)
        for name in ("across_search", "across_transfer"):
            for place in (f"{name}.txt", f"{name}.md", f"{name}.csv", f"{name}_report/report.html"):
                self.assertTrue(os.path.exists(os.path.join(results, place)), place)
        self.assertEqual(sorted(os.listdir(kept)), ["across.png", "across_search.md", "across_transfer.md"])

    def test_what_the_transfers_are_from(self):
        """The place that the script sets is the one that the config has."""
        with open(os.path.join(ROOT, "configs", "across", "transfer.yaml"), encoding="utf-8") as file:
            schedules = yaml.safe_load(file)["student"]["schedule"]
        self.assertEqual([i for i, schedule in enumerate(schedules) if isinstance(schedule, dict) and "from" in schedule], [4])

    def test_across_refuses(self):
        for words, part in (
            (("--", "--output", "x.h5"), "'--output' would write both results to one file; --results DIR"),
            (("--", "-ox.h5"), "would write both results to one file"),
            (("--", "--set", "output.file=x.h5"), "'output.file=x.h5' would write both results to one file"),
            (("--", "--set=output={file: x.h5}"), "would write both results to one file"),
            (("--", "--dry-run"), "makes no result to report"),
            (("--set", "seed=1"), "what is '--set'? Arguments for the runs come behind --"),
        ):
            self.assertIn(part, self.run_script("run_across.sh", *words, code=2).stderr)
        self.run_script("run_across.sh", "--results", code=1)
        self.assertIn("scripts/run_across.sh [--results DIR]", self.run_script("run_across.sh", "--help").stdout)
        self.assertEqual(self.asked(), [])

    def test_ablations(self):
        done = self.run_script("run_ablations.sh", "--keep", self.path("kept"), "grids", "networks", "--", "--set", "seed=1")
        configs = ["configs/ablations/grids.yaml", "configs/ablations/networks.yaml"]
        self.assertEqual(self.asked(), [["run", config, "--set", "seed=1"] for config in configs])
        self.assertIn("== 2 of 2: networks", done.stderr)
        self.assertIn("grids.md", os.listdir(self.path("kept")))
        make(self.path("made_up.h5"), seeds=(0,), steps=(3,), grids=("edm",), tables=False, schedules=("uniform",), calibrations=("none", "scale"))
        self.run_script("run_ablations.sh", "--keep", self.path("kept"), "networks")
        self.assertIn("networks-calibrated-3steps.png", os.listdir(self.path("kept")))

    def test_ablations_refuse(self):
        for words, part in (
            (("grids", "networks", "--", "--output", "x.h5"), "'--output' would write 2 results to one file"),
            (("grids", "networks", "--", "--set", "output.file=x.h5"), "'output.file=x.h5' would write 2 results to one file"),
            (("grids", "--", "--dry-run"), "makes no result to report"),
            (("grids", "--set", "seed=1"), "what is '--set'? Arguments for the runs come behind --"),
        ):
            self.assertIn(part, self.run_script("run_ablations.sh", *words, code=2).stderr)
        self.assertEqual(self.asked(), [])
        self.run_script("run_ablations.sh", "grids", "--", "--output", self.path("x.h5"))  # of one config it may
        self.assertTrue(os.path.exists(self.path("x.md")))


if __name__ == "__main__":
    unittest.main()
