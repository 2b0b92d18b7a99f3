#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Searches on every denoiser (configs/across/search.yaml), tries what was found on all of them (transfer.yaml), and reports: tables (.txt, .md,
# .csv) and a page (_report/) beside across_search.h5 and across_transfer.h5; the matrix goes to the terminal.
#   scripts/run_across.sh [--results DIR] [--keep DIR] [-- arguments for both runs, such as --resume --set samples.search=64]
# --results is the folder of both results (default results), --keep copies the Markdown tables and the matrices' pictures to a folder, such as
# results/reference; both from the repository's root. OSSBENCH names another program than build/release/ossbench.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${OSSBENCH:-build/release/ossbench}
results=results
keep=
refuse() {
  echo "run_across: $1" >&2
  exit 2
}
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  case $1 in
    --help | -h)
      sed -n '4,8s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --keep) keep=${2:?run_across: --keep needs a folder} ;;
    --results) results=${2:?run_across: --results needs a folder} ;;
    *) refuse "what is '$1'? Arguments for the runs come behind -- (run_across.sh --help)" ;;
  esac
  shift 2
done
[ $# -gt 0 ] && shift
for word in "$@"; do
  case $word in
    --o* | -o* | output=* | --set=output=* | *output.file=*) refuse "'$word' would write both results to one file; --results DIR, before the --, says where they go" ;;
    --d* | -n) refuse "'$word' makes no result to report: ossbench run configs/across/search.yaml --dry-run" ;;
  esac
done
if [ ! -x "$program" ]; then
  echo "run_across: no program $program: build it first (scripts/build.sh release), or name it in OSSBENCH" >&2
  exit 1
fi

mkdir -p "$results" ${keep:+"$keep"}
results=$(cd "$results" && pwd)
search=$results/across_search.h5
transfer=$results/across_transfer.h5
report() { # RESULT, arguments for the tables
  local result=$1 base=${1%.h5}
  shift
  for kind in text:txt markdown:md csv:csv; do
    /usr/bin/python3 scripts/report.py "$result" --format "${kind%:*}" "$@" >"$base.${kind#*:}"
  done
  rm -f "${base}_report"/*.png # of an earlier result, which may have had others
  /usr/bin/python3 scripts/report.py "$result" --output "${base}_report" >&2
  if [ -n "$keep" ]; then
    cp "$base.md" "$keep/"
    local picture
    for picture in "${base}_report"/across*.png; do
      if [ -f "$picture" ]; then cp "$picture" "$keep/"; fi
    done
  fi
}
echo "== search" >&2
"$program" run configs/across/search.yaml "$@" --output "$search" >&2
report "$search"
echo "== transfer" >&2
"$program" run configs/across/transfer.yaml "$@" --set "student.schedule.4.from='$search'" --output "$transfer" >&2
report "$transfer" --across
cat "${transfer%.h5}.txt"
