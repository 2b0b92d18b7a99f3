#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""ossbench run, list, show and info from outside: the result file field by field (docs/DESIGN, section 6), axes, paths and output."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import unittest

import h5py
import numpy as np
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import BINARY, CONFIG, TIMES, CliTest, compare, contents, run, start  # noqa: E402

PER_SAMPLE = {"kind": "oss", "variant": "carry", "samples": "per_sample"}
SWEEP = {
    "teacher.grid": [{"kind": "edm", "rho": [5, 7], "sigma_max": 20}, "flow"],
    "samples.evaluate": ["same", 4],
    "student.schedule": ["uniform", "oss", PER_SAMPLE],
    "student.steps": [2, 3],
    "output.save": ["tables", "samples", "trajectory"],
}
GRIDS = [
    {"kind": "edm", "rho": 5, "sigma_min": 0.002, "sigma_max": 20, "end": "zero"},
    {"kind": "edm", "rho": 7, "sigma_min": 0.002, "sigma_max": 20, "end": "zero"},
    {"kind": "flow", "shift": 1, "end": "zero"},
]
COST = {"kind": "xt", "p": 2, "channels": "all", "frames": "all"}
OSS = {"kind": "oss", "variant": "paper", "start": "free", "samples": "average", "average": "median", "reduce": "mean"}
OSS |= {"orders": "fixed", "sampling": "fixed", "max_calls": 2000000, "cost": COST}
SCHEDULES = ["uniform", OSS, {**OSS, "variant": "carry", "samples": "per_sample"}]
ROOT = """schema_version name config argv git_commit git_dirty hostname backend device threads hdf5_version blas_version dnnl_version yaml_version
ossbench_version compiler seed rng date""".split()
RESULTS = "nfe depth search_nfe search_seconds sample_seconds".split()


