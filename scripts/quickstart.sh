#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Installs, builds, runs configs/quickstart.yaml and makes the report: on the GPU where there is one and the CUDA toolkit, else on the CPU.
set -euo pipefail
cd "$(dirname "$0")/.."

./scripts/bootstrap.sh
cuda=() # what was configured before stays
if [ ! -f build/release/CMakeCache.txt ]; then
  PATH=$PATH:/usr/local/nvidia/bin
  if nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | grep -q '^[0-9]'; then
    echo "quickstart: there is an NVIDIA GPU: with kernels for it where the CUDA toolkit is"
    cuda=(-DOSS_CUDA=AUTO -DOSS_CUDA_ARCHITECTURES=native)
  else
    echo "quickstart: no NVIDIA GPU here: built for the processor alone (./scripts/build.sh release -DOSS_CUDA=AUTO adds the GPU's part)"
    cuda=(-DOSS_CUDA=OFF) # kernels for every card take minutes, for nothing where there is none
  fi
fi
./scripts/build.sh release "${cuda[@]}"
mkdir -p results
./build/release/ossbench run configs/quickstart.yaml
/usr/bin/python3 scripts/report.py results/quickstart.h5 --output results/quickstart_report
echo
/usr/bin/python3 scripts/report.py results/quickstart.h5 --format text --metric psnr
echo
echo "Results:  $PWD/results/quickstart.h5          (./build/release/ossbench show results/quickstart.h5)"
echo "Pictures: $PWD/results/quickstart_report/*.png"
echo "Report:   $PWD/results/quickstart_report/report.html"
