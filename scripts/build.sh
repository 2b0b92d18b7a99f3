#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Builds a preset (release, debug, asan, emulate) into build/PRESET; further arguments go to CMake: scripts/build.sh release -DOSS_CUDA=OFF
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
cmake --preset "$preset" "${@:2}" >"/tmp/ossbench-configure.$$" 2>&1 || { cat "/tmp/ossbench-configure.$$" >&2; rm -f "/tmp/ossbench-configure.$$"; exit 1; }
grep -E '^-- (ossbench|  )' "/tmp/ossbench-configure.$$" || true
rm -f "/tmp/ossbench-configure.$$"
cmake --build "build/$preset"
