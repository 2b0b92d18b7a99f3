# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What these tests hold the program against: Gaussian mixtures and Euler steps in double, and a result file read by cell."""

import json
import os
import pathlib
import sys

import h5py
import numpy as np
import yaml

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden"
sys.path.insert(0, str(HERE.parent / "support"))
import cli  # noqa: E402

FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # in memory: syncs after each cell cost nothing there
RELATIVE = 1e-4  # of costs and states: ours are float32 (tests/golden/README.md)
ROUNDING = 2e-6  # of a state's size, what float32 steps may add up to: decides where a cost is near zero


class Mixture:
    """x0 ~ sum_k w_k N(mu_k, s_k^2 I); x_t = (1 - t) x0 + t eps."""

    def __init__(self, means, scales, weights):
        self.means = np.asarray(means, dtype=np.float32).astype(float)  # the program keeps them in float32
        self.scales = np.asarray(scales, dtype=float)
        self.log_weights = np.log(np.asarray(weights, dtype=float) / np.sum(weights))

    def denoise(self, x, t):
        """E[x0 | x_t = x] for x (..., D) at one time t in (0, 1]."""
        keep = 1.0 - t
        variance = (keep * self.scales) ** 2 + t * t
        distance = ((x[..., None, :] - keep * self.means) ** 2).sum(-1)
        logits = self.log_weights - 0.5 * self.means.shape[1] * np.log(variance) - distance / (2 * variance)
        weight = np.exp(logits - logits.max(-1, keepdims=True))
        weight /= weight.sum(-1, keepdims=True)
        shrink = (weight * keep * self.scales**2 / variance).sum(-1, keepdims=True)
        return shrink * x + (weight * t * t / variance) @ self.means


def load_mixture(file):
    return Mixture(file["gmm/means"][:], file["gmm/scales"][:], file["gmm/weights"][:])


def euler(denoise, x, times):
    """All states, first x, along descending times. A step between equal times does nothing."""
    states = [x]
    for now, to in zip(times[:-1], times[1:]):
        x = x if now == to else (to / now) * x + (1 - to / now) * denoise(x, now)
        states.append(x)
    return states


class Problem:
    """A grid (ascending), start states (S, D) and their teacher's states (N+1, S, D), index 0 the data."""

    def __init__(self, mixture, t, start):
        self.mixture, self.t, self.start = mixture, np.asarray(t, dtype=float), start.reshape(len(start), -1).astype(float)
        self.n = len(self.t) - 1
        self.teacher = np.array(euler(mixture.denoise, self.start, self.t[::-1])[::-1])

    def end(self, index, sample):
        """Where the descending grid indices lead that sample."""
        return euler(self.mixture.denoise, self.start[sample], self.t[np.asarray(index)])[-1]

    def cost(self, index, sample):
        """The mean squared difference from the teacher's state at the last index."""
        return np.mean((self.end(index, sample) - self.teacher[index[-1], sample]) ** 2)


def cost_close(got, want, size, relative=RELATIVE):
    """Mean squares whose differences carry float32 rounding of states of that root mean square size."""
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    noise = ROUNDING * size
    finite = np.isfinite(want)
    with np.errstate(invalid="ignore"):
        near = np.abs(got - want) <= relative * np.abs(want) + 2 * noise * np.sqrt(np.abs(want)) + noise * noise
    return np.where(finite, near, got == want)


def rms(x):
    return float(np.sqrt(np.mean(np.asarray(x, dtype=float) ** 2)))


def backtrack(source, row, j):
    """The descending indices that lead to cell j in row (row + 1 steps) of one sample's table of predecessors, one a row."""
    path = [j]
    for m in range(row, -1, -1):
        if source[m][path[-1]] < 0:
            break  # the start itself: fewer steps
        path.append(int(source[m][path[-1]]))
    return path[::-1]


def kept_path(cost, source, row, j):
    """The same where a cell keeps its value unless a row betters it: a row of equal cost was not a step."""
    path = [j]
    for m in range(row, -1, -1):
        if m == 0 or cost[m][path[-1]] != cost[m - 1][path[-1]]:
            if path[-1] == cost.shape[1] - 1:
                break  # the start itself
            path.append(int(source[m][path[-1]]))
    return path[::-1]


def drop_repeats(index):
    """A schedule without its leading repeats."""
    index = list(int(i) for i in index)
    while len(index) > 1 and index[0] == index[1]:
        index.pop(0)
    return index


def matches(text, wanted):
    """Whether an axis value, one line of YAML, is wanted: a name, or a map of some of its options."""
    member = yaml.safe_load(text)
    member = {"kind": member} if isinstance(member, str) else member

    def within(a, b):
        return all(k in a and (within(a[k], v) if isinstance(v, dict) else a[k] == v) for k, v in b.items())

    return within(member, {"kind": wanted} if isinstance(wanted, str) else wanted)


class Outcome:
    """A result file, read whole."""

    def __init__(self, path):
        self.cells = []
        with h5py.File(path, "r") as file:
            self.teachers = {name: group["t"][:] for name, group in file["teacher"].items()}
            for name in sorted(file["cells"]):
                group = file["cells"][name]
                cell = {"@" + k: v.decode() if isinstance(v, bytes) else v for k, v in group.attrs.items()}
                group.visititems(lambda key, item: cell.update({key: item[()]}) if isinstance(item, h5py.Dataset) else None)
                self.cells.append(cell)

    def find(self, schedule, steps, **axes):
        """The one cell of that schedule and budget."""
        found = [c for c in self.cells if c["@steps"] == steps and matches(c["@schedule"], schedule)]
        for axis, value in axes.items():
            found = [c for c in found if c["@" + axis] == value]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} cells of {schedule} with {steps} steps {axes}")
        if found[0]["@status"] != "done":
            raise AssertionError(f"{schedule} with {steps} steps: {found[0]['@status']}, {found[0].get('@reason')}")
        return found[0]


def run_config(folder, config, *args, name="config"):
    """Runs a config (a dict, written as JSON, which is YAML) and reads its result."""
    path, output = os.path.join(folder, name + ".yaml"), os.path.join(folder, name + ".h5")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    result = cli.run(["run", path, "--quiet", "--output", output, *args], folder)
    if result.code != 0 or any(sign in result.err for sign in cli.SIGNS_OF_A_CRASH):
        raise AssertionError(f"ossbench run: exit {result.code}\n{json.dumps(config)}\n{result.err[-4000:]}")
    return Outcome(output)
