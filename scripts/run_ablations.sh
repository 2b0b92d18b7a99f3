#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Runs every configs/ablations/*.yaml, writes results/ablation_NAME.h5 and beside it the tables (.txt, .md, .csv) and the page (_report/).
#   scripts/run_ablations.sh [--keep DIR] [NAME ...] [-- arguments for ossbench run, such as --set samples.search=64]
# --keep copies the Markdown tables, the overview pictures and those of samples without and with calibration to a folder, such as
# results/reference. OSSBENCH names another program than build/release/ossbench. Goes on after a failure and then ends with status 1.
set -uo pipefail
cd "$(dirname "$0")/.."
program=${OSSBENCH:-build/release/ossbench}
keep=
names=()
refuse() {
  echo "run_ablations: $1" >&2
  exit 2
}
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  case $1 in
    --help | -h)
      sed -n '4,8s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --keep)
      keep=${2:?run_ablations: --keep needs a folder}
      shift
      ;;
    -*) refuse "what is '$1'? Arguments for the runs come behind -- (run_ablations.sh --help)" ;;
    *) names+=("$1") ;;
  esac
  shift
done
[ $# -gt 0 ] && shift
if [ ${#names[@]} -eq 0 ]; then
  for config in configs/ablations/*.yaml; do names+=("$(basename "$config" .yaml)"); done
fi
for word in "$@"; do
  case $word in
    --o* | -o* | output=* | --set=output=* | *output.file=*)
      [ ${#names[@]} -eq 1 ] || refuse "'$word' would write ${#names[@]} results to one file: name one config"
      ;;
    --d* | -n) refuse "'$word' makes no result to report: ossbench run configs/ablations/${names[0]}.yaml --dry-run" ;;
  esac
done
if [ ! -x "$program" ]; then
  echo "run_ablations: no program $program: build it first (scripts/build.sh release), or name it in OSSBENCH" >&2
  exit 1
fi

mkdir -p results ${keep:+"$keep"}
failed=()
one() { # NAME, arguments for run
  local name=$1 result picture
  shift
  result=$("$program" run "configs/ablations/$name.yaml" "$@") || return 1
  local base=${result%.h5} costs=()
  [ "$name" = search_cost ] && costs=(--costs)
  for kind in text:txt markdown:md csv:csv; do
    /usr/bin/python3 scripts/report.py "$result" --format "${kind%:*}" "${costs[@]}" >"$base.${kind#*:}" || return 1
  done
  rm -f "${base}_report"/*.png # of an earlier result, which may have had others
  /usr/bin/python3 scripts/report.py "$result" --output "${base}_report" >&2 || return 1
  if [ -n "$keep" ]; then
    cp "$base.md" "$keep/$name.md" || return 1
    if [ -f "${base}_report/overview.png" ]; then cp "${base}_report/overview.png" "$keep/$name.png" || return 1; fi
    for picture in "${base}_report"/calibrated-*.png; do
      if [ -f "$picture" ]; then cp "$picture" "$keep/$name-${picture##*/}" || return 1; fi
    done
  fi
  cat "$base.txt"
}
number=0
for name in "${names[@]}"; do
  number=$((number + 1))
  echo "== $number of ${#names[@]}: $name" >&2
  started=$SECONDS
  if one "$name" "$@"; then
    echo "== $name: done in $((SECONDS - started)) s" >&2
  else
    failed+=("$name")
    echo "== $name: FAILED after $((SECONDS - started)) s" >&2
  fi
done
[ ${#failed[@]} -eq 0 ] && exit 0
echo "run_ablations: failed: ${failed[*]}" >&2
exit 1
