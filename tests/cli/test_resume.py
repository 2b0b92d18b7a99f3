#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Runs that are killed, resumed, damaged, run beside each other or fed to another: nothing finished is lost, nothing wrong is kept."""

import glob
import os
import re
import shutil
import signal
import sys
import time
import unittest

import h5py
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import LIMIT, TIMES, CliTest, compare, run, start, write_problem  # noqa: E402

SWEEP = {
    "seed": [0, 1, 2, 3],
    "samples": {"search": 4, "evaluate": 4},
    "teacher.steps": 40,
    "student": {"steps": [3, 6, 10], "schedule": ["uniform", "oss", {"kind": "oss", "samples": "joint"}]},
    "output.save": ["tables", "samples"],
}
CELLS = 4 * 3 * 3


class Resume(CliTest):
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # in memory: syncs after each cell cost nothing there

    def setUp(self):
        super().setUp()
        write_problem(self.path("problem.h5"), components=8, elements=64)
        self.file = self.config(SWEEP)

    def reference(self):
        self.check(run(["run", self.file, "--output", "whole.h5"], self.dir), 0, (f"{CELLS} cells done, 0 kept",))
        return self.path("whole.h5")

    def read(self, name="out.h5"):
        with open(self.path(name), "rb") as file:
            return file.read()

    def cells_on_disk(self, name="out.h5"):
        return sorted(glob.glob(self.path(name + ".partial", "cell-????-*.h5")))

    def stop(self, moment, sent=signal.SIGKILL):
        """Starts a run and sends a signal once moment() holds. Whether it was in time."""
        process = start(["run", self.file], self.dir)
        end = time.monotonic() + LIMIT
        while process.poll() is None and not moment():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.0005)
        process.send_signal(sent)
        _, err = process.communicate(timeout=LIMIT)
        self.assertIn(process.returncode, (0, -sent), err.decode())
        return process.returncode != 0

    def stop_at(self, count, sent=signal.SIGKILL):
        """Stops a run that has finished so many cells; on a busy machine it may take some tries. Whether it worked."""
        before = self.read() if os.path.exists(self.path("out.h5")) else None
        for _ in range(10):
            if self.stop(lambda: len(self.cells_on_disk()) >= count, sent):
                return True
            if before is None:
                os.unlink(self.path("out.h5"))
            else:
                self.write("out.h5", before)
        return False

    def stop_resumed(self, count):
        process = start(["run", self.file, "--resume"], self.dir)
        while process.poll() is None and len(self.cells_on_disk()) < count:
            time.sleep(0.0005)
        process.kill()
        _, err = process.communicate()
        if process.returncode != -signal.SIGKILL:
            self.assertEqual(process.returncode, 0, err.decode())
            self.skipTest("it was done before it could be killed")

    def resume(self, kept=None, words=(), name="out.h5", output=()):
        result = self.check(run(["run", self.file, "--resume", *output], self.dir), 0, words)
        done, found = map(int, re.search(r"(\d+) cells done, (\d+) kept", result.err).groups())
        if kept is not None:
            self.assertEqual(found, kept, result.err)
        self.assertFalse(os.path.exists(self.path(name + ".partial")))
        return done, found

    def same(self, a, b, *more):
        compare(self, self.path(a), self.path(b), (*TIMES, "@config", "@nfe", *more))

    def test_killed(self):
        self.reference()
        self.run_ok("run", self.config({"seed": 99}, "before.yaml"))
        before = self.read()
        for count in (1, CELLS // 3, CELLS - 4, 2):
            with self.subTest(f"after {count} cells"):
                self.assertTrue(self.stop_at(count), "it was done before it could be killed")
                self.assertEqual(self.read(), before)
                self.run_ok("show", "out.h5")
                cells = self.cells_on_disk()
                self.assertGreaterEqual(len(cells), count)
                done, kept = self.resume(len(cells), output=("--output", "out.h5"))
                self.assertEqual(done + kept, CELLS)
                self.same("whole.h5", "out.h5")
                self.write("out.h5", before)

    def test_killed_while_it_writes_the_result(self):
        self.reference()
        self.run_ok("run", self.config({"seed": 99}, "before.yaml"))
        before = self.read()
        late = self.stop(lambda: glob.glob(self.path("out.h5.tmp.*")))
        if not late or self.read() != before:
            self.skipTest("it was done before it could be killed")
        self.resume(CELLS)
        self.same("whole.h5", "out.h5")
        self.assertEqual(glob.glob(self.path("out.h5.*")), [])

    def test_killed_twice(self):
        self.reference()
        self.assertTrue(self.stop_at(5))
        first = len(self.cells_on_disk())
        self.stop_resumed(first + 5)
        again = len(self.cells_on_disk())
        self.assertGreaterEqual(again, first + 5)
        self.resume(again)
        self.same("whole.h5", "out.h5")

    def test_interrupted(self):
        self.reference()
        self.assertTrue(self.stop_at(4, signal.SIGINT))
        self.assertFalse(os.path.exists(self.path("out.h5")))
        done, kept = self.resume(len(self.cells_on_disk()))
        self.assertTrue(kept >= 4 and done + kept == CELLS)
        self.same("whole.h5", "out.h5")

    def test_kept_cells_are_not_written_again(self):
        self.assertTrue(self.stop_at(6))
        kept = {path: os.stat(path) for path in self.cells_on_disk()}
        self.stop_resumed(len(kept) + 3)
        for path, then in kept.items():
            now = os.stat(path)
            self.assertEqual((now.st_ino, now.st_mtime_ns), (then.st_ino, then.st_mtime_ns), path)

    def test_what_a_search_found_is_kept(self):
        """With all that it knows, for the budgets that were not scored yet."""
        for search in ("gits", {"kind": "exhaustive", "calls": 3000}, {"kind": "learned", "evaluations": 10}):
            with self.subTest(search):
                self.file = self.config({**SWEEP, "seed": 0, "student": {"steps": list(range(2, 22)), "schedule": search}})
                self.check(run(["run", self.file, "--output", "whole.h5"], self.dir), 0)
                self.assertTrue(self.stop_at(2), "it was done before it could be killed")
                found = {}
                for path in glob.glob(self.path("out.h5.partial", "found-*.h5")):
                    with h5py.File(path, "r") as file:
                        found[os.path.basename(path)[6:-3]] = file["schedule"].attrs["seconds"]
                self.assertGreater(len(found), 0)
                self.resume(len(self.cells_on_disk()))
                self.same("whole.h5", "out.h5")
                with h5py.File(self.path("out.h5"), "r") as file:
                    seconds = {cell.attrs["key"]: cell.attrs["search_seconds"] for cell in file["cells"].values()}
                self.assertEqual(found, {key: seconds[key] for key in found})
                os.unlink(self.path("out.h5"))

    def test_without_resume_all_is_computed(self):
        self.assertTrue(self.stop_at(3))
        cells = [os.path.basename(path) for path in self.cells_on_disk()]
        self.check(run(["run", self.file], self.dir), 0, (f"{CELLS} cells done, 0 kept", "out.h5.partial.old"))
        self.assertEqual(sorted(f for f in os.listdir(self.path("out.h5.partial.old")) if "tmp" not in f), cells)

    def test_after_the_end(self):
        self.reference()
        shutil.copy(self.path("whole.h5"), self.path("out.h5"))
        self.assertEqual(self.resume(), (0, CELLS))
        self.same("whole.h5", "out.h5")

    def test_one_more_step(self):
        self.check(run(["run", self.file], self.dir), 0)
        self.file = self.config({**SWEEP, "student.steps": [3, 8, 6, 10]})
        self.assertEqual(self.resume(), (12, CELLS))
        self.check(run(["run", self.file, "--output", "whole.h5"], self.dir), 0)
        self.same("whole.h5", "out.h5")

    def test_fewer_and_other_cells(self):
        self.check(run(["run", self.file], self.dir), 0)
        self.file = self.config({**SWEEP, "seed": [3, 7], "teacher.grid": ["flow", "edm"]})  # the kept teacher gets another number
        self.assertEqual(self.resume(), (3 * 9, 9))
        self.check(run(["run", self.file, "--output", "whole.h5"], self.dir), 0)
        self.same("whole.h5", "out.h5")

    def test_what_a_cell_depends_on(self):
        self.check(run(["run", self.file], self.dir), 0)
        for changes in ({"output.save": "none"}, {"metrics": "mse"}, {"initial": "one"}, {"teacher.steps": 41}, {"samples.search": 5}):
            with self.subTest(changes):
                self.file = self.config({**SWEEP, **changes, "student.steps": 3})
                self.resume(0)
        self.resume(12)
        self.file = self.config({**SWEEP, "student.steps": 3, "samples.search": 5, "samples.batch": 2, "teacher.cache": self.path("c")})
        self.resume(12)  # batch and cache change nothing
        with h5py.File(self.path("problem.h5"), "r+") as file:
            file["gmm/means"][0, 0] += 1
        self.resume(0)

    def test_calibration(self):
        calibrated = {**SWEEP, "seed": [0, 1], "student.calibration": ["none", "affine"]}
        self.file = self.config(calibrated)
        self.check(run(["run", self.file, "--output", "whole.h5"], self.dir), 0, ("36 cells done, 0 kept",))
        self.assertTrue(self.stop_at(17), "it was done before it could be killed")  # within a schedule's second calibration
        self.assertEqual(sum(self.resume()), 36)
        self.same("whole.h5", "out.h5")
        self.assertEqual(self.resume(), (0, 36))
        self.same("whole.h5", "out.h5")  # the teacher's quantiles too, though nothing was computed
        with h5py.File(self.path("out.h5"), "r") as file:
            kept = file["teacher/0000/quantiles"]
            np.testing.assert_array_equal(kept[()], file["cells/0000/calibration/teacher"][()])
            np.testing.assert_array_equal(kept.attrs["levels"], [0.05, 0.95])
            self.assertEqual(len({cell.attrs["key"] for cell in file["cells"].values()}), 36)
        self.file = self.config({**calibrated, "student.calibration": ["scale", "affine"]})
        self.resume(18)
        self.file = self.config({**calibrated, "student.quantiles": [0.05, 0.9]})
        self.resume(0)
        self.file = self.config({**SWEEP, "seed": 0})
        self.resume(0)  # these record no quantiles
        self.file = self.config({**SWEEP, "seed": 0, "student.quantiles": [0.2, 0.3]})
        self.resume(9)  # and do not depend on their levels

    def test_damaged_cells(self):
        self.reference()
        self.assertTrue(self.stop_at(8))
        cells = self.cells_on_disk()
        whole = self.read(cells[0])
        self.write(cells[0], whole[: len(whole) // 2])
        whole = bytearray(self.read(cells[1]))
        whole[len(whole) // 2] ^= 1
        self.write(cells[1], bytes(whole))
        self.write(cells[2], b"")
        self.write(cells[3], b"not HDF5\n" * 1000)
        self.resume(len(cells) - 4, ("warning", os.path.basename(cells[0]), os.path.basename(cells[3]), "computed again"))
        self.same("whole.h5", "out.h5")

    def test_damaged_result(self):
        self.reference()
        whole = bytearray(self.read("whole.h5"))
        self.write("out.h5", bytes(whole[: len(whole) // 2]))
        self.resume(0, ("warning", "out.h5", "truncated"))
        self.same("whole.h5", "out.h5")
        self.write("out.h5", b"text")
        self.resume(0, ("warning", "out.h5", "not an HDF5 file"))

    def test_failed_cells_are_tried_again(self):
        with h5py.File(self.path("problem.h5"), "r+") as file:
            file["gmm/scales"][:] = 1e200
        for _ in range(2):
            self.check(run(["run", self.file, "--resume"], self.dir), 1, ("0 cells done, 0 kept", f"{CELLS} failed"))
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertEqual({cell.attrs["teacher"] for cell in file["cells"].values()}, {"/teacher/0000"})

    def test_damaged_cache(self):
        self.reference()
        cached = self.config({**SWEEP, "teacher.cache": "cache"}, "cached.yaml")
        fresh = self.check(run(["run", cached, "--output", "a.h5"], self.dir), 0)
        self.assertNotIn("warning", fresh.err)
        kept = sorted(glob.glob(self.path("cache", "*")))
        self.assertEqual(len(kept), 8)  # 4 seeds, searched and scored samples
        self.assertNotIn("warning", self.check(run(["run", cached, "--output", "b.h5"], self.dir), 0).err)
        with h5py.File(self.path("b.h5"), "r") as file:
            self.assertEqual(file["teacher/0000"].attrs["nfe"], 0)
        for path in kept[:3]:
            with h5py.File(path, "r+") as file:
                file["states"][0, 0, 0] += 1
        self.write(kept[3], self.read(kept[3])[:3000])
        self.write(kept[4], b"no HDF5")
        shutil.copy(kept[6], kept[5])
        words = ("warning", "this trajectory is computed again", *kept[:6])
        result = self.check(run(["run", cached, "--output", "c.h5"], self.dir), 0, words)
        self.assertEqual(result.err.count("computed again"), 6)
        for name in ("a.h5", "b.h5", "c.h5"):
            self.same("whole.h5", name)
        self.assertNotIn("warning", self.check(run(["run", cached, "--output", "d.h5"], self.dir), 0).err)

    def test_cache_that_cannot_be_written(self):
        self.write("file", "")
        config = self.config({**SWEEP, "teacher.cache": "file/cache"})
        self.check(run(["run", config], self.dir), 0, ("warning", "teacher not kept", "file"))

    def test_cache_of_changed_problems(self):
        cached = self.config({**SWEEP, "teacher.cache": "cache"}, "cached.yaml")
        self.run_ok("run", cached)
        with h5py.File(self.path("problem.h5"), "r+") as file:
            file["gmm/scales"][0] *= 2
        self.run_ok("run", cached)
        self.run_ok("run", self.file, "--output", "whole.h5")
        self.same("whole.h5", "out.h5")

    def test_two_runs_of_one_output(self):
        self.reference()
        first = start(["run", self.file], self.dir)
        self.addCleanup(first.kill)
        end = time.monotonic() + LIMIT
        while first.poll() is None and len(self.cells_on_disk()) < 3:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.0005)
        first.send_signal(signal.SIGSTOP)
        before = self.cells_on_disk()
        if not before:
            self.skipTest("it was done before it could be stopped")
        words = ("out.h5: another run is writing it", f"(process {first.pid})")
        for more in ((), ("--resume",)):
            self.check(run(["run", self.file, *more], self.dir), 1, words)
        self.assertEqual(self.cells_on_disk(), before)
        self.assertFalse(os.path.exists(self.path("out.h5.partial.old")))
        self.check(run(["run", self.file, "--output", "other.h5"], self.dir), 0)
        first.send_signal(signal.SIGCONT)
        _, err = first.communicate(timeout=LIMIT)
        self.assertEqual(first.returncode, 0, err.decode())
        self.same("whole.h5", "out.h5")
        self.assertEqual(glob.glob(self.path("out.h5.*")), [])

    def test_two_runs_started_together(self):
        self.reference()
        both = [start(["run", self.file], self.dir) for _ in range(2)]
        ends = [(process.communicate(timeout=2 * LIMIT)[1].decode(), process.returncode) for process in both]
        for err, code in ends:
            if code != 0:
                self.assertIn("another run is writing it", err)
        self.assertIn(0, [code for _, code in ends], ends)
        self.same("whole.h5", "out.h5")
        self.assertEqual(glob.glob(self.path("out.h5.*")), [])

    def test_beside_each_other(self):
        self.reference()
        cached = self.config({**SWEEP, "teacher.cache": "cache"}, "cached.yaml")
        both = [start(["run", cached, "--output", name], self.dir) for name in ("a.h5", "b.h5")]
        for process in both:
            _, err = process.communicate(timeout=2 * LIMIT)
            self.assertEqual(process.returncode, 0, err.decode())
            self.assertNotIn(b"warning", err)
        for name in ("a.h5", "b.h5"):
            self.same("whole.h5", name)
        self.assertEqual([f for f in os.listdir(self.path("cache")) if "tmp" in f], [])


class Reuse(CliTest):
    """Times of a result as the input of another run."""

    def test_noise_levels_from_infinity(self):
        self.run_config({"teacher.grid": "flow"})
        with h5py.File(self.path("out.h5"), "r") as file:
            self.assertEqual((file["cells/0001"].attrs["schedule"], file["cells/0001"].attrs["steps"]), ("uniform", 3))
            self.assertEqual(file["cells/0001/schedule/sigma"][0, 0], np.inf)
            grid = file["teacher/0000/t"][()]
        from_file = {"kind": "file", "file": "out.h5", "dataset": "/cells/0001/schedule/sigma", "as": "sigma"}
        again = {"teacher.grid": "flow", "student": {"steps": 3, "schedule": ["uniform", from_file]}}
        self.run_config(again, "--output", "again.h5")
        with h5py.File(self.path("again.h5"), "r") as file:
            one, other = file["cells/0000"], file["cells/0001"]
            np.testing.assert_allclose(one["schedule/t"], other["schedule/t"], rtol=1e-14)
            np.testing.assert_array_equal(one["schedule/index"], other["schedule/index"])
            np.testing.assert_allclose(one["metrics/mse"], other["metrics/mse"], rtol=1e-4)
        with h5py.File(self.path("problem.h5"), "r+") as file, np.errstate(divide="ignore"):
            file["levels"] = grid / (1 - grid)
            file["negative"] = np.array([-np.inf, 0, 1])
        levels = {"kind": "file", "file": "problem.h5", "dataset": "levels", "as": "sigma"}
        self.run_config({"teacher": {"grid": levels}, "student.schedule": "oss"}, "--output", "levels.h5")
        with h5py.File(self.path("levels.h5"), "r") as file:
            np.testing.assert_allclose(file["teacher/0000/t"], grid, rtol=1e-14)
            self.assertEqual(file["teacher/0000/t"][-1], 1)
        for bad, found in (({"dataset": "negative"}, "holds negative infinity at [0]"), ({"as": "t"}, "holds infinity at [8]")):
            words = ("problem.h5", found)
            self.run_config({"teacher": {"grid": {**levels, **bad}}}, code=1, words=words)
            self.run_config({"student": {"steps": 2, "schedule": {**levels, **bad}}}, code=1, words=words)


if __name__ == "__main__":
    unittest.main()
