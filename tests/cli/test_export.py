# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""ossbench export: what each format says, and what it refuses. The results are made here, so that nothing else has to work."""
import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

import h5py
import numpy as np

OSSBENCH = os.environ.get("OSSBENCH", "")
TEXT = h5py.string_dtype("utf-8")


def t_of(sigma):
    return 1.0 if math.isinf(sigma) else sigma / (1.0 + sigma)


def sigma_of(t):
    return t / (1.0 - t)


SIGMAS = [80.0, 24.40001, 5.8, 1.0, 0.16, 0.002, 0.0]
TIMES = [t_of(s) for s in SIGMAS]
FLOW = [1.0, 0.97, 0.8, 0.3125, 3.1e-4, 0.0]


def add_cell(file, number, times=None, used=None, start=None, status="done", metrics=None, index=True, **attributes):
    """times: (M+1) or (R, M+1)."""
    cell = file.create_group(f"cells/{number:04d}", track_order=True)
    values = {"seed": np.int64(9007199254740993), "denoiser": "{kind: gmm, file: problem.h5}", "initial": "t", "teacher_solver": "euler",
              "teacher_grid": "{kind: edm, rho: 7}", "teacher_steps": 200, "solver": "{kind: dpmpp, order: 2}",
              "schedule": "{kind: oss, variant: paper}", "status": status}
    values.update(attributes)
    for name, value in values.items():
        cell.attrs.create(name, value, dtype=TEXT if isinstance(value, str) else None)
    if times is None:
        return cell
    times = np.atleast_2d(np.asarray(times, dtype="f8"))
    cell.attrs["steps"] = times.shape[1] - 1
    cell["schedule/t"] = times
    with np.errstate(divide="ignore"):
        cell["schedule/sigma"] = times / (1 - times)
    if index:
        cell["schedule/index"] = np.tile(np.arange(times.shape[1])[::-1].astype("i4") * 10, (times.shape[0], 1))
    if used is not None:
        cell["schedule/used"] = np.atleast_1d(np.asarray(used, dtype="i4"))
    if start is not None:
        cell["schedule/start"] = np.atleast_1d(np.asarray(start, dtype="f8"))
    for name, mean in (metrics or {"mse": 0.00125, "psnr": math.inf}).items():
        cell[f"metrics/{name}"] = np.array([mean, mean])
        cell[f"metrics/{name}"].attrs["mean"] = mean
        cell[f"metrics/{name}"].attrs["std"] = 0.0
        cell[f"metrics/{name}"].attrs["count"] = 2
    return cell


# Cells by what they show.
DONE, FROM_ONE, ROWS, SHORT, FOREIGN, TO_MIN, SKIPPED, FAILED, FINE, NASTY, RISING, EMPTY, ELSEWHERE, INITIAL_ONE = range(14)


