#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Nothing that a command reads is replaced by what it writes."""

import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import CliTest, run  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NETWORK = os.path.join(ROOT, "tests", "golden", "nets", "dit.safetensors")


class Overwrite(CliTest):
    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def refused(self, name, changes=None, *args, words=()):
        """An output to `name`, as it is and through a link, leaves the file alone."""
        config = self.config(changes)
        before = self.read(name)
        os.symlink(self.path(name), self.path("link"))
        for output in (name, "link", os.path.join(".", name)):
            for more in ([], ["--dry-run"]):
                result = run(["run", config, "--output", output, *more, *args], self.dir)
                self.check(result, 2, [f"output {output}: this is the", *words])
        os.remove(self.path("link"))
        self.assertEqual(self.read(name), before)

    def test_a_run_keeps_its_inputs(self):
        shutil.copy(NETWORK, self.path("net.safetensors"))
        self.run_config({"output.file": "source.h5"})
        self.refused("config.yaml", words=["config"])
        self.refused("problem.h5", words=["file of gmm"])
        network = {"kind": "dit", "file": "net.safetensors", "class": "drawn"}
        self.refused("net.safetensors", {"denoiser": [{"kind": "gmm", "file": "problem.h5"}, network]}, words=["file of dit"])
        self.refused("source.h5", {"student.schedule": ["uniform", {"kind": "transfer", "from": "source.h5"}]}, words=["from of transfer"])
        self.run_config({"output.file": "source.h5"})  # an older result is replaced, as ever

    def test_an_export_keeps_its_result(self):
        self.run_config()
        before = self.read("out.h5")
        result = run(["export", "out.h5", "--cell", "0", "--to", "csv", "--output", "./out.h5"], self.dir)
        self.check(result, 1, ["--output ./out.h5: this is the result itself"])
        self.assertEqual(self.read("out.h5"), before)

    def test_the_converter_keeps_its_checkpoint(self):
        shutil.copy(NETWORK, self.path("net.safetensors"))
        before = self.read("net.safetensors")
        script = os.path.join(ROOT, "scripts", "convert_checkpoint.py")
        command = [sys.executable, "-B", script, "net.safetensors", "./net.safetensors"]
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, self.read("net.safetensors")), (2, before))
        self.assertIn("the checkpoint itself", done.stderr)


if __name__ == "__main__":
    unittest.main()
