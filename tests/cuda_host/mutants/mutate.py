# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Plants the fault that a .mutant file describes, and checks that the tests see it.

    mutate.py make MUTANT ROOT FOLDER    writes the kernel's source with the fault to FOLDER/kernel.cpp, a header's below FOLDER
    mutate.py run MUTANT PROGRAM         runs the parity program built with it: exit 0 when it fails as a test fails

A .mutant file: the lines 'file:' (what is changed), 'kernel:' (the .cu that is compiled), 'program:', 'fault:'; then '<<<<', the text to
replace, which is once in the file, '====', the new text, '>>>>'.
"""

import os
import re
import subprocess
import sys



def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, body = text.split("<<<<\n", 1)
    keys = dict(line.split(": ", 1) for line in head.splitlines())
    old, rest = body.split("\n====\n", 1)
    new, end = rest.split("\n>>>>\n", 1)
    if list(keys) != ["file", "kernel", "program", "fault"] or end.strip():
        sys.exit(f"{path}: wants file, kernel, program, fault and one replacement")
    return keys, old, new


def write(root, name, source, output):
    os.makedirs(os.path.dirname(output), exist_ok=True)
    with open(output, "w", encoding="utf-8") as file:
        file.write(f'#line 1 "{os.path.join(root, name)}"\n' + source)


def source_of(root, name):
    with open(os.path.join(root, name), encoding="utf-8") as file:
        return file.read()


def make(mutant, root, folder):
    keys, old, new = read(mutant)
    source = source_of(root, keys["file"])
    found = source.count(old)
    if found != 1:
        sys.exit(f"{mutant}: the text to replace is {found} times in {keys['file']}: write the fault for the kernel as it is now")
    source = source.replace(old, new)
    if keys["file"] != keys["kernel"]:
        write(root, keys["file"], source, os.path.join(folder, keys["file"]))
        source = source_of(root, keys["kernel"])
    write(root, keys["kernel"], source, os.path.join(folder, "kernel.cpp"))


def sign_of(status, output):
    """What noticed the fault, or None when nothing did."""
    if status == 0:
        return None
    for pattern in (r"cuda_host: .*", r"ERROR: AddressSanitizer.*", r".*runtime error: .*", r"\[  ERROR   \] --- .*"):
        match = re.search(pattern, output)
        if match:
            return match.group(0)
    return None


def run(mutant, program):
    keys, _, _ = read(mutant)
    env = dict(os.environ, OSS_TEST_BACKEND="cuda")
    done = subprocess.run([program], env=env, capture_output=True, text=True, errors="replace", timeout=280)
    output = done.stdout + done.stderr
    sign = sign_of(done.returncode, output)
    print(f"fault: {keys['fault']}\nin:    {keys['file']}")
    if sign is None:
        print(output[-2000:])
        sys.exit(f"not noticed by {keys['program']} (exit status {done.returncode})")
    print(f"seen:  {sign}")


if __name__ == "__main__":
    {"make": make, "run": run}[sys.argv[1]](*sys.argv[2:])
