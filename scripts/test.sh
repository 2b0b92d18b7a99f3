#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Installs, builds, checks the layout and runs every test: with sanitizers first (--no-sanitizers leaves them out), then what the kernels for cards compute,
# emulated on the processor, then as released, with the kernels compiled for all cards where nvcc is.
set -euo pipefail
cd "$(dirname "$0")/.."
sanitizers=1
[ "${1:-}" = --no-sanitizers ] && sanitizers=0

export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-2} # many of the tests take one core
./scripts/bootstrap.sh
./scripts/format.sh --check
if [ $sanitizers -eq 1 ]; then
  ./scripts/build.sh asan
  # Address sanitizer and threads that spin while they wait do not go together on few cores.
  OMP_WAIT_POLICY=passive ctest --preset asan --no-tests=error
fi
./scripts/build.sh emulate
OMP_WAIT_POLICY=passive ctest --preset emulate --no-tests=error
if [ $sanitizers -eq 0 ]; then # else they ran with sanitizers
  OMP_WAIT_POLICY=passive ctest --test-dir build/emulate -L '^(parity|property)$' --no-tests=error --output-on-failure
fi
./scripts/build.sh release -DOSS_CUDA=AUTO -DOSS_CUDA_ARCHITECTURES=default
grep -q '^OSS_NVCC:FILEPATH=.*nvcc$' build/release/CMakeCache.txt || echo "test: no nvcc here: the kernels for cards were emulated, not compiled for them"
ctest --preset release --no-tests=error
