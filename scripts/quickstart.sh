#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Installs, builds, runs configs/quickstart.yaml on the CPU and makes the report.
set -euo pipefail
cd "$(dirname "$0")/.."

./scripts/bootstrap.sh
./scripts/build.sh release
mkdir -p results
./build/release/ossbench run configs/quickstart.yaml --backend cpu
/usr/bin/python3 scripts/report.py results/quickstart.h5 --output results/quickstart_report
echo
/usr/bin/python3 scripts/report.py results/quickstart.h5 --format text --metric psnr
echo
echo "Results:  $PWD/results/quickstart.h5          (./build/release/ossbench show results/quickstart.h5)"
echo "Pictures: $PWD/results/quickstart_report/*.png"
echo "Report:   $PWD/results/quickstart_report/report.html"
