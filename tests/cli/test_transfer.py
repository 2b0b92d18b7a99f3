#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Schedules taken from another result: the same bits on the problem they were found on, the same noise levels on another, and every refusal."""

import os
import shutil
import sys
import unittest

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import CliTest, run, write_problem  # noqa: E402

NETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "nets")
FEW = {"kind": "oss", "variant": "carry", "samples": "joint"}  # may take fewer steps than its budget
STORED = {"kind": "oss", "samples": "joint", "orders": "best", "sampling": "stored"}
AVERAGE = {"kind": "oss", "samples": "average"}
LEARNED = {"kind": "learned", "evaluations": 20}
SCHEDULES = {"uniform": "uniform", "gits": "gits", "carry": FEW, "orders: best": STORED, "samples: average": AVERAGE, "learned": LEARNED}
SOLVERS = ["euler", {"kind": "ipndm", "order": 2}, {"kind": "unipc", "order": 2}, "heun"]
SCORES = ("metrics/mse", "metrics/psnr", "schedule/t", "schedule/sigma", "schedule/index", "schedule/used", "schedule/start")


def transfer(**options):
    return {"kind": "transfer", "from": "source.h5", **options}


class Transfer(CliTest):
    def setUp(self):
        super().setUp()
        write_problem(self.path("other.h5"), seed=2)

    def search(self, changes=None, name="source.h5"):
        """A result with searches on problem.h5, or what changes make of it."""
        base = {"student.schedule": list(SCHEDULES.values()), "student.steps": [1, 3, 5], "output.file": name, "samples.evaluate": 4}
        self.run_config({**base, **(changes or {})})
        return self.path(name)

    def cells(self, name="out.h5"):
        """[(attributes, data)] of a result."""
        found = []
        with h5py.File(self.path(name), "r") as file:
            for cell in file["cells"].values():
                data = {}
                cell.visititems(lambda key, item, to=data: to.update({key: item[()]}) if isinstance(item, h5py.Dataset) else None)
                found.append((dict(cell.attrs), data))
        return found

    def edit(self, cell, name, value, path="source.h5"):
        with h5py.File(self.path(path), "r+") as file:
            del file[f"cells/{cell:04d}/schedule/{name}"]
            file[f"cells/{cell:04d}/schedule/{name}"] = value

    def one(self, code=0, words=(), steps=3, **options):
        """A run that transfers one schedule; its cell."""
        changes = {"student.schedule": [transfer(**options)], "student.steps": steps}
        self.run_config(changes, code=code, words=words)
        return None if code else self.cells()[0]

    # ---- what it gives

    def test_to_itself_it_is_the_same_to_the_last_bit(self):
        calibration = ["none", "affine"]
        self.search({"student.solver": SOLVERS, "student.calibration": calibration})
        names = [text for text in SCHEDULES if text != "orders: best"]
        here = {"student.solver": SOLVERS, "student.steps": [1, 3, 5], "student.calibration": calibration}
        self.run_config({**here, "student.schedule": [transfer(schedule=names)]})
        source = {(c["solver"], c["schedule"], c["calibration"], c["steps"]): (n, c, d) for n, (c, d) in enumerate(self.cells("source.h5"))}
        seen, fewer = set(), 0
        for cell, data in self.cells():
            self.assertEqual(cell["status"], "done", cell.get("reason"))
            number, found, expected = source[cell["solver"], cell["origin_schedule"], cell["calibration"], cell["steps"]]
            for name in SCORES:
                np.testing.assert_array_equal(data[name], expected[name], f"{name} of {cell['schedule']}, {cell['solver']}", strict=False)
                self.assertEqual(data[name].dtype, expected[name].dtype)
            self.assertEqual((cell["nfe"], cell["depth"], cell["search_nfe"]), (found["nfe"], found["depth"], 0))
            self.assertEqual(cell["origin_denoiser"], found["denoiser"])
            with h5py.File(self.path("source.h5")) as file:  # another calibration's cell holds the same schedule
                self.assertEqual(file[f"cells/{cell['origin_cell']:04d}"].attrs["key"], cell["origin_key"])
            self.assertTrue(cell["origin_file"].endswith("source.h5"))
            seen.add((cell["solver"], cell["origin_schedule"]))
            fewer += int(data["schedule/used"][0] < cell["steps"])
        self.assertEqual(len(seen), len(SOLVERS) * len(names))
        self.assertGreater(fewer, 0)

    def test_orders_that_were_sampled_with_come_along(self):
        self.search({"student.schedule": [STORED, dict(STORED, sampling="fixed")], "student.solver": {"kind": "ipndm", "order": 3}})
        schedules = [transfer(schedule=f"sampling: {word}") for word in ("stored", "fixed")]
        self.run_config({"student.schedule": schedules, "student.solver": {"kind": "ipndm", "order": 3}, "student.steps": [1, 3, 5]})
        pairs = list(zip(self.cells(), self.cells("source.h5")))
        for (cell, data), (_, expected) in pairs:
            for name in SCORES:
                np.testing.assert_array_equal(data[name], expected[name], name)
            self.assertEqual("schedule/order" in data, "stored" in cell["schedule"])
        stored, fixed = pairs[2][0][1], pairs[5][0][1]
        np.testing.assert_array_equal(stored["schedule/order"], pairs[2][1][1]["schedule/order"])
        self.assertTrue((stored["metrics/mse"] != fixed["metrics/mse"]).any(), "the orders change nothing here")

    def test_to_another_denoiser_it_keeps_the_times(self):
        self.search({"denoiser": [{"kind": "gmm", "file": name} for name in ("problem.h5", "other.h5")], "student.schedule": [FEW]})
        both = [{"kind": "gmm", "file": "problem.h5"}, {"kind": "gmm", "file": "other.h5"}]
        self.run_config({"denoiser": both, "student.schedule": [transfer(denoiser=["problem", "other"])], "student.steps": [3, 5]})
        source = {("other.h5" if "other.h5" in c["denoiser"] else "problem.h5", c["steps"]): (c, d) for c, d in self.cells("source.h5")}
        keys = set()
        for cell, data in self.cells():
            found, expected = source["other.h5" if "denoiser: other" in cell["schedule"] else "problem.h5", cell["steps"]]
            np.testing.assert_array_equal(data["schedule/t"], expected["schedule/t"])
            np.testing.assert_array_equal(data["schedule/index"], expected["schedule/index"])
            self.assertEqual((cell["origin_denoiser"], cell["origin_key"]), (found["denoiser"], found["key"]))
            own = found["denoiser"] == cell["denoiser"]
            self.assertEqual((data["metrics/mse"] == expected["metrics/mse"]).all(), own)
            keys.add((cell["key"], own))
        self.assertEqual(sorted(own for _, own in keys), [False] * 4 + [True] * 4)
        with h5py.File(self.path("index.h5"), "w") as file:  # the same indices by the way of a file of one's own
            file["schedule"] = source["problem.h5", 5][1]["schedule/index"][0]
        self.run_config({"denoiser": both[1], "student.steps": 5, "output.file": "by_file.h5",
                         "student.schedule": [{"kind": "file", "file": "index.h5", "dataset": "schedule"}]})
        crossed = next(d for c, d in self.cells() if c["steps"] == 5 and "other.h5" in c["denoiser"] and "denoiser: problem" in c["schedule"])
        used = crossed["schedule/used"][0]
        np.testing.assert_array_equal(self.cells("by_file.h5")[0][1]["schedule/used"], used)
        np.testing.assert_array_equal(self.cells("by_file.h5")[0][1]["metrics/mse"], crossed["metrics/mse"])

    def test_across_architectures(self):
        """U-Net, DiT, MAR's head and a mixture: samples of other shapes, the same times."""
        networks = {"songunet": {"file": "songunet_cond.safetensors", "class": "drawn"}, "dit": {"file": "dit.safetensors", "class": "drawn", "guidance": 1.5},
                    "mar_mlp": {"file": "mar_mlp.safetensors", "conditions": "mar_mlp.h5", "dataset": "raw/condition"}, "gmm": {"file": "problem.h5"}}
        denoisers = []
        for kind, options in networks.items():
            files = {key: os.path.join(NETS, value) for key, value in options.items() if key in ("file", "conditions") and kind != "gmm"}
            denoisers.append({"kind": kind, **options, **files})
        changes = {"denoiser": denoisers, "student.solver": ["euler", "unipc"], "student.steps": 3, "samples.search": 2, "samples.evaluate": 3}
        self.search({**changes, "student.schedule": ["gits", LEARNED]})
        self.run_config({**changes, "student.schedule": [transfer(denoiser=list(networks), schedule=["gits", "learned"])]})
        source = {(c["denoiser"], c["solver"], c["schedule"]): d for c, d in self.cells("source.h5")}
        own = times = 0
        for cell, data in self.cells():
            self.assertEqual(cell["status"], "done", cell.get("reason"))
            found = source[cell["origin_denoiser"], cell["solver"], cell["origin_schedule"]]
            np.testing.assert_array_equal(data["schedule/t"], found["schedule/t"])
            times += 1
            if cell["origin_denoiser"] == cell["denoiser"]:
                np.testing.assert_array_equal(data["metrics/mse"], found["metrics/mse"])
                own += 1
        self.assertEqual((own, times), (2 * 2 * 4, 2 * 2 * 16))

    def test_to_another_grid_the_ends_become_its_ends(self):
        self.search({"student.schedule": ["gits"], "student.steps": 4})
        _, source = self.cells("source.h5")[0]
        fine = {"teacher.grid": {"kind": "edm", "sigma_max": 300}, "teacher.steps": 15}
        changes = {**fine, "student.schedule": [transfer(teacher_grid="edm", teacher_steps=8)], "student.steps": 4}
        self.run_config(changes)
        cell, data = self.cells()[0]
        with h5py.File(self.path("out.h5")) as file:
            grid = file[cell["teacher"]]["t"][()]
        t = data["schedule/t"][0]
        np.testing.assert_array_equal(t[1:], source["schedule/t"][0][1:])
        self.assertEqual((t[0], data["schedule/start"][0]), (grid[-1], grid[-1]))
        self.assertEqual((data["schedule/index"][0][0], data["schedule/index"][0][-1]), (15, 0))
        self.assertTrue((data["schedule/index"][0][1:-1] == -1).all())
        self.run_config({**changes, "teacher.grid": {"kind": "edm", "end": "min"}})
        self.assertGreater(self.cells()[0][1]["schedule/t"][0][-1], 0)
        changes["teacher.grid"] = {"kind": "edm", "sigma_max": 1}
        self.run_config(changes, code=2, words=("no cell can run", "has a step at t = ", "not within this teacher's range"))

    def test_grid_times_are_found_again(self):
        self.search({"student.schedule": ["gits"], "student.steps": 4})
        twice = {"teacher.steps": 15, "teacher.grid": {"kind": "edm"}}  # (i/7) of 8 steps is (2i/14) of 15: the same levels, but for round-off
        self.run_config({**twice, "student.schedule": [transfer(teacher_steps=8)], "student.steps": 4})
        index = self.cells()[0][1]["schedule/index"][0]
        self.assertTrue((index >= 0).all(), index)
        before = self.cells("source.h5")[0][1]["schedule/index"][0]
        np.testing.assert_array_equal(index[:-1], 2 * before[:-1] - 1)

    def test_a_schedule_a_sample(self):
        per_sample = {"kind": "oss", "samples": "per_sample"}
        self.search({"student.schedule": [per_sample, "gits"], "samples.evaluate": "same", "samples.search": 5})
        self.one(code=2, words=("no cell can run", "cell 1 has a schedule a sample (5 of them)", "average: median"), schedule="per_sample")
        index = self.cells("source.h5")[1][1]["schedule/index"]
        self.assertGreater(len(np.unique(index, axis=0)), 1)
        cell, data = self.one(schedule="per_sample", average="median")
        np.testing.assert_array_equal(data["schedule/index"][0], np.median(index, axis=0).astype(int))
        self.assertEqual(cell["origin_cell"], 1)
        self.assertEqual(self.one(schedule="per_sample", average="mean")[1]["schedule/index"].shape, (1, 4))
        self.one(schedule="gits", average="median")
        self.edit(1, "index", np.full((5, 4), -1, np.int32))
        self.one(code=2, words=("cell 1", "off its teacher's grid"), schedule="per_sample", average="median")

    # ---- which cell answers

    def test_budgets_that_are_not_there_are_skipped(self):
        self.search({"student.steps": [3, 5]})
        self.run_config({"student.schedule": ["uniform", transfer(schedule="gits")], "student.steps": [3, 4, 5]})
        states = [(c["steps"], c["status"]) for c, _ in self.cells() if "transfer" in c["schedule"]]
        self.assertEqual(states, [(3, "done"), (4, "skipped"), (5, "done")])
        reason = next(c["reason"] for c, _ in self.cells() if c["status"] == "skipped")
        self.assertIn("source.h5 has no cell with steps 4 of any denoiser, schedule 'gits', solver {kind: euler", reason)
        self.assertIn("there are 3, 5", reason)

    def test_what_is_not_there(self):
        self.search({"student.steps": [3, 5]})
        self.one(code=2, words=("no cell with denoiser 'unet'; there are {kind: gmm",), denoiser="unet", schedule="gits")
        self.one(code=2, words=("no cell with schedule 'exhaustive' of denoiser 'problem'; there are uniform, {kind: gits",), denoiser="problem",
                 schedule="exhaustive")
        self.one(code=2, words=("no cell with solver 'heun'", "there are {kind: euler"), schedule="gits", solver="heun")
        self.one(code=2, words=("no cell with teacher_grid 'ddim'", "there are {kind: edm"), schedule="gits", teacher_grid="ddim")
        self.one(code=2, words=("no cell with teacher_steps 9", "there are 8"), schedule="gits", teacher_steps=9)

    def test_several_that_answer_are_refused(self):
        self.search()
        self.one(code=2, words=("config.yaml:", "transfer: ", "several cells for any schedule", "say which of uniform, {kind: gits"))
        self.one(code=2, words=("config.yaml:", "several cells for schedule 'oss'", "variant: carry"), schedule="oss")
        seeds = {"from": "seeds.h5"}
        self.search({"seed": [1, 2], "student.schedule": [LEARNED, "uniform"], "student.steps": 3}, "seeds.h5")
        times = [data["schedule/t"] for _, data in self.cells("seeds.h5")]
        self.assertTrue((times[0] != times[2]).any(), "this test wants seeds whose searches differ")
        self.one(code=2, words=("config.yaml:", "seeds.h5 has several schedules that answer, in cells 0 and 2"), schedule="learned", **seeds)
        self.assertEqual(self.one(schedule="uniform", **seeds)[0]["status"], "done")  # the same whatever the seed
        self.run_config({"seed": [2, 1], "student.schedule": [transfer(schedule="learned", **seeds)], "student.steps": 3})
        np.testing.assert_array_equal([data["schedule/t"] for _, data in self.cells()], [times[2], times[0]])

    def test_a_cell_that_did_not_run(self):
        self.search({"student.schedule": ["gits", "uniform"], "student.steps": [3, 9]})  # of 8 teacher steps
        changes = {"student.schedule": [transfer(schedule="gits", teacher_steps=8)], "student.steps": 9, "teacher.steps": 12}
        self.run_config(changes, code=2, words=("source.h5 has no finished cell of", "steps 9; skipped 9 steps (student.steps) are more than"))

    # ---- files that are none, and the key

    def test_broken_sources(self):
        self.one(code=1, words=("source.h5: No such file",), schedule="gits")
        self.write("source.h5", "text")
        self.one(code=1, words=("source.h5: not an HDF5 file",), schedule="gits")
        shutil.copy(self.path("problem.h5"), self.path("source.h5"))
        self.one(code=1, words=("source.h5: no result of ossbench run",), schedule="gits")
        self.check(run(["run", self.config({"student.schedule": [{"kind": "transfer"}]})], self.dir), 2, ("transfer", "from"))
        with h5py.File(self.path("source.h5"), "w") as file:
            file["cells/0000/x"], file["summary"] = 1, np.zeros(3)
        self.one(code=1, words=("source.h5: '/summary' cannot be read as a result's",), schedule="gits")
        with h5py.File(self.path("source.h5"), "w") as file:
            file.create_group("cells")
            file["summary"] = np.zeros(0, [("cell", "i4")])
        self.one(code=1, words=("lists no cells",), schedule="gits")

    def test_damaged_schedules(self):
        self.search({"student.schedule": ["gits"], "student.steps": 3})
        whole = self.cells("source.h5")[0][1]
        t = whole["schedule/t"]
        cases = [("t", t[:, ::-1], "does not descend"), ("t", t[:, :-1], "different shapes"), ("t", t[0], "dimension"), ("t", 2 * t, "does not descend"),
                 ("used", np.array([4], np.int32), "does not descend"), ("used", np.array([2], np.int32), "does not descend"),
                 ("used", np.array([3, 3], np.int32), "different shapes"), ("start", np.array([0.0]), "does not descend"),
                 ("t", t * np.nan, "NaN"), ("order", np.ones((1, 2), np.int32), "orders of another shape")]
        shutil.copy(self.path("source.h5"), self.path("whole.h5"))
        for name, value, word in cases:
            with self.subTest(f"{name} {word}"):
                shutil.copy(self.path("whole.h5"), self.path("source.h5"))
                with h5py.File(self.path("source.h5"), "r+") as file:
                    schedule = file["cells/0000/schedule"]
                    if name in schedule:
                        del schedule[name]
                    schedule[name] = value
                self.one(code=1, words=("source.h5: '/cells/0000/schedule", word))
        shutil.copy(self.path("whole.h5"), self.path("source.h5"))
        with h5py.File(self.path("source.h5"), "r+") as file:
            del file["cells/0000"].attrs["teacher"]
        self.one(code=1, words=("'/cells/0000/schedule' has no teacher beside it",))

    def test_the_key_holds_the_content(self):
        self.search({"student.schedule": ["gits"]})
        key = self.one(schedule="gits")[0]["key"]
        shutil.copy(self.path("source.h5"), self.path("moved.h5"))
        self.assertEqual(self.one(schedule="gits", **{"from": "moved.h5"})[0]["key"], key)
        self.search({"student.schedule": ["gits"], "samples.search": 2}, "moved.h5")
        self.assertNotEqual(self.one(schedule="gits", **{"from": "moved.h5"})[0]["key"], key)
        changes = {"student.schedule": [transfer(schedule="gits")], "student.steps": [3, 5]}
        self.run_config(changes)
        self.assertIn("0 cells done, 2 kept", self.run_config(changes, "--resume").err)

    def test_learned_may_begin_with_it(self):
        self.search({"student.schedule": ["gits"]})
        self.run_config({"student.schedule": [{"kind": "learned", "init": transfer(schedule="gits"), "evaluations": 10}], "student.steps": 3})
        self.assertEqual(self.cells()[0][0]["status"], "done")


if __name__ == "__main__":
    unittest.main()
