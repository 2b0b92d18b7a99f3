#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Every search of the golden files through the command line (tests/golden/README.md says what they are).

Schedules must be equal, tables and states to 1e-4. Where two candidates of a table lie closer than that, either is right; such a near
tie is proven by walking the program's own choice in double.
"""

import collections
import shutil
import tempfile
import unittest

import h5py
import numpy as np
import reference as ref

OFFICIAL = {"kind": "oss", "variant": "official", "start": "free", "samples": "per_sample"}
PAPER = {"kind": "oss", "variant": "paper", "start": "free", "samples": "per_sample"}
PINNED = {"kind": "oss", "variant": "paper", "start": "pinned", "samples": "per_sample"}
AVERAGE = {"kind": "oss", "variant": "official", "start": "free", "samples": "average", "average": "official"}
SEARCHES = {"official": OFFICIAL, "paper": PAPER, "pinned": PINNED}
FILES = {"oss_search.h5": (12, 3), "oss_search_1d.h5": (4, 2)}  # groups, budgets of each
SAMPLES = 4


def base_config(path, grid):
    return {
        "denoiser": {"kind": "gmm", "file": path},
        "noise": {"file": path, "dataset": "noise"},
        "initial": "one",
        "teacher": {"grid": {"kind": "file", "file": path, "dataset": f"{grid}/t", "as": "t"}, "cache": "none"},
        "metrics": ["mse", "psnr"],
        "output": {"save": ["tables", "samples", "trajectory"]},
    }


class Case:
    """A grid of a golden file: what the file says, what the program did, and the problem in double."""

    def __init__(self, folder, path, grid):
        self.name = f"{path.name}:{grid}"
        with h5py.File(path, "r") as file:
            group = file[grid]
            self.budgets = sorted(int(m[1:]) for m in group if m.startswith("M"))
            self.tables = {k: v[()] for k, v in group[f"M{self.budgets[-1]}"].items() if k.endswith(("_cost", "_from"))}
            self.golden = {m: {k: v[()] for k, v in group[f"M{m}"].items()} for m in self.budgets}
            self.teacher = group["teacher"][()]
            noise = file["noise"][()]
            self.problem = ref.Problem(ref.load_mixture(file), group["t"][()], noise.astype(np.float32))
        self.noise, self.n = noise, self.problem.n
        self.size = ref.rms(self.problem.start)
        schedules = [OFFICIAL, PAPER, PINNED, AVERAGE, "uniform"]
        for m in self.budgets:
            for name in ("official_steps", "uniform_steps"):
                schedules.append({"kind": "file", "file": str(path), "dataset": f"{grid}/M{m}/{name}", "as": "index"})
        config = base_config(str(path), grid)
        config["samples"] = {"search": SAMPLES, "evaluate": "same"}
        config["student"] = {"steps": self.budgets, "schedule": schedules}
        self.outcome = ref.run_config(folder, config, name=grid)
        self.ties = collections.defaultdict(set)  # variant: (sample, row, j) where another predecessor was proven as good

    def from_file(self, m, name):
        return self.outcome.find({"kind": "file", "dataset": f"{self.name.split(':')[1]}/M{m}/{name}"}, m)

    def true_path(self, variant, cell, s, row, j):
        """The program's own way to a cell."""
        if variant == "official":
            return ref.kept_path(cell["search/cost"][s], cell["search/from"][s], row, j)
        return ref.backtrack(cell["search/from"][s], row, j)


