#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of the CUDA kernels in bench/README.md, between its markers: floors on an H100 and measured figures, registers and occupancy.

  scripts/kernel_table.py [--build DIR] [--check]

Registers and static shared memory are what ptxas said when DIR was built (OBJECT.ptxas, cmake/ptxas_log.sh); the block and the dynamic shared
memory of a launch stand above each kernel in its file:   // block: 256   or   // block: 128, dynamic shared: 8192
Flops and bytes are bench_kernels' own (--counts); measured figures come from the newest results/gpu/*.txt. --check writes nothing: status
1 when the committed tables are not these, 77 when this build cannot tell (no kernels for sm_80 and sm_90, or another nvcc than the tables')."""

import argparse
import csv
import difflib
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
README = os.path.join(ROOT, "bench", "README.md")
BEGIN, END = "<!-- kernels: scripts/kernel_table.py -->", "<!-- end of kernels -->"
CANNOT_TELL = 77
SIZES = {"n": 200, "d": 12288, "b": 64, "k": 1000}  # of the floors where no report says what it measured at
# NVIDIA H100 Tensor Core GPU data sheet, SXM5: 67 TFLOP/s FP32, 34 TFLOP/s FP64 (both without tensor cores), 3.35 TB/s.
H100_FMA, H100_FMA_DOUBLE, H100_BYTES = 67e12 / 2, 34e12 / 2, 3.35e12
# CUDA C++ Programming Guide, technical specifications per compute capability, and cuda_occupancy.h of the toolkit: bytes of shared memory of a
# multiprocessor. Equal on both: 64 warps, 32 blocks, 65536 registers given to warps by 256, to 4 warps together; 1 KiB of shared memory goes with
# each block, which takes it by 128 bytes.
SHARED = {80: 164 * 1024, 90: 228 * 1024}
WARPS, BLOCKS, REGISTERS = 64, 32, 65536


def up(value, unit):
    return -(-value // unit) * unit


def occupancy(sm, block, registers, shared):
    """The warps that a multiprocessor holds at a time, of those that it could."""
    warps = -(-block // 32)
    by_registers = REGISTERS // up(registers * 32, 256) // 4 * 4 // warps if registers else BLOCKS
    by_shared = SHARED[sm] // (up(shared, 128) + 1024)
    return min(BLOCKS, WARPS // warps, by_registers, by_shared) * warps / WARPS


def launches(source):
    """name -> (block, dynamic shared bytes), from the lines above the kernels of a file and of the headers beside it."""
    text = ""
    for path in [*sorted(glob.glob(os.path.join(ROOT, "kernels/cuda/*.*h"))), source]:
        with open(path) as file:
            text += file.read()
    found = {}
    for note in re.finditer(r"^// block: (\d+)(?:, dynamic shared: (\d+))?\s*$", text, re.M):
        name = re.search(r"__global__\s+void\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?(\w+)\s*\(", text[note.end() :])
        if name:
            found[name[1]] = int(note[1]), int(note[2] or 0)
    return found


def resources(path):
    """[(demangled name, sm, registers, static shared, spilled bytes)] of what ptxas -v printed."""
    found, name, sm, spilled = [], None, None, 0
    with open(path) as file:
        for line in file:
            if match := re.search(r"Compiling entry function '(\S+)' for 'sm_(\d+)'", line):
                name, sm = match[1], int(match[2])
            elif match := re.search(r"(\d+) bytes spill stores", line):
                spilled = int(match[1])
            elif (match := re.search(r"Used (\d+) registers", line)) and name:
                shared = re.search(r"(\d+) bytes smem", line)
                found.append((name, sm, int(match[1]), int(shared[1]) if shared else 0, spilled))
                name = None
    names = subprocess.run(["c++filt"], input="\n".join(f[0] for f in found), capture_output=True, text=True, check=True).stdout.split("\n")
    return [(re.search(r"(\w+)(?:<.*>)?\(", names[i].replace("(anonymous namespace)::", ""))[1], *f[1:]) for i, f in enumerate(found)]


def span(values, form="{}"):
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"


def kernel_rows(build):
    rows = []
    for log in sorted(glob.glob(os.path.join(build, "CMakeFiles/oss_kernels.dir/kernels/cuda/*.cu.o.ptxas"))):
        name = os.path.basename(log)[: -len(".cu.o.ptxas")]
        source = os.path.join(ROOT, "kernels/cuda", name + ".cu")
        if not os.path.exists(source):
            continue
        notes, compiled = launches(source), [r for r in resources(log) if r[1] in SHARED]
        for kernel in sorted({r[0] for r in compiled}):
            if kernel not in notes:
                sys.exit(f"kernel_table: kernels/cuda/{name}.cu: no line '// block: N' above {kernel}")
            block, dynamic = notes[kernel]
            mine = [r for r in compiled if r[0] == kernel]
            cells = [name, kernel, str(block)]
            for sm in SHARED:
                cells.append(span([r[2] for r in mine if r[1] == sm]))
            cells.append(span([r[3] + dynamic for r in mine]))
            cells.append(span([r[4] for r in mine]))
            for sm in SHARED:
                cells.append(span([100 * occupancy(sm, block, r[2], r[3] + dynamic) for r in mine if r[1] == sm], "{:.0f} %"))
            rows.append(cells)
    return rows


def measured():
    """(op, variant) -> row of the newest report of a card, what the report is, and the sizes of both."""
    reports = sorted(glob.glob(os.path.join(ROOT, "results/gpu/*.txt")), key=lambda p: (re.sub(r".*?(\d{4}-\d\d-\d\d.*)", r"\1", p), p))
    if not reports:
        return {}, "No card has run them yet: \"not measured\".", SIZES
    with open(reports[-1]) as file:
        lines = [line for line in file if re.match(r"backend,op,variant,|cuda,", line)]
    rows = {(row["op"], row["variant"]): row for row in csv.DictReader(lines)}
    sizes = {key: next(iter(rows.values()))[key] for key in SIZES} if rows else SIZES
    return rows, f"Measured: results/gpu/{os.path.basename(reports[-1])}, the share being of the floor that the card's own rates give.", sizes


def amount(value, unit):
    for scale, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}" if value else "-"


def floor_rows(build, figures, at):
    sizes = [word for key, value in at.items() for word in (f"--{key}", str(value))]
    counts = subprocess.run([os.path.join(build, "bench/bench_kernels"), "--counts", *sizes], capture_output=True, text=True, check=True).stdout
    rows = []
    for row in csv.DictReader(counts.splitlines()):
        single, double, moved = (float(row[key]) for key in ("fma", "fma_double", "bytes"))
        compute, memory = single / H100_FMA + double / H100_FMA_DOUBLE, moved / H100_BYTES
        figure = figures.get((row["op"], row["variant"]))
        said = f"{float(figure['time_s']) * 1e3:.3g} ms, {100 * float(figure['fraction']):.0f} %" if figure else "not measured"
        limit = "bytes" if memory >= compute else "double" if double else "float"
        floor = f"{1e3 * max(compute, memory):.3g} ms"
        rows.append([f"{row['op']} {row['variant']}".strip(), amount(2 * single, "FLOP"), amount(2 * double, "FLOP"), amount(moved, "B"), floor, limit, said])
    return rows


def table(head, rows, numbers):
    line = ["---:" if i in numbers else "---" for i in range(len(head))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, line, *rows])


def nvcc_version(build):
    for path in glob.glob(os.path.join(build, "CMakeFiles/*/CMakeCUDACompiler.cmake")):
        with open(path) as file:
            if match := re.search(r'CMAKE_CUDA_COMPILER_VERSION "([\d.]+)"', file.read()):
                return match[1]
    return None


def text_of(build):
    rows = kernel_rows(build)
    figures, source, at = measured()
    floors = table(["operation", "float", "double", "bytes", "floor", "limit", "measured"], floor_rows(build, figures, at), {1, 2, 3, 4})
    head = ["file", "kernel", "block", "registers sm_80", "sm_90", "shared, bytes", "spilled, bytes", "occupancy sm_80", "sm_90"]
    sizes = ", ".join(f"{key.upper()} {value}" for key, value in at.items())
    return f"""{BEGIN}
Floors at {sizes} on an H100 SXM: 67 TFLOP/s float, 34 double, 3.35 TB/s (NVIDIA's data sheet). {source}

{floors}

As compiled by nvcc {nvcc_version(build)} (a range: over a template's instances; shared: static and what a launch asks for):

{table(head, rows, range(2, len(head)))}
{END}"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build/release"))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with open(README) as file:
        readme = file.read()
    committed = re.search(re.escape(BEGIN) + ".*?" + re.escape(END), readme, re.S)
    if not committed:
        sys.exit(f"kernel_table: {README} lacks the markers {BEGIN} and {END}")
    version = nvcc_version(options.build)
    architectures = {r[1] for log in glob.glob(os.path.join(options.build, "CMakeFiles/oss_kernels.dir/kernels/cuda/*.ptxas")) for r in resources(log)}
    if version is None or not architectures >= set(SHARED):
        print(f"kernel_table: {options.build} has no kernels for sm_80 and sm_90")
        sys.exit(CANNOT_TELL)
    if options.check and (was := re.search(r"compiled by nvcc ([\d.]+)", committed[0])) and was[1] != version:
        print(f"kernel_table: the tables are nvcc {was[1]}'s, {options.build} is nvcc {version}'s")
        sys.exit(CANNOT_TELL)
    text = text_of(options.build)
    if options.check:
        if committed[0] != text:
            print("\n".join(difflib.unified_diff(committed[0].split("\n"), text.split("\n"), "committed", "now", lineterm="", n=0)))
            sys.exit("kernel_table: bench/README.md is not current: scripts/kernel_table.py writes it")
        return
    with open(README, "w") as file:
        file.write(readme.replace(committed[0], text))


if __name__ == "__main__":
    main()