class Contract(CliTest):
    """One sweep, looked at from every side."""

    @classmethod
    def setUpClass(cls):
        cls.kept = CliTest()
        cls.kept.setUp()
        cls.addClassCleanup(cls.kept.doCleanups)
        cls.result = cls.kept.run_config(SWEEP)
        cls.file = h5py.File(cls.kept.path("out.h5"), "r")
        cls.addClassCleanup(cls.file.close)

    def done(self):
        """(name, group, is per sample, M) of every cell that is done."""
        for name, cell in self.file["cells"].items():
            if cell.attrs["status"] == "done":
                yield name, cell, "per_sample" in cell.attrs["schedule"], int(cell.attrs["steps"])

    def test_root(self):
        attributes = dict(self.file.attrs)
        for name in ROOT:
            self.assertIn(name, attributes)
            kind = self.file.attrs.get_id(name).dtype
            if isinstance(attributes[name], str):
                info = h5py.check_string_dtype(kind)
                self.assertEqual((info.encoding, info.length), ("utf-8", None), name)
                self.assertTrue(attributes[name], name)
            else:
                self.assertEqual(kind, np.dtype("<i8"), name)
        self.assertEqual(attributes["schema_version"], 1)
        self.assertEqual(attributes["name"], "small")
        self.assertEqual(attributes["seed"], 3)
        self.assertIn(attributes["backend"], ("cpu", "cuda"))
        self.assertIn(f"backend    {attributes['backend']}: {attributes['device']}", self.run_ok("info").out)
        self.assertEqual(attributes["threads"], 2)
        self.assertEqual(attributes["argv"].split()[:2], ["ossbench", "run"])
        self.assertIn("philox", attributes["rng"])
        self.assertEqual(set(self.file), {"summary", "cells", "teacher"})

    def test_cells_are_the_product_in_order(self):
        expected = itertools.product(GRIDS, ["same", 4], SCHEDULES, [2, 3])
        names = [f"{i:04d}" for i in range(3 * 2 * 3 * 2)]
        self.assertEqual(sorted(self.file["cells"]), names)
        for name, (grid, evaluate, schedule, steps) in zip(names, expected):
            a = self.file["cells"][name].attrs
            one_line = {k: a[k] for k in ("denoiser", "initial", "teacher_solver", "teacher_grid", "solver", "schedule")}
            self.assertFalse([k for k, v in one_line.items() if "\n" in v])
            self.assertEqual(yaml.safe_load(a["teacher_grid"]), grid)
            self.assertEqual(yaml.safe_load(a["schedule"]), schedule)
            self.assertEqual(yaml.safe_load(a["denoiser"]), CONFIG["denoiser"])
            self.assertEqual((a["initial"], a["teacher_solver"], a["solver"]), ("t", "{kind: euler, afs: false}", "{kind: euler, afs: false}"))
            self.assertEqual((a["seed"], a["teacher_steps"], a["samples_search"], a["steps"]), (3, 8, 3, steps))
            self.assertEqual(str(a["samples_evaluate"]), str(evaluate))
            skipped = "per_sample" in a["schedule"] and evaluate != "same"
            self.assertEqual(a["status"], "skipped" if skipped else "done")
            self.assertEqual("reason" in a, skipped)

    def test_costs_of_cells(self):
        for name, cell, _, steps in self.done():
            a = cell.attrs
            self.assertTrue(set(RESULTS) <= set(a), name)
            self.assertLessEqual(a["nfe"], steps)
            self.assertEqual(a["depth"], a["nfe"])
            self.assertEqual(a["search_nfe"], 0 if a["schedule"] == "uniform" else 3 * 8 * steps)
            self.assertTrue(a["search_seconds"] >= 0 and a["sample_seconds"] > 0)

    def test_schedules(self):
        for name, cell, per_sample, steps in self.done():
            shape = (3 if per_sample else 1, steps + 1)
            index, t, sigma = (cell["schedule"][k] for k in ("index", "t", "sigma"))
            self.assertEqual([(d.shape, d.dtype) for d in (index, t, sigma)], [(shape, k) for k in ("<i4", "<f8", "<f8")], name)
            grid = self.file[cell.attrs["teacher"]]["t"][()]
            with np.errstate(divide="ignore"):
                np.testing.assert_allclose(sigma[()], t[()] / (1 - t[()]), rtol=1e-12)
            self.assertTrue((index[:, -1] == 0).all() and (t[:, -1] == 0).all())
            carry = "carry" in cell.attrs["schedule"]
            self.assertTrue((np.diff(t[()]) <= 0).all() if carry else (np.diff(t[()]) < 0).all(), name)
            on = index[()] >= 0
            np.testing.assert_array_equal(t[()][on], grid[index[()][on]])
            if cell.attrs["schedule"] != "uniform":
                self.assertTrue(on.all())
            if "flow" in cell.attrs["teacher_grid"] and cell.attrs["schedule"] == "uniform":
                np.testing.assert_allclose(t[0], np.linspace(1, 0, steps + 1), atol=1e-15)
                self.assertEqual(list(index[0]), [8, 4, 0] if steps == 2 else [8, -1, -1, 0])

    def test_tables(self):
        for name, cell, per_sample, steps in self.done():
            self.assertEqual("search" in cell, cell.attrs["schedule"] != "uniform")
            if "search" not in cell:
                continue
            cost, origin = cell["search/cost"], cell["search/from"]
            self.assertEqual([(d.shape, d.dtype) for d in (cost, origin)], [((3, steps, 9), k) for k in ("<f8", "<i4")], name)
            np.testing.assert_array_equal(np.isinf(cost[()]) & (origin[()] >= 0), False)
            self.assertTrue((origin[()] >= -1).all() and (origin[()] <= 8).all() and (cost[:, -1, 0] >= 0).all())

    def test_metrics_and_states(self):
        for name, cell, _, steps in self.done():
            count = 3 if cell.attrs["samples_evaluate"] == "same" else 4
            student, teacher = cell["samples/student"], cell["samples/teacher"]
            self.assertEqual([(d.shape, d.dtype) for d in (student, teacher)], [((count, 6), "<f4")] * 2)
            mse = ((student[()].astype("f8") - teacher[()]) ** 2).mean(axis=1)
            psnr = 10 * np.log10(4 / mse)
            for metric, values in (("mse", mse), ("psnr", psnr)):
                dataset = cell["metrics"][metric]
                self.assertEqual((dataset.shape, dataset.dtype), ((count,), "<f8"))
                np.testing.assert_allclose(dataset[()], values, rtol=1e-5)
                self.assertEqual(dataset.attrs["count"], count)
                np.testing.assert_allclose(dataset.attrs["mean"], dataset[()].mean(), rtol=1e-12)
                np.testing.assert_allclose(dataset.attrs["std"], dataset[()].std(ddof=1), rtol=1e-9)
            for who, points, end in (("student", steps + 1, student), ("teacher", 9, teacher)):
                path = cell["trajectory"][who]
                self.assertEqual((path.shape, path.dtype), ((points, count, 6), "<f4"))
                np.testing.assert_array_equal(path[-1], end[()])
                start = self.file[cell.attrs["teacher"]]["t"][-1]
                self.assertLess(abs(np.std(path[0]) / start - 1), 0.5)
            np.testing.assert_array_equal(cell["trajectory/student"][0], cell["trajectory/teacher"][0])

    def test_teachers(self):
        self.assertEqual(sorted(self.file["teacher"]), ["0000", "0001", "0002"])
        for (name, group), grid in zip(sorted(self.file["teacher"].items()), GRIDS):
            t = group["t"]
            self.assertEqual((t.shape, t.dtype), ((9,), "<f8"))
            self.assertTrue((np.diff(t[()]) > 0).all() and t[0] == 0)
            self.assertEqual(yaml.safe_load(group.attrs["grid"]), grid)
            self.assertEqual(group.attrs["steps"], 8)
            self.assertGreater(group.attrs["nfe"], 0)
        for _, cell, *_ in self.done():
            self.assertEqual(self.file[cell.attrs["teacher"]].attrs["grid"], cell.attrs["teacher_grid"])

    def test_summary(self):
        table = self.file["summary"][()]
        self.assertEqual(table.shape, (36,))
        self.assertEqual(list(table["cell"]), list(range(36)))
        for row in table:
            cell = self.file[f"cells/{row['cell']:04d}"]
            for key in set(cell.attrs) & set(table.dtype.names):
                value = row[key].decode() if isinstance(row[key], bytes) else row[key]
                self.assertEqual(str(value), str(cell.attrs[key]), key)
            for metric in ("mse", "psnr"):
                mean = cell[f"metrics/{metric}"].attrs["mean"] if "metrics" in cell else np.nan
                np.testing.assert_equal(row[f"{metric}_mean"], mean)
        for key in ("status", "reason", "nfe", "depth", "search_nfe", "mse_std", "psnr_std", "teacher_grid", "schedule", "steps"):
            self.assertIn(key, table.dtype.names)

    def test_config_runs_again(self):
        text = self.file.attrs["config"].replace(self.kept.path("out.h5"), self.path("out.h5"))
        os.mkdir(self.path("elsewhere"))
        self.run_ok("run", self.write("elsewhere/again.yaml", text))
        skip = (*TIMES, "@config", "@denoiser", "@key")
        a, b = contents(self.kept.path("out.h5"), skip), contents(self.path("out.h5"), skip)
        self.assertEqual(sorted(a), sorted(b))
        for key, value in a.items():
            np.testing.assert_array_equal(value, b[key], err_msg=key)
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertEqual(file.attrs["config"], text)

    def test_h5dump_reads_it(self):
        if not shutil.which("h5dump"):
            self.skipTest("no h5dump here")
        done = subprocess.run(["h5dump", self.kept.path("out.h5")], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("H5T_CSET_UTF8", done.stdout)

    def test_show(self):
        text = self.run_ok("show", self.kept.path("out.h5")).out
        self.assertIn("36: 30 done, 6 skipped, 0 failed", text)
        header = next(line for line in text.splitlines() if line.split()[:1] == ["cell"])
        for word in ("teacher_grid", "samples_eval", "schedule", "steps", "status", "nfe", "depth", "mse", "psnr"):
            self.assertIn(word, header)
        self.assertEqual(len(re.findall(r"^ +\d+ .*(?:done|skipped)", text, re.M)), 36)
        for cell, words in ((0, ["index", "sigma", "psnr", "schedule/t (1, 3)"]), (4, ["samples", "search/cost (3, 2, 9)", "quartile"])):
            text = self.run_ok("show", self.kept.path("out.h5"), "--cell", str(cell)).out
            for word in words:
                self.assertIn(word, text)

    def test_streams(self):
        self.assertEqual(self.result.out.split(), [self.kept.path("out.h5")])
        self.assertIn("30 cells done, 0 kept, 6 skipped, 0 failed", self.result.err)


class Run(CliTest):
    def test_defaults(self):
        minimal = {"denoiser": CONFIG["denoiser"], "teacher": {"grid": "flow"}, "student": {"steps": 3, "schedule": "uniform"}}
        self.check(run(["run", self.config(base=minimal, name="least.yaml")], self.dir), 0)
        with h5py.File(self.path("results", "least.h5"), "r") as file:
            a = file["cells/0000"].attrs
            self.assertEqual((file.attrs["name"], a["seed"], a["teacher_steps"]), ("least", 0, 200))
            self.assertEqual((a["solver"], a["initial"]), ("{kind: euler, afs: false}", "t"))
            self.assertEqual((a["samples_search"], a["samples_evaluate"]), (16, "same"))
            self.assertEqual(set(file["cells/0000"]), {"schedule", "metrics"})
            self.assertEqual(set(file["cells/0000/metrics"]), {"mse", "psnr"})
            self.assertEqual(file["cells/0000/metrics/mse"].shape, (16,))
        kept = self.path(".cache", "ossbench", "trajectories")
        self.assertEqual(len(os.listdir(kept)), 1)

    def test_set_and_output(self):
        args = ["--set", "student.steps=[4]", "--set", "student.schedule.1.kind=oss", "--set", "seed=[7, 8]", "--set", "student.steps.0=5"]
        changes = {"student.schedule": ["uniform", {"kind": "uniform"}], "output.file": "unused.h5"}
        result = self.run_config(changes, *args, "--output", "new/folder/named.h5")
        self.assertEqual(result.out, "new/folder/named.h5\n")
        self.assertFalse(os.path.exists(self.path("unused.h5")))
        with h5py.File(self.path("new/folder/named.h5"), "r") as file:
            self.assertEqual([c.attrs["seed"] for c in file["cells"].values()], [7, 7, 8, 8])
            self.assertEqual({c.attrs["steps"] for c in file["cells"].values()}, {5})
            self.assertEqual(file.attrs["seed"], "7, 8")
            self.assertIn("--set 'seed=[7, 8]'", file.attrs["argv"])
            self.assertEqual(yaml.safe_load(file.attrs["config"])["output"]["file"], self.path("new/folder/named.h5"))

    def test_dry_run(self):
        before = sorted(os.listdir(self.dir)) + ["config.yaml"]
        changes = {**SWEEP, "output.file": "not/there/yet.h5", "teacher.cache": self.path("cache")}
        text = self.run_config(changes, "--dry-run").out
        self.assertEqual(sorted(os.listdir(self.dir)), sorted(before))
        rows = re.findall(r"^ +(\d+) +(-|\d+) +(-|\d+) +(-|[\d.]+)  (.*)$", text, re.M)
        self.assertEqual([int(row[0]) for row in rows], list(range(36)))
        for number, nfe, search, memory, axes in rows:
            if "skipped" in axes:
                self.assertEqual((nfe, search, memory), ("-", "-", "-"))
                self.assertIn("samples.evaluate: same", axes)
                continue
            steps = 2 + int(number) % 2
            self.assertEqual(int(nfe), steps)
            self.assertEqual(int(search), 0 if "uniform" in axes else 3 * 8 * steps)
            self.assertGreater(float(memory), 1)
        self.assertEqual(sum("skipped" in row[4] for row in rows), 6)
        self.assertRegex(text, r"peak memory: [\d.]+ MiB")
        self.assertRegex(text, r"/teacher/0002  8 steps")

    def test_plans_beyond_counting(self):
        """Numbers of calls too large for 64 bits are still above any limit."""
        most = {"samples.search": 2147483647, "samples.evaluate": "same", "teacher.steps": 3000, "student.steps": 3000, "student.solver": "heun"}
        self.run_config({**most, "student.schedule": "oss"}, "--dry-run", code=2, words=["above max_calls 2000000"])
        learned = {"kind": "learned", "evaluations": 1000000000}
        text = self.run_config({**most, "student.schedule": learned}, "--dry-run").out
        self.assertGreater(int(re.search(r"^ +0 +\d+ +(-?\d+)", text, re.M)[1]), 10**18)

    def test_quiet_and_streams(self):
        loud = self.run_config({})
        self.assertEqual(loud.out, self.path("out.h5") + "\n")
        self.assertIn("ossbench: ", loud.err)
        quiet = self.run_config({}, "--quiet")
        self.assertEqual((quiet.out, quiet.err), (loud.out, ""))

    def test_progress_on_a_terminal(self):
        main, terminal = os.openpty()
        result = run(["run", self.config({"seed": list(range(8))})], self.dir, env={"TERM": "xterm"}, stderr=terminal)
        os.close(terminal)
        self.check(result, 0)
        text = os.read(main, 1 << 16).decode()
        os.close(main)
        self.assertIn("\r0/32 cells" if "\r0/32" in text else "\r1/32 cells", text)
        self.assertIn("\x1b[K", text)
        self.assertIn("32 cells done", text)

    def test_relative_paths(self):
        os.makedirs(self.path("a", "b"))
        os.rename(self.path("problem.h5"), self.path("a", "b", "problem.h5"))
        config = self.config(name="a/b/config.yaml")
        self.run_ok("run", config)  # beside the config
        self.assertTrue(os.path.exists(self.path("a", "b", "out.h5")))
        shutil.move(self.path("a", "b", "problem.h5"), self.path("problem.h5"))
        self.run_ok("run", config)  # from the current folder
        self.check(run(["run", "config.yaml"], self.path("a", "b")), 1, ("problem.h5", "No such file"))
        nested = self.config({"output.file": "results/out.h5"}, name="a/b/config.yaml")
        self.assertEqual(self.run_ok("run", nested).out, "results/out.h5\n")  # a folder that is at neither place: below the current one
        self.assertTrue(os.path.exists(self.path("results", "out.h5")))

    def test_a_failed_run_leaves_the_result(self):
        self.run_config()
        shutil.copy(self.path("out.h5"), self.path("before.h5"))
        with h5py.File(self.path("problem.h5"), "r+") as file:
            file["gmm/means"][0, 0] = np.nan
        self.run_config(code=1, words=("problem.h5", "NaN"))
        with open(self.path("out.h5"), "rb") as now, open(self.path("before.h5"), "rb") as before:
            self.assertEqual(now.read(), before.read())

    def test_threads_and_batches_change_nothing(self):
        changes = {"output.save": "all", "samples.search": 5, "samples.evaluate": 7}
        self.run_config({**changes, "samples.batch": 7}, "--output", "a.h5", "--threads", "1")
        self.run_config({**changes, "samples.batch": 3}, "--output", "b.h5", "--threads", "2")
        compare(self, self.path("a.h5"), self.path("b.h5"), (*TIMES, "@config", "/@threads", "/teacher/0000@nfe"))

    def test_waiting_threads_sleep(self):
        """Unless the user says otherwise; OpenMP's own report says what holds. The last report is that of the program at work."""
        program = ("env", "-u", "OMP_WAIT_POLICY", "-u", "GOMP_SPINCOUNT", "OMP_DISPLAY_ENV=verbose")
        for more, spins in (((), "'1000'"), (("GOMP_SPINCOUNT=77",), "'77'")):
            process = start(["run", self.config({}), "--quiet"], self.dir, program=(*program, *more, BINARY))
            err = process.communicate()[1].decode()
            self.assertEqual(process.returncode, 0, err)
            if "GOMP_SPINCOUNT" not in err:
                self.skipTest("another OpenMP")
            self.assertEqual(re.findall(r"GOMP_SPINCOUNT = (\S+)", err)[-1], spins)

    def test_noise_from_a_file(self):
        noise = {"noise": {"file": "problem.h5", "dataset": "noise"}, "output.save": "trajectory", "initial": ["t", "one"]}
        self.run_config(noise)
        with h5py.File(self.path("out.h5"), "r") as file, h5py.File(self.path("problem.h5"), "r") as problem:
            for name, cell in file["cells"].items():
                scale = 1 if cell.attrs["initial"] == "one" else file[cell.attrs["teacher"]]["t"][-1]
                np.testing.assert_allclose(cell["trajectory/student"][0], scale * problem["noise"][3:7], rtol=1e-6, err_msg=name)

    def test_help_list_and_info(self):
        for args in (["--help"], ["help"], ["--version"], ["list"], ["info"], *([c, "--help"] for c in ("run", "list", "show", "info"))):
            result = self.run_ok(*args)
            self.assertTrue(result.out.strip() and not result.err, args)
        text = self.run_ok("list").out
        for registry in ("grids", "denoisers", "solvers", "schedules", "searches", "costs", "metrics"):
            self.assertIn(f"\n{registry}: ", "\n" + text)
            details = self.run_ok("list", registry).out
            for member in re.findall(r"^  (\w+) ", details, re.M):
                self.assertRegex(text, rf"(?m)^  {member} ")
            self.assertIn("source: ", details)
        self.assertRegex(self.run_ok("list", "searches").out, r"variant +official \| paper \| carry \(default paper\)")


if __name__ == "__main__":
    unittest.main()