class SearchGoldens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="ossbench-golden-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.cases = []
        for name, (groups, budgets) in FILES.items():
            path = ref.GOLDEN / name
            with h5py.File(path, "r") as file:
                grids = [g for g in file if g not in ("gmm", "noise")]
            cases = [Case(cls.folder, path, grid) for grid in grids]
            if len(cases) != groups or any(len(c.budgets) != budgets for c in cases):
                raise AssertionError(f"{name}: {len(cases)} groups")
            cls.cases += cases
        cls.settings = [(case, m) for case in cls.cases for m in case.budgets]
        cls.expected = sum(groups * budgets for groups, budgets in FILES.values())

    def setUp(self):
        self.compared = 0

    def tearDown(self):
        self.assertGreaterEqual(self.compared, self.expected, "this test compared too little")

    def assert_costs(self, case, got, want, what):
        near = ref.cost_close(got, want, case.size)
        if not np.all(near):
            at = np.argwhere(~np.atleast_1d(near))[0]
            self.fail(f"{case.name} {what}: {np.atleast_1d(got)[tuple(at)]} instead of {np.atleast_1d(want)[tuple(at)]} at {at}")
        self.compared += near.size

    def assert_states(self, case, got, want, what):
        axes = tuple(range(got.ndim - len(case.noise.shape) + 1, got.ndim))
        self.assertEqual(got.shape, want.shape, f"{case.name} {what}")
        error = np.sqrt(((got.astype(float) - want) ** 2).sum(axes)) / np.sqrt((want.astype(float) ** 2).sum(axes))
        self.assertLessEqual(error.max(), ref.RELATIVE, f"{case.name} {what}")
        self.compared += error.size

    def check_choices(self, case, variant, cell, m):
        """The table of predecessors, unreachable cells included, but for proven near ties."""
        want = case.tables[f"{variant}_from"][:, :m]
        got = cell["search/from"]
        self.assertEqual(got.shape, want.shape)
        for s, row, j in np.argwhere(got != want):
            self.prove_tie(case, variant, cell, s, row, j)
        self.compared += got.size

    def prove_tie(self, case, variant, cell, s, row, j):
        cost = case.tables[f"{variant}_cost"][s, row, j]
        where = f"{case.name} {variant} sample {s} row {row} index {j}"
        self.assertTrue(np.isfinite(cost), f"{where}: reached, which it can't be")
        mine = case.problem.cost(case.true_path(variant, cell, s, row, j), s)
        self.assertTrue(ref.cost_close(mine, cost, case.size), f"{where}: came a way of cost {mine} instead of {cost}")
        case.ties[variant].add((int(s), int(row), int(j)))

    def test_reference(self):
        """The double arithmetic that proves near ties is the goldens' own."""
        for case in self.cases:
            self.assert_states(case, case.problem.teacher.reshape(case.teacher.shape), case.teacher, "teacher in double")

    def test_teacher(self):
        for case, m in self.settings:
            cell = case.outcome.find("uniform", m)
            self.assert_states(case, cell["trajectory/teacher"][::-1], case.teacher, "trajectory/teacher")
            self.assert_states(case, cell["samples/teacher"], case.teacher[0], "samples/teacher")
            t = case.outcome.teachers[cell["@teacher"].split("/")[-1]]
            np.testing.assert_allclose(t, case.problem.t, rtol=1e-12)

    def test_tables(self):
        for case, m in self.settings:
            for variant, schedule in SEARCHES.items():
                cell = case.outcome.find(schedule, m)
                self.assert_costs(case, cell["search/cost"], case.tables[f"{variant}_cost"][:, :m], f"{variant} M{m} search/cost")
                if variant != "pinned":  # no such golden
                    self.check_choices(case, variant, cell, m)
        ties = sum(len(found) for case in self.cases for found in case.ties.values())
        self.assertLessEqual(ties, 0.001 * self.compared, "near ties are rare")

    def test_schedules(self):
        ties = 0
        for case, m in self.settings:
            for variant, schedule in SEARCHES.items():
                cell = case.outcome.find(schedule, m)
                want = np.hstack([case.golden[m][f"{variant}_steps"][:, ::-1], np.zeros((SAMPLES, 1), dtype=np.int32)])
                self.assertEqual(cell["schedule/index"].shape, want.shape)
                np.testing.assert_allclose(cell["schedule/t"], case.problem.t[cell["schedule/index"]], rtol=1e-12)
                for s in range(SAMPLES):
                    ties += self.check_schedule(case, variant, cell, m, s, want[s])
                    self.compared += 1
        print(f"schedules: {self.compared}, of them near ties: {ties}")

    def check_schedule(self, case, variant, cell, m, s, want):
        """1 for another schedule that is as good, 0 for the golden's."""
        got = cell["schedule/index"][s]
        if np.array_equal(got, want):
            return 0
        where = f"{case.name} {variant} M{m} sample {s}: {got} instead of {want}"
        if variant == "official":  # its schedule may miss the cost it claims: what counts is where its backtrack parts
            at = next(i for i in range(m, -1, -1) if got[i] != want[i])
            self.prove_tie(case, variant, cell, s, at, got[at + 1])
        else:
            cost = case.tables[f"{variant}_cost"][s, m - 1, 0]
            self.assertTrue(ref.cost_close(case.problem.cost(got, s), cost, case.size), where)
        return 1

    def test_average(self):
        for case, m in self.settings:
            cell = case.outcome.find(AVERAGE, m)
            single = case.outcome.find(OFFICIAL, m)["schedule/index"]
            np.testing.assert_array_equal(cell["search/index"], single)
            if np.array_equal(single[:, -2::-1], case.golden[m]["official_steps"]):
                want = np.append(case.golden[m]["official_average_steps"][::-1], 0)
                np.testing.assert_array_equal(cell["schedule/index"], want[None], err_msg=f"{case.name} M{m}")
                self.compared += 1

    def test_students(self):
        for case, m in self.settings:
            golden = case.golden[m]
            cell = case.from_file(m, "official_steps")
            np.testing.assert_array_equal(cell["schedule/index"][:, -2::-1], golden["official_steps"])
            self.assert_states(case, cell["samples/student"], golden["student"], f"M{m} samples/student")
            self.assert_costs(case, cell["metrics/mse"], golden["student_mse"], f"M{m} metrics/mse")

    def test_uniform(self):
        for case, m in self.settings:
            golden = case.golden[m]
            for cell in (case.outcome.find("uniform", m), case.from_file(m, "uniform_steps")):
                np.testing.assert_array_equal(cell["schedule/index"][:, -2::-1], golden["uniform_steps"][None], err_msg=case.name)
                self.assert_states(case, cell["samples/student"], golden["uniform_student"], f"uniform M{m} samples/student")
                self.assert_costs(case, cell["metrics/mse"], golden["uniform_mse"], f"uniform M{m} metrics/mse")

    def test_scores(self):
        """Metrics are those of the states beside them, and trajectories begin and end where they must."""
        for case, m in self.settings:
            for cell in case.outcome.cells:
                if cell["@steps"] != m or cell["@status"] != "done":
                    continue
                student, teacher = cell["samples/student"].astype(float), cell["samples/teacher"].astype(float)
                mse = ((student - teacher) ** 2).reshape(SAMPLES, -1).mean(1)
                np.testing.assert_allclose(cell["metrics/mse"], mse, rtol=1e-6)
                np.testing.assert_allclose(cell["metrics/psnr"], 10 * np.log10(2.0**2 / mse), rtol=1e-6)
                np.testing.assert_array_equal(cell["trajectory/student"][-1], cell["samples/student"])
                np.testing.assert_array_equal(cell["trajectory/student"][0], case.noise.astype(np.float32))
                self.assertEqual(cell["trajectory/student"].shape[0], m + 1)
                self.compared += 1

    def test_skipped(self):
        """A schedule of one length serves that budget alone; nothing else is missing."""
        for case in self.cases:
            status = collections.Counter(c["@status"] for c in case.outcome.cells)
            k = len(case.budgets)
            self.assertEqual(status, {"done": 5 * k + 2 * k, "skipped": 2 * k * (k - 1)}, case.name)
            self.compared += len(case.outcome.cells)


