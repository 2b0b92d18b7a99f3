#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""CUDA stays below kernels/cuda: nothing else names its types or includes its headers, and nothing else is compiled with the toolkit's headers in
sight. What may: the kernels, the measured peak of a card, the host's stand-in for CUDA."""

import json
import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ["OSS_BUILD_DIR"]
ALLOWED = ("kernels/cuda/", "bench/peak_cuda.cu", "tests/cuda_host/")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]((?:cu(?:da|blas|sparse|fft|rand|solver|dnn|pti)|cub/|thrust/|nvtx3|nvToolsExt|device_launch)[^>"]*|kernels/cuda/[^>"]*)[>"]', re.M)
WORD = re.compile(
    r"\b(?:cuda[A-Z]\w*|cublas\w*|cudnn\w*|cub::\w+|thrust::\w+|CU(?:device|stream|context|module|function|graph|event|result)\w*|dim3|"
    r"nvtx\w+|__(?:global|shared|constant|syncthreads|syncwarp|shfl\w*)__|oss_cuda_(?:state|fault|stage|blas|dnn)\w*|OSS_LAUNCH\w*)\b"
)


def findings(path, text):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    found = INCLUDE.findall(text) + WORD.findall(re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text))
    return [f"{path}: {what}" for what in found]


class Layers(unittest.TestCase):
    def test_only_the_kernels_know_cuda(self):
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.c", "*.h", "*.inc", "*.def", "*.cu", "*.cuh", "*.cpp"], cwd=ROOT, capture_output=True, text=True)
        files = listed.stdout.split() if listed.returncode == 0 else []
        if not files:  # no git here: a copy of the tree
            for folder in ("host", "kernels", "bench", "tests"):
                for at, _, names in os.walk(os.path.join(ROOT, folder)):
                    files += [os.path.relpath(os.path.join(at, n), ROOT) for n in names if n.endswith((".c", ".h", ".inc", ".def", ".cu"))]
        self.assertGreater(len(files), 200)
        found = []
        for path in files:
            if not path.startswith(ALLOWED) and os.path.exists(os.path.join(ROOT, path)):
                with open(os.path.join(ROOT, path), errors="replace") as file:
                    found += findings(path, file.read())
        self.assertEqual(found, [])

    def test_the_search_finds(self):
        for text in (
            "cudaStream_t s;", "#include <cuda_runtime.h>", '#include "kernels/cuda/cuda.h"', "#  include <cublas_v2.h>", "__global__ void f();",
            "x = oss_cuda_state_of(be);", "CUdevice d;", "nvtxRangePop();", "dim3 grid;", "cublasHandle_t h;", "cudnnHandle_t h;", "#include <nvtx3/nvToolsExt.h>",
        ):  # fmt: skip
            self.assertTrue(findings("x.c", text), text)
        for text in ("/* cudaStream_t */", "// dim3", '"cuda"', 'puts("cudaMalloc");', '#include "bench/peak_cuda.h"', "peak_cuda_fma(be);", "OSS_BACKEND(cuda)"):
            self.assertEqual(findings("x.c", text), [])

    def test_nothing_else_is_compiled_with_the_toolkit(self):
        with open(os.path.join(BUILD, "compile_commands.json")) as file:
            commands = json.load(file)
        self.assertGreater(len(commands), 100)
        seen = [
            c["file"]
            for c in commands
            if not os.path.relpath(c["file"], ROOT).startswith(ALLOWED) and "/mutant_" not in c["command"] and re.search(r"-(?:I|isystem)[ =]?\S*(?:cuda|nvidia)\S*", c["command"].replace(ROOT + "/tests/cuda_host/include", "").replace(ROOT, "").replace(BUILD, ""))
        ]
        self.assertEqual(seen, [])


if __name__ == "__main__":
    unittest.main()
