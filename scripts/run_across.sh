#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Searches on every denoiser (configs/across/search.yaml), tries what was found on all of them (transfer.yaml), and reports: tables (.txt, .md,
# .csv) and a page (_report/) beside results/across_search.h5 and results/across_transfer.h5; the matrix goes to the terminal.
#   scripts/run_across.sh [--keep DIR] [-- arguments for both runs, such as --resume --set samples.search=64]
# --keep copies the Markdown tables and the matrices' pictures to a folder, such as results/reference. OSSBENCH names another program than
# build/release/ossbench.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${OSSBENCH:-build/release/ossbench}
keep=
if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
  sed -n '4,8s/^# \{0,1\}//p' "$0"
  exit 0
fi
if [ "${1:-}" = --keep ]; then
  keep=${2:?run_across: --keep needs a folder}
  shift 2
  mkdir -p "$keep"
fi
if [ $# -gt 0 ]; then
  if [ "$1" != -- ]; then
    echo "run_across: what is '$1'? Arguments for the runs come behind -- (run_across.sh --help)" >&2
    exit 2
  fi
  shift
fi
if [ ! -x "$program" ]; then
  echo "run_across: no program $program: build it first (scripts/build.sh release), or name it in OSSBENCH" >&2
  exit 1
fi

mkdir -p results
report() { # RESULT, arguments for the tables
  local result=$1 base=${1%.h5}
  shift
  for kind in text:txt markdown:md csv:csv; do
    /usr/bin/python3 scripts/report.py "$result" --format "${kind%:*}" "$@" >"$base.${kind#*:}"
  done
  /usr/bin/python3 scripts/report.py "$result" --output "${base}_report" >&2
  if [ -n "$keep" ]; then
    cp "$base.md" "$keep/"
    local picture
    for picture in "${base}_report"/across*.png; do
      if [ -f "$picture" ]; then cp "$picture" "$keep/"; fi
    done
  fi
}
for name in search transfer; do
  echo "== $name" >&2
  result=$("$program" run "configs/across/$name.yaml" "$@")
  if [ $name = search ]; then report "$result"; else report "$result" --across; fi
done
cat results/across_transfer.txt