class VideoGoldens(unittest.TestCase):
    def test_schedules(self):
        folder = tempfile.mkdtemp(prefix="ossbench-golden-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        path, compared = ref.GOLDEN / "oss_video.h5", 0
        with h5py.File(path, "r") as file:
            for grid in (g for g in file if g not in ("gmm", "noise")):
                compared += self.check_grid(folder, path, file, grid)
        self.assertEqual(compared, 16)

    def check_grid(self, folder, path, file, grid):
        golden = {key: file[grid][key][()] for key in file[grid] if key.startswith("norm")}
        costs = {}
        for key in golden:  # normP_frames-X_channels-Y
            norm, frames, channels = key.split("_")
            cost = {"kind": "xt", "p": int(norm[4:]), "frames": frames.split("-")[1], "channels": channels.split("-")[1]}
            costs[key] = {k: int(v) if str(v).isdigit() else v for k, v in cost.items()}
        config = base_config(str(path), grid)
        config["samples"] = {"search": 1, "evaluate": "same"}
        config["student"] = {"steps": 5, "schedule": [dict(OFFICIAL, cost=cost) for cost in costs.values()]}
        outcome = ref.run_config(folder, config, name=grid)
        problem = ref.Problem(ref.load_mixture(file), file[grid]["t"][()], file["noise"][()].astype(np.float32))
        shape = file["noise"].shape[1:]
        for key, cost in costs.items():
            cell = outcome.find({"kind": "oss", "cost": cost}, 5)
            np.testing.assert_array_equal(cell["schedule/index"][0], np.append(golden[key][::-1], 0), err_msg=f"{grid} {key}")
            self.check_claim(problem, shape, cell, cost)
        return len(golden)

    def check_claim(self, problem, shape, cell, cost):
        """The last row's cost is the chosen elements' of the way it came."""
        way = ref.kept_path(cell["search/cost"][0], cell["search/from"][0], 4, 0)
        difference = np.abs(problem.end(way, 0) - problem.teacher[0, 0]).reshape(shape)
        if cost["frames"] != "all":
            difference = difference[:, np.floor(np.linspace(0, shape[1] - 1, cost["frames"])).astype(int)]
        if cost["channels"] != "all":
            difference = difference[: cost["channels"]]
        np.testing.assert_allclose(cell["search/cost"][0, 4, 0], np.mean(difference ** cost["p"]), rtol=ref.RELATIVE)


if __name__ == "__main__":
    unittest.main()
