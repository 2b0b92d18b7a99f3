# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Small made-up result files for the tests of the report."""

import itertools

import h5py
import numpy as np

TEXT = h5py.string_dtype("utf-8")
COST = "cost: {kind: xt, p: 2, channels: all, frames: all}"
PER_SAMPLE = f"{{kind: oss, variant: paper, start: pinned, samples: per_sample, average: median, {COST}}}"
AVERAGE = f"{{kind: oss, variant: official, start: pinned, samples: average, average: median, {COST}}}"
GITS = "{kind: gits, metric: dev, coefficient: 1.15}"


def attributes(group, **values):
    for key, value in values.items():
        group.attrs.create(key, value, dtype=TEXT if isinstance(value, str) else None)


def make(
    path,
    shape=(1, 8, 8),
    seeds=(0, 1),
    steps=(3, 5),
    schedules=("uniform", PER_SAMPLE, AVERAGE, GITS),
    grids=("{kind: edm, rho: 7}", "{kind: flow, shift: 3}"),
    samples=True,
    tables=True,
    skip=(),
    metrics=("mse", "psnr"),
    denoisers=("{kind: gmm, file: /tmp/gmm.h5}",),
    twins=(),
    calibrations=(None,),
    wholes=(),
):
    """A result file by the contract, its numbers random; cells whose schedule is in `skip` are skipped.

    The schedules in `twins` get the same times; `wholes` are metrics of all samples together. With `calibrations` cells hold quantiles:
    the students' are half the teacher's without calibration, else those of the teacher.
    """
    count, points, rng = 6, 12, np.random.default_rng(5)
    with h5py.File(path, "w") as file:
        attributes(
            file,
            schema_version=1,
            name="test <report>",
            config="name: test\nseed: [0, 1]\n",
            argv="ossbench run x.yaml",
            git_commit="c0ffee",
            git_dirty=1,
            hostname="here",
            backend="cpu",
            device="a CPU",
            threads=2,
            seed=0,
            date="2026-11-24T23:12:28Z",
            peak_bytes=150413312,
            compiler="gcc 12",
        )
        grid = np.linspace(0, 1, points + 1)
        file["teacher/0000/t"] = grid
        attributes(file["teacher/0000"], steps=points, nfe=len(seeds) * points * (4 + count), seconds=1.5)
        product = itertools.product(denoisers, seeds, grids, calibrations, steps, schedules)
        for number, (denoiser, seed, teacher, calibration, budget, schedule) in enumerate(product):
            cell = file.create_group(f"cells/{number:04d}")
            attributes(
                cell,
                seed=seed,
                denoiser=denoiser,
                samples_search=4,
                samples_evaluate=count,
                teacher_solver="euler",
                teacher_grid=teacher,
                teacher_steps=points,
                solver="euler",
                steps=budget,
                schedule=schedule,
                teacher="/teacher/0000",
            )
            if schedule in skip:
                attributes(cell, status="skipped", reason="gits needs <a positive> end")
                continue
            attributes(
                cell,
                status="done",
                reason="",
                nfe=budget,
                depth=budget,
                search_nfe=4 * budget * points * (schedule != "uniform"),
                search_seconds=0.25,
                sample_seconds=0.5,
            )
            rows = count if schedule == PER_SAMPLE else 1
            index = np.sort(rng.integers(1, points, (rows, budget + 1)))[:, ::-1].astype("i4")
            index[:, 0], index[:, -1] = points, 0
            index[0, 1] = points  # the first schedule uses a step less
            if schedule in twins:
                index = np.arange(budget, -1, -1, dtype="i4")[None]
            if schedule == AVERAGE:
                cell["search/index"] = np.clip(index + np.arange(4)[:, None] - 2, 0, points).astype("i4")
            cell["schedule/index"], cell["schedule/t"] = index, grid[index]
            with np.errstate(divide="ignore"):
                cell["schedule/sigma"] = grid[index] / (1 - grid[index])
            if calibration:
                spread = np.array([-1.0, 1.0]) * (1 + grid[:, None])
                attributes(cell, calibration=calibration)
                cell["calibration/teacher"] = spread
                cell["trajectory/quantiles"] = spread[index].mean(axis=0) * (0.5 if calibration == "none" else 1.0)
                cell["trajectory/quantiles"].attrs["levels"] = [0.05, 0.95]
            for metric in metrics:
                values = rng.normal(20 + budget, 1, count) if metric == "psnr" else rng.uniform(0.001, 0.1, count)
                if metric == "psnr" and number == 0:
                    values[0] = np.inf
                data = cell.create_dataset(f"metrics/{metric}", data=values)
                attributes(data, mean=values.mean(), std=0.0, count=count)
            for metric in wholes:
                value = rng.uniform(1, 2)
                data = cell.create_dataset(f"metrics/{metric}", data=[value])
                attributes(data, mean=value, std=0.1, count=count, member="{kind: frechet, features: raw}")
                attributes(data, low=value - 0.1, high=value + 0.3, confidence=0.9, bootstrap=200)
                attributes(data, against="teacher", references=count)
            if samples:
                cell["samples/student"] = rng.normal(0, 1, (count,) + shape).astype("f4")
                cell["samples/teacher"] = rng.normal(0, 1, (count,) + shape).astype("f4")
            if tables and schedule == PER_SAMPLE:
                cost = rng.uniform(0, 1, (rows, budget, points + 1))
                cost[:, :, -1] = np.inf
                cell["search/cost"], cell["search/from"] = cost, np.full(cost.shape, -1, "i4")
