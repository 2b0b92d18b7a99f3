#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Installs what building, testing and reporting need (Debian 12 or a relative of it) and nothing that is there already.
set -euo pipefail

packages=(
  gcc g++ make cmake ninja-build pkg-config git
  libhdf5-dev hdf5-tools libyaml-dev libopenblas-dev liblapacke-dev libnlopt-dev libxxhash-dev librandom123-dev libcmocka-dev
  libdnnl-dev
  python3 python3-h5py python3-numpy python3-matplotlib python3-pil python3-yaml
  clang-format
)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)" = "install ok installed" ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "bootstrap: all packages are installed"
  exit 0
fi

echo "bootstrap: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "bootstrap: not root and no sudo; install by hand: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for attempt in 1 2 3; do # a mirror may be busy for a moment
  if "${as_root[@]}" apt-get update -qq >"$log" 2>&1 &&
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    echo "bootstrap: done"
    exit 0
  fi
  tail -n 20 "$log" >&2
  echo "bootstrap: apt-get failed (attempt $attempt of 3)" >&2
  sleep 5
done
exit 1
