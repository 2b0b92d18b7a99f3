#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Fuzzes every reader of foreign files, with address and undefined behaviour sanitizers, for so many seconds each (default 600):
#   scripts/fuzz.sh [SECONDS] [READER ...]      readers: safetensors arguments config pickles
# It starts from tests/fuzz/corpus and what build/fuzz/found holds from before. An input that fails is kept in build/fuzz/failures: mend
# what it found and add it to the corpus, which the tests replay. With OSS_FUZZ_KEEP=1 the inputs that reach more are merged into the corpus.
# Needs clang and its libFuzzer (Debian: clang), for pickles python3-numpy alone.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
shift || true
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { sed -n '4,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(safetensors arguments config pickles)
corpus=tests/fuzz/corpus
build=build/fuzz
largest=65536 # bytes of an input

mkdir -p $build
native=()
for reader in "${readers[@]}"; do
  [ -d "$corpus/$reader" ] || { echo "fuzz: no reader '$reader'; there are: $(ls $corpus | tr '\n' ' ')" >&2; exit 2; }
  [ "$reader" = pickles ] || native+=("fuzz_$reader")
done
if [ ${#native[@]} -gt 0 ]; then # sanitizers keep clang from what the sources ask its optimizer for: no error here
  command -v clang >/dev/null || { echo "fuzz: clang is not installed" >&2; exit 1; }
  cmake -S . -B $build -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DOSS_CUDA=OFF -DOSS_BENCH=OFF -DOSS_WERROR=OFF -DOSS_FUZZ=ON \
    -DOSS_SANITIZE=address,undefined,fuzzer-no-link >$build.log 2>&1 || { cat $build.log >&2; exit 1; }
  cmake --build $build --target "${native[@]}" >>$build.log 2>&1 || { tail -n 40 $build.log >&2; exit 1; }
fi

for reader in "${readers[@]}"; do
  echo "fuzz: $reader, $seconds s"
  mkdir -p $build/found/"$reader" $build/failures
  if [ "$reader" = pickles ]; then
    /usr/bin/python3 -B tests/fuzz/fuzz_pickles.py --seconds "$seconds" --seed "$RANDOM" --failures $build/failures
    continue
  fi
  program=$build/tests/fuzz_$reader
  log=$build/$reader.log
  words=()
  [ "$reader" = config ] || words=(-dict=tests/fuzz/json.dict)
  "$program" -max_total_time="$seconds" -max_len=$largest -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 "${words[@]}" \
    -artifact_prefix=$build/failures/"$reader"- $build/found/"$reader" "$corpus/$reader" >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }
  grep -E '^(stat::number_of_executed_units|stat::peak_rss_mb|memory:)' "$log"
  if [ "${OSS_FUZZ_KEEP:-0}" = 1 ]; then
    "$program" -set_cover_merge=1 -max_len=512 "$corpus/$reader" $build/found/"$reader" >>"$log" 2>&1
  fi
done
