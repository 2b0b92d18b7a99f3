# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share: small problems, configs, and the program run with a time limit."""

import collections
import copy
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

import h5py
import numpy as np
import yaml

BACKEND = os.environ.get("OSSBENCH_BACKEND")  # what every run takes that does not name one
BINARY = os.path.abspath(os.environ.get("OSSBENCH") or "ossbench")
SANITIZED = bool(os.environ.get("OSS_SANITIZED"))
LIMIT = 300 if BACKEND else 120 if SANITIZED else 60  # seconds one run may take; the backend may be an emulation
SIGNS_OF_A_CRASH = ("Sanitizer", "runtime error:", "Segmentation", "Aborted", "core dumped")

# HDF5 1.10 forgets some of its memory when a file is damaged.
SUPPRESSIONS = tempfile.NamedTemporaryFile("w", suffix=".supp")
SUPPRESSIONS.write("leak:libhdf5\n")
SUPPRESSIONS.flush()

Result = collections.namedtuple("Result", "code out err")

CONFIG = {
    "name": "small",
    "seed": 3,
    "denoiser": {"kind": "gmm", "file": "problem.h5"},
    "samples": {"search": 3, "evaluate": 4, "batch": 2},
    "teacher": {"grid": {"kind": "edm"}, "steps": 8, "cache": "none"},
    "student": {"steps": [2, 3], "schedule": ["uniform", "oss"]},
    "output": {"file": "out.h5"},
}


def gpu_required():
    return os.environ.get("OSS_REQUIRE_GPU", "0") not in ("", "0")


def environment(home):
    """Without what would change the program's behaviour; caches and homes lie in the test's own folder."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TSAN_", "XDG_", "OMP_NUM", "OSS_")) and k != "HOME"}
    if "OSS_REQUIRE_GPU" in os.environ:
        env["OSS_REQUIRE_GPU"] = os.environ["OSS_REQUIRE_GPU"]
    env.update(HOME=home, OMP_NUM_THREADS="2", OMP_WAIT_POLICY="passive", LC_ALL="C.UTF-8", TERM="dumb")
    env.update(ASAN_OPTIONS="exitcode=99", UBSAN_OPTIONS="print_stacktrace=1:exitcode=99")
    env.update(LSAN_OPTIONS=f"exitcode=99:suppressions={SUPPRESSIONS.name}:print_suppressions=0")
    return env


def write_problem(path, components=3, elements=6, samples=16, steps=6, seed=1):
    """A mixture with noise, a grid and schedules: everything a config can name. Returns the path."""
    rng = np.random.default_rng(seed)
    with h5py.File(path, "w") as file:
        file["gmm/means"] = rng.standard_normal((components, elements), dtype=np.float32)
        file["gmm/scales"] = rng.uniform(0.1, 0.4, size=components)
        file["gmm/weights"] = np.full(components, 1.0 / components)
        file["noise"] = rng.standard_normal((samples, elements), dtype=np.float32)
        file["grid"] = np.linspace(0, 0.99, steps + 1)
        file["schedule"] = np.array([steps, 2, 0], dtype=np.int32)
        file["times"] = np.array([0.99, 0.4, 0.0])
    return path


def with_changes(base, changes):
    """A deep copy of a config with {"teacher.steps": 5} applied; the value DELETE takes a key away."""
    config = copy.deepcopy(base)
    for path, value in changes.items():
        *parents, last = path.split(".")
        node = config
        for name in parents:
            node = node.setdefault(name, {})
        if value is DELETE:
            node.pop(last)
        else:
            node[last] = copy.deepcopy(value)
    return config


DELETE = object()


def start(args, cwd, env=None, program=(BINARY,), **options):
    """The program as a process with pipes that the caller waits for."""
    full = dict(environment(cwd), **(env or {}))
    if BACKEND and args[0] == "run" and "--backend" not in args:
        args = [*args, "--backend", BACKEND]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*program, *args], cwd=cwd, env=full, **dict(pipes, **options))


def run(args, cwd, env=None, limit=LIMIT, **options):
    """Runs the program to its end. A run over its limit is killed and fails."""
    process = start(args, cwd, env, **options)
    texts = {}
    pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe]
    readers = [threading.Thread(target=lambda pipe=pipe: texts.update({pipe: pipe.read()})) for pipe in pipes]
    for reader in readers:
        reader.start()
    timer = threading.Timer(limit, process.kill)
    timer.start()
    process.wait()
    late = not timer.is_alive()
    timer.cancel()
    for reader in readers:
        reader.join()
    out, err = (texts.get(pipe, b"").decode("utf-8", "replace") for pipe in (process.stdout, process.stderr))
    for pipe in texts:
        pipe.close()
    if late:
        raise AssertionError(f"{args}: still running after {limit} s\n{out[-2000:]}\n{err[-2000:]}")
    return Result(process.returncode, out, err)


class CliTest(unittest.TestCase):
    """A fresh folder with problem.h5 for each test, removed at its end."""

    base = None  # where the folder is made

    def setUp(self):
        if not os.access(BINARY, os.X_OK):
            self.fail(f"{BINARY} is no program: set OSSBENCH to the path of ossbench")
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="ossbench-test-", dir=self.base))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        write_problem(self.path("problem.h5"))

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        return self.path(name)

    def config(self, changes=None, name="config.yaml", base=CONFIG):
        return self.write(name, yaml.safe_dump(with_changes(base, changes or {}), sort_keys=False))

    def check(self, result, code, words=()):
        """The exit status, the words in stderr, and that nothing crashed."""
        shown = f"exit {result.code}\n--- stdout\n{result.out[-2000:]}\n--- stderr\n{result.err[-4000:]}"
        for sign in SIGNS_OF_A_CRASH:
            self.assertNotIn(sign, result.err, shown)
        self.assertGreaterEqual(result.code, 0, f"died of a signal\n{shown}")
        self.assertEqual(result.code, code, shown)
        for word in words:
            self.assertIn(word, result.err, shown)
        return result

    def run_ok(self, *args, **options):
        return self.check(run(args, self.dir, **options), 0)

    def run_config(self, changes=None, *args, code=0, words=(), **options):
        return self.check(run(["run", self.config(changes), *args], self.dir, **options), code, words)


def contents(path, skip=()):
    """{"/cells/0000/schedule/t": array, "/cells/0000@nfe": value} of a file, without names that end in one of skip."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found["/" + name] = item[()]
        for key, value in item.attrs.items():
            found[f"/{name}@{key}"] = value

    with h5py.File(path, "r") as file:
        file.visititems(visit)
        for key, value in file.attrs.items():
            found[f"/@{key}"] = value
    return {k: v for k, v in found.items() if not k.endswith(tuple(skip) or ("\0",))}


TIMES = ("seconds", "@date", "@argv", "@peak_bytes", "/summary")  # what differs between two runs of one config


def compare(test, path, other, skip=TIMES):
    """Two results that hold the same but for times. /summary is compared without its columns of seconds."""
    a, b = contents(path, skip), contents(other, skip)
    test.assertEqual(sorted(a), sorted(b))
    for key, value in a.items():
        np.testing.assert_array_equal(value, b[key], err_msg=f"{key} of {path} and {other}")
    with h5py.File(path, "r") as file, h5py.File(other, "r") as second:
        left, right = file["summary"][()], second["summary"][()]
    test.assertEqual(left.dtype.names, right.dtype.names)
    for name in left.dtype.names:
        if not name.endswith("seconds"):
            np.testing.assert_array_equal(left[name], right[name], err_msg=f"column {name} of /summary")