def make_result(path):
    with h5py.File(path, "w", track_order=True) as file:
        for name, value in {"name": "example", "git_commit": "0123abcd", "config": "name: example\nseed: 0\n"}.items():
            file.attrs.create(name, value, dtype=TEXT)
        file.attrs["schema_version"] = 1
        add_cell(file, DONE, TIMES, used=6, start=TIMES[0])
        add_cell(file, FROM_ONE, FLOW, used=5, start=1.0)
        add_cell(file, ROWS, [TIMES, [TIMES[1]] + TIMES[1:], [TIMES[2]] * 2 + TIMES[2:]], used=[6, 5, 4], start=[TIMES[0]] * 3)
        add_cell(file, SHORT, [TIMES[1]] * 3 + TIMES[1:], used=5, start=TIMES[1])
        add_cell(file, FOREIGN, [TIMES[1]] * 3 + TIMES[1:], index=False)
        add_cell(file, TO_MIN, TIMES[:-1], used=5, start=TIMES[0])
        add_cell(file, SKIPPED, status="skipped", reason="samples: per_sample needs evaluate: same")
        add_cell(file, FAILED, status="failed", reason="NaN in step 3")
        add_cell(file, FINE, [t_of(s) for s in (80.0, 1.0, 0.0101, 0.0100999, 0.003, 0.0)], used=5, start=t_of(80.0))
        add_cell(file, NASTY, TIMES, used=6, start=TIMES[0], denoiser='a "b"\n\\import os')
        add_cell(file, RISING, [0.5, 0.6, 0.0], used=2, start=0.5)
        add_cell(file, EMPTY)
        add_cell(file, ELSEWHERE, TIMES[1:], used=5, start=TIMES[0])
        add_cell(file, INITIAL_ONE, TIMES, used=6, start=TIMES[0], initial="one")


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="oss_export_")
        cls.result = os.path.join(cls.folder, "result.h5")
        make_result(cls.result)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_export(self, *arguments):
        return subprocess.run([OSSBENCH, "export", *arguments], capture_output=True, text=True, timeout=60)

    def export(self, cell, to, *more):
        """stdout and stderr of an export that must work."""
        run = self.run_export(self.result, "--cell", str(cell), "--to", to, *more)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertTrue(run.stdout.endswith("\n"))
        return run.stdout, run.stderr

    def refused(self, code, *arguments):
        run = self.run_export(*arguments)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        self.assertEqual(run.stdout, "")
        self.assertIn("ossbench: error: ", run.stderr)
        return run.stderr

    def refused_cell(self, code, cell, to, *more):
        return self.refused(code, self.result, "--cell", str(cell), "--to", to, *more)

    def assertClose(self, found, wanted, relative=1e-8):
        self.assertEqual(len(found), len(wanted), f"{found} {wanted}")
        for a, b in zip(found, wanted):
            if math.isinf(b):
                self.assertEqual(a, b)
            else:
                self.assertLessEqual(abs(a - b), relative * abs(b), f"{found} {wanted}")

    def python(self, text):
        """Runs an exported snippet with modules that only record what they are called with."""
        calls = []

        class Scheduler:
            def __init__(self, **keywords):
                calls.append(keywords)

            def set_timesteps(self, **keywords):
                calls.append(keywords)

        torch, diffusers = types.ModuleType("torch"), types.ModuleType("diffusers")
        torch.tensor = list
        diffusers.EulerDiscreteScheduler = diffusers.FlowMatchEulerDiscreteScheduler = Scheduler
        names, before = {}, {name: sys.modules.get(name) for name in ("torch", "diffusers")}
        sys.modules.update(torch=torch, diffusers=diffusers)
        try:
            exec(compile(text, "export", "exec"), names)
        finally:
            for name, module in before.items():
                sys.modules.pop(name) if module is None else sys.modules.update({name: module})
        return names, calls

    # ---- formats ----

    def test_csv(self):
        text, _ = self.export(DONE, "csv")
        comments = [line for line in text.splitlines() if line.startswith("#")]
        self.assertIn("cell 0", comments[0])
        self.assertIn("0123abcd", comments[0])
        self.assertIn("mse 0.00125", " ".join(comments))
        rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
        self.assertEqual([int(row["index"]) for row in rows], [60, 50, 40, 30, 20, 10, 0])
        self.assertEqual([float(row["t"]) for row in rows], TIMES)  # the same doubles
        self.assertClose([float(row["sigma"]) for row in rows], SIGMAS, 1e-14)
        self.assertClose([float(row["lambda"]) for row in rows[:-1]], [-math.log(s) for s in SIGMAS[:-1]], 1e-12)
        self.assertEqual(float(rows[-1]["lambda"]), math.inf)

    def test_csv_takes_t_1(self):
        rows = [line.split(",") for line in self.export(FROM_ONE, "csv")[0].splitlines() if not line.startswith("#")]
        self.assertEqual(rows[1], ["50", "1", "inf", "-inf"])

    def test_json(self):
        data = json.loads(self.export(DONE, "json")[0])
        self.assertEqual(data["t"], TIMES)
        self.assertEqual((data["steps"], data["budget"], data["index"][0]), (6, 6, 60))
        self.assertIsNone(data["lambda"][-1])
        self.assertEqual(data["cell"]["solver"], "{kind: dpmpp, order: 2}")
        self.assertEqual(data["cell"]["teacher_grid"], "{kind: edm, rho: 7}")
        self.assertEqual(data["cell"]["seed"], 9007199254740993)
        self.assertEqual(data["metrics"]["mse"], {"mean": 0.00125, "std": 0, "count": 2})
        self.assertIsNone(data["metrics"]["psnr"]["mean"])
        self.assertEqual(data["source"]["git_commit"], "0123abcd")
        self.assertEqual(data["source"]["config"], "name: example\nseed: 0\n")
        self.assertIsNone(json.loads(self.export(FROM_ONE, "json")[0])["sigma"][0])

    def test_comfyui(self):
        text, notes = self.export(DONE, "comfyui")
        self.assertRegex(text, r"^\d+\.\d+(, \d+\.\d+)*\n$")
        self.assertTrue(text.endswith(", 0.0\n"))
        self.assertEqual(notes, "")
        found = [float(x) for x in re.findall(r"[-+]?(?:\d*\.*\d+)", text)]  # as the node reads it
        self.assertClose(found, SIGMAS)
        text, _ = self.export(FROM_ONE, "{kind: comfyui, space: flow}")
        self.assertEqual(text, "1.0, 0.97, 0.8, 0.3125, 0.00031, 0.0\n")

    def test_sdcpp(self):
        text, _ = self.export(DONE, "sdcpp")
        match = re.fullmatch(r'--sigmas "([0-9.,]+)"\n', text)
        self.assertTrue(match, text)
        self.assertClose([float(x) for x in match[1].split(",")], SIGMAS)
        self.assertEqual(self.export(FROM_ONE, "{kind: sdcpp, space: flow}")[0], '--sigmas "1.0,0.97,0.8,0.3125,0.00031,0.0"\n')

    def test_k_diffusion(self):
        text, _ = self.export(DONE, "k_diffusion")
        names, _ = self.python(text)
        self.assertClose(names["sigmas"], SIGMAS)
        self.assertIn("* sigmas[0]", text)

    def test_diffusers(self):
        text, _ = self.export(DONE, "diffusers")
        names, (made, called) = self.python(text)
        self.assertClose(called["sigmas"], SIGMAS)
        self.assertEqual((made["beta_schedule"], made["beta_start"], made["beta_end"]), ("linear", 1e-4, 0.02))
        bar = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
        logs = 0.5 * np.log((1 - bar) / bar)
        self.assertEqual(names["timesteps"], [int(np.argmin(np.abs(logs - math.log(s)))) for s in SIGMAS[:-1]])
        self.assertRegex(text, r"sigmas below 0\.01.*: 1; step 0 stands in")  # 0.002
        self.assertNotIn("warning", text)

    def test_diffusers_scaled_linear(self):
        text, _ = self.export(DONE, "{kind: diffusers, betas: scaled_linear}")
        names, (made, _) = self.python(text)
        self.assertEqual((made["beta_schedule"], made["beta_start"], made["beta_end"]), ("scaled_linear", 0.00085, 0.012))
        bar = np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2)
        logs = 0.5 * np.log((1 - bar) / bar)
        self.assertEqual(names["timesteps"], [int(np.argmin(np.abs(logs - math.log(s)))) for s in SIGMAS[:-1]])
        self.assertEqual(names["timesteps"][:2], [999, 999])  # 80 and 24.4 are beyond 14.6
        self.assertRegex(text, r"sigmas above 14\.6.*: 2; step 999 stands in.*set_begin_index")
        self.assertRegex(text, r"# note: warning: timesteps 0 to 1 .* all fall on 999")

    def test_diffusers_repeated_timesteps(self):
        text, _ = self.export(FINE, "diffusers")
        self.assertRegex(text, r"# note: warning: timesteps 2 to 4 .* all fall on 0")
        self.assertEqual(self.python(text)[0]["timesteps"][2:], [0, 0, 0])

    def test_diffusers_flow(self):
        names, (made, called) = self.python(self.export(FROM_ONE, "diffusers_flow")[0])
        self.assertEqual(made, {"shift": 1})
        self.assertClose(called["sigmas"], FLOW[:-1])  # N of them: the scheduler appends the 0

    def test_diffusers_flow_shift(self):
        for option, a in (("shift: 3", 3.0), ("mu: 1.15", math.exp(1.15))):
            _, (_, called) = self.python(self.export(FROM_ONE, f"{{kind: diffusers_flow, {option}}}")[0])
            self.assertClose([a * u / (1 + (a - 1) * u) for u in called["sigmas"]], FLOW[:-1], 1e-7)
        self.assertEqual(called["mu"], 1.15)
        self.assertIn("shift and mu", self.refused_cell(2, FROM_ONE, "{kind: diffusers_flow, shift: 3, mu: 1}"))
        self.assertIn("shift", self.refused_cell(2, FROM_ONE, "{kind: diffusers_flow, shift: 0}"))

    # ---- what tools would do otherwise ----

    def test_t_1_has_no_sigma(self):
        for to in ("comfyui", "diffusers", "k_diffusion", "sdcpp"):
            message = self.refused_cell(1, FROM_ONE, to)
            self.assertIn("t = 1", message)
            for other in ("csv", "json", "{kind: comfyui, space: flow}", "diffusers_flow", "{kind: sdcpp, space: flow}"):
                self.assertIn(other, message)

    def test_last_above_zero(self):
        kept, notes = self.export(TO_MIN, "comfyui")
        self.assertClose([float(x) for x in kept.split(",")], SIGMAS[:-1])
        self.assertIn("ends at sigma 0.002", notes)
        self.assertIn("one more evaluation", notes)
        appended, notes = self.export(TO_MIN, "{kind: comfyui, last: append}")
        self.assertClose([float(x) for x in appended.split(",")], SIGMAS)
        self.assertIn("one more than were measured", notes)
        replaced, notes = self.export(TO_MIN, "{kind: comfyui, last: replace}")
        self.assertClose([float(x) for x in replaced.split(",")], SIGMAS[:-2] + [0.0])
        self.assertIn("replaced by 0", notes)
        for to in ("k_diffusion", "diffusers", "diffusers_flow"):
            self.assertRegex(self.export(TO_MIN, to)[0], r"# note: .*one more evaluation")
        self.assertEqual(len(json.loads(self.export(TO_MIN, "json")[0])["t"]), 6)

    def test_last_above_zero_diffusers_flow(self):
        _, (_, called) = self.python(self.export(TO_MIN, "diffusers_flow")[0])
        self.assertClose(called["sigmas"], TIMES[:-2])
        _, (_, called) = self.python(self.export(TO_MIN, "{kind: diffusers_flow, last: append}")[0])
        self.assertClose(called["sigmas"], TIMES[:-1])

    def test_last_has_no_effect_on_a_schedule_to_0(self):
        for last in ("keep", "append", "replace"):
            self.assertEqual(self.export(DONE, f"{{kind: comfyui, last: {last}}}"), self.export(DONE, "comfyui"))

    def test_another_start(self):
        self.assertRegex(self.export(ELSEWHERE, "comfyui")[1], r"measured from a start of 0.987654 .* 0.96063 times: scale .* 1.02813")
        self.assertIn("measured from a start", self.export(INITIAL_ONE, "k_diffusion")[0])
        self.assertNotIn("measured from a start", self.export(INITIAL_ONE, "diffusers_flow")[0])
        self.assertIn("measured from a start", self.export(DONE, "diffusers_flow")[0])
        self.assertNotIn("measured from a start", self.export(FROM_ONE, "diffusers_flow")[0])

    def test_repeats_are_left_out(self):
        for cell in (SHORT, FOREIGN):  # FOREIGN does not say how many
            data = json.loads(self.export(cell, "json")[0])
            self.assertEqual((data["t"], data["steps"], data["budget"]), (TIMES[1:], 5, 8))
        self.assertEqual(data["index"], [-1] * 6)
        self.assertEqual(json.loads(self.export(SHORT, "json")[0])["index"], [50, 40, 30, 20, 10, 0])

    def test_comments_stay_comments(self):
        text, _ = self.export(NASTY, "k_diffusion")
        names, _ = self.python(text)
        self.assertNotIn("os", names)
        self.assertEqual(json.loads(self.export(NASTY, "json")[0])["cell"]["denoiser"], 'a "b"\n\\import os')

    # ---- rows and cells ----

    def test_rows(self):
        message = self.refused_cell(2, ROWS, "comfyui")
        self.assertIn("3 schedules", message)
        self.assertIn("--row", message)
        for row in range(3):
            text, _ = self.export(ROWS, "comfyui", "--row", str(row))
            self.assertClose([float(x) for x in text.split(",")], SIGMAS[row:])
        self.assertIn("row 2 of 3", self.export(ROWS, "csv", "--row", "2")[0])
        self.assertIn("3 schedules", self.refused_cell(2, ROWS, "comfyui", "--row", "3"))
        self.assertIn("1 schedule,", self.refused_cell(2, DONE, "comfyui", "--row", "1"))
        self.export(DONE, "comfyui", "--row", "0")

    def test_cells_without_a_schedule(self):
        self.assertIn("skipped, so it has no schedule: samples: per_sample", self.refused_cell(1, SKIPPED, "csv"))
        self.assertIn("failed, so it has no schedule: NaN in step 3", self.refused_cell(1, FAILED, "csv"))
        self.assertIn("schedule/t", self.refused_cell(1, EMPTY, "csv"))
        self.assertIn("cells are 0 to 13", self.refused_cell(2, 14, "csv"))
        self.assertIn("not below", self.refused_cell(1, RISING, "csv"))

    def test_wrong_use(self):
        self.assertIn("--cell", self.refused(2, self.result, "--to", "csv"))
        self.assertIn("--to", self.refused(2, self.result, "--cell", "0"))
        self.assertIn("RESULT", self.refused(2, "--cell", "0", "--to", "csv"))
        self.assertIn("comfyui", self.refused_cell(2, DONE, "comfyi"))
        self.assertIn("space", self.refused_cell(2, DONE, "{kind: comfyui, spice: flow}"))
        self.assertIn("flow", self.refused_cell(2, DONE, "{kind: comfyui, space: flo}"))
        self.assertIn("one format at a time", self.refused_cell(2, DONE, "[csv, json]"))
        self.refused_cell(2, DONE, "{kind: comfyui")
        self.refused_cell(2, DONE, "")
        self.refused_cell(2, "x", "csv")
        self.refused(1, os.path.join(self.folder, "none.h5"), "--cell", "0", "--to", "csv")

    def test_newer_schema(self):
        path = os.path.join(self.folder, "newer.h5")
        with h5py.File(path, "w") as file:
            file.attrs["schema_version"] = 99
        self.assertIn("newer ossbench", self.refused(1, path, "--cell", "0", "--to", "csv"))

    def test_other_files(self):
        path = os.path.join(self.folder, "other.h5")
        with h5py.File(path, "w") as file:
            file["numbers"] = np.arange(3)
        self.assertIn("has no cells", self.refused(1, path, "--cell", "0", "--to", "csv"))
        with open(path, "w") as file:
            file.write("no HDF5")
        self.assertIn(path, self.refused(1, path, "--cell", "0", "--to", "csv"))

    def test_used_that_cannot_be(self):
        path = os.path.join(self.folder, "used.h5")
        with h5py.File(path, "w") as file:
            add_cell(file, 0, TIMES, used=7)
            add_cell(file, 1, TIMES, used=0)
            add_cell(file, 2, TIMES, used=4)
            add_cell(file, 3, TIMES, used=[6, 6])
        for cell in range(4):
            self.assertIn("schedule/used", self.refused(1, path, "--cell", str(cell), "--to", "csv"))

    # ---- files and listings ----

    def test_output(self):
        path = os.path.join(self.folder, "deep", "sigmas.txt")
        text, notes = self.export(TO_MIN, "{kind: k_diffusion, last: append}", "--output", path)
        self.assertEqual(text, path + "\n")
        self.assertIn("one more than were measured", notes)
        with open(path) as file:
            self.assertEqual(file.read(), self.export(TO_MIN, "{kind: k_diffusion, last: append}")[0])
        self.assertEqual(os.listdir(os.path.dirname(path)), ["sigmas.txt"])
        self.refused_cell(1, DONE, "csv", "--output", self.folder)

    def test_list(self):
        run = subprocess.run([OSSBENCH, "list", "exports"], capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        for name in ("csv", "json", "comfyui", "diffusers", "diffusers_flow", "k_diffusion", "sdcpp"):
            self.assertRegex(run.stdout, rf"(?m)^  {name} ")
            self.export(DONE, name)  # and each works

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "w") as full:
            run = subprocess.run([OSSBENCH, "export", self.result, "--cell", "0", "--to", "csv"], stdout=full, stderr=subprocess.PIPE,
                                 text=True, timeout=60)
        self.assertEqual(run.returncode, 1)
        self.assertIn("standard output", run.stderr)


if __name__ == "__main__":
    unittest.main()
