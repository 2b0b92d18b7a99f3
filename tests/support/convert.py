# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of scripts/convert_checkpoint.py share: a folder of their own, the script, and ossbench's reader on what it wrote."""

import collections
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "scripts"))

import convert_checkpoint  # noqa: E402

READER = os.path.abspath(os.environ.get("READ_SAFETENSORS") or "read_safetensors")
Result = collections.namedtuple("Result", "returncode stdout stderr")


class Convert(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_script(self, *arguments):
        """The script's main here: an interpreter a call would take most of the time."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = convert_checkpoint.main(list(arguments))
            except SystemExit as stop:
                code = stop.code
        return Result(code, out.getvalue(), err.getvalue())

    def convert(self, name, *options):
        """Converts, and reads the result with the reader in C: metadata, shapes and values by name."""
        done = self.run_script(name, "out.safetensors", "--verify", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        read = subprocess.run([READER, self.path("out.safetensors"), self.path("values")], capture_output=True, text=True, timeout=300)
        self.assertEqual(read.returncode, 0, read.stderr)
        metadata, shapes, values = {}, {}, {}
        data, at = np.fromfile(self.path("values"), "<f4"), 0
        for line in read.stdout.splitlines():
            if "=" in line:
                key, _, value = line.partition("=")
                metadata[key] = value
                continue
            tensor, _, rest = line.partition(" ")
            shapes[tensor] = json.loads(rest.rpartition(" ")[0])
            self.assertEqual(rest.rpartition(" ")[2], "F32")
            count = int(np.prod(shapes[tensor]))
            values[tensor] = data[at : at + count].reshape(shapes[tensor])
            at += count
        self.assertEqual(at, len(data))
        self.metadata, self.notes = metadata, done.stderr
        return values

    def assertTensors(self, found, wanted, exact=True):
        self.assertEqual(list(found), list(wanted))
        for name, array in wanted.items():
            if exact:
                np.testing.assert_array_equal(found[name], array, err_msg=name)
            else:
                np.testing.assert_allclose(found[name], array, rtol=2**-7, err_msg=name)

    def assertRefused(self, name, *parts, options=()):
        if os.path.exists(self.path("out.safetensors")):
            os.remove(self.path("out.safetensors"))
        done = self.run_script(name, "out.safetensors", *options)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for part in (f"convert_checkpoint.py: {name}: ", *parts):
            self.assertIn(part, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual([file for file in os.listdir(self.folder) if file.startswith("out.")], [])

    def assertMetadata(self, **wanted):
        for key, value in wanted.items():
            self.assertEqual(self.metadata.get(key), value, key)
