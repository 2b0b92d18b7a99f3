#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Every shipped config in tiny size: no cell fails, only the skips that the config speaks of, and the report prints its table in the layout asked for."""

import glob
import os
import re
import subprocess
import sys
import unittest

import h5py
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import BINARY, LIMIT, CliTest, environment  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
REPORT = os.path.join(ROOT, "scripts", "report.py")
CONFIGS = sorted(glob.glob(os.path.join(ROOT, "configs", "**", "*.yaml"), recursive=True))
CONFIGS = [path for path in CONFIGS if os.path.basename(os.path.dirname(path)) != "networks"]  # test_paper_networks.py
TEACHERS = {"teacher_steps": [6, 8], "table3": [6, 8], "teachers": 8}
SKIPPED = {"averaging": ["per_sample"], "schedules": ["table: wan", "table: flux", "table: chroma"]}  # words of their schedules


def tiny(path, folder):
    """--set arguments that make a config small; results that it takes from lie in the folder."""
    with open(path, encoding="utf-8") as file:
        config = yaml.safe_load(file)
    name, changes = config["name"], {"samples.search": 2, "teacher.cache": "none", "teacher.steps": TEACHERS.get(config["name"], 6)}
    if "reference" in config["teacher"]:
        changes["teacher.reference"] = 8
    if config["samples"]["evaluate"] != "same":
        changes["samples.evaluate"] = ["same", 4] if isinstance(config["samples"]["evaluate"], list) else 4
    changes["student.steps"] = [2, 3] if isinstance(config["student"]["steps"], list) else 3
    if name.startswith("across"):
        changes["student.solver"] = "euler"  # of four: there are seven denoisers, each with the schedules of all
    several = isinstance(config["denoiser"], list)
    for i, denoiser in enumerate(config["denoiser"] if several else [config["denoiser"]]):
        if denoiser["kind"] == "dataset":
            changes[f"denoiser.{i}.limit" if several else "denoiser.limit"] = 30
    for i, metric in enumerate(config["metrics"]):
        if isinstance(metric, dict):
            changes.update({f"metrics.{i}.components": 2, f"metrics.{i}.bootstrap": 5})
    for i, schedule in enumerate(config["student"]["schedule"] if isinstance(config["student"]["schedule"], list) else []):
        if schedule == "learned":
            changes[f"student.schedule.{i}"] = {"kind": "learned", "evaluations": 8}
        elif isinstance(schedule, dict) and schedule["kind"] == "transfer":
            changes[f"student.schedule.{i}.from"] = os.path.join(folder, os.path.basename(schedule["from"]))
        elif isinstance(schedule, dict) and schedule["kind"] == "learned":
            changes[f"student.schedule.{i}.evaluations"] = 8
    assignments = [f"{key}={yaml.safe_dump(value, default_flow_style=True).split(chr(10))[0]}" for key, value in changes.items()]
    return name, config, [word for text in assignments for word in ("--set", text)]


class Configs(CliTest):
    def result(self, path):
        name, config, changes = tiny(path, self.dir)
        output = os.path.join(self.dir, name + ".h5")
        command = [BINARY, "run", path, "--quiet", "--output", output, *changes]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=LIMIT, env=environment(self.dir))
        self.assertEqual(done.returncode, 0, f"{path}\n{done.stderr}")
        return name, config, output

    def check_cells(self, name, output):
        with h5py.File(output) as file:
            for cell in file["cells"].values():
                if cell.attrs["status"] != "done":
                    text = f"{cell.attrs['schedule']}: {cell.attrs['reason']}"
                    self.assertTrue(cell.attrs["status"] == "skipped" and any(word in text for word in SKIPPED.get(name, [])), text)
            return file.attrs["config"]

    def check_report(self, config, output):
        command = [sys.executable, "-B", REPORT, output, "--format", "markdown", "--costs"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"(?m)^\|---\|.*---:\|$")
        self.assertIsNone(re.search(r"\bnan\b", done.stdout))
        layout = config.get("report")
        if layout:
            header = next(line for line in done.stdout.splitlines() if line.startswith("| "))
            names = [part.strip() for part in header.strip("|").split("|")][: len(layout["rows"])]
            expected = {"samples_evaluate": "scored on", "samples_search": "searched"}
            self.assertEqual(names, [expected.get(axis, axis.replace("_", " ")) for axis in layout["rows"]])

    def check_across(self, output):
        """What was found on a denoiser is the same on it again, and the matrix is printed."""
        with h5py.File(output) as file, h5py.File(os.path.join(self.dir, "across_search.h5")) as source:
            own = [cell for cell in file["cells"].values() if cell.attrs.get("origin_denoiser") == cell.attrs["denoiser"]]
            for cell in own:
                found = source[f"cells/{cell.attrs['origin_cell']:04d}"]
                self.assertEqual(cell["metrics/mse"][()].tolist(), found["metrics/mse"][()].tolist())
            self.assertEqual(len({cell.attrs["denoiser"] for cell in own}), len({cell.attrs["denoiser"] for cell in source["cells"].values()}))
        done = subprocess.run([sys.executable, "-B", REPORT, output, "--format", "text", "--across"], capture_output=True, encoding="utf-8")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("less that of the own schedule", done.stdout)

    def test_every_config(self):
        self.assertGreater(len(CONFIGS), 12)
        for path in CONFIGS:
            with self.subTest(config=os.path.relpath(path, ROOT)):
                name, config, output = self.result(path)
                resolved = self.check_cells(name, output)
                self.assertEqual("report" in config, "\nreport: {" in resolved)
                self.check_report(config, output)
                if name == "across_transfer":
                    self.check_across(output)

    def test_report_changes_no_cell(self):
        """Another layout is another table of the same cells: nothing is run again."""
        path = os.path.join(ROOT, "configs", "ablations", "grids.yaml")
        _, _, output = self.result(path)
        _, _, changes = tiny(path, self.dir)
        changes += ["--set", "report={rows: [schedule], columns: [steps], metrics: [mse], relative: {schedule: uniform}}"]
        command = [BINARY, "run", path, "--resume", "--output", output, *changes]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=LIMIT, env=environment(self.dir))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"0 cells done, 36 kept")
        with h5py.File(output) as file:
            self.assertIn("report: {rows: [schedule], columns: [steps], metrics: [mse], relative: {schedule: uniform}}", file.attrs["config"])


if __name__ == "__main__":
    unittest.main()
