#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Everything that wants a GPU to be checked, in under 10 minutes, without network: builds for this card alone, tests, sanitizers, benchmarks; one text
# report to results/gpu/CARD-DATE.txt. Goes on after a part that fails and then ends with status 1.
#   scripts/gpu_check.sh [--emulate] [--bundle FILE] [--output FILE] [PART ...]
# Parts, in this order: build parity kernels search networks same golden sanitizer.
# Needs the CUDA toolkit (nvcc, compute-sanitizer), a C and C++ compiler, CMake 3.25; ninja and git if they are there. The libraries and a Python with
# NumPy, h5py and PyYAML come from the system or, where it lacks any, from scripts/gpu_bundle.sh's build/gpu-bundle/bundle.tar.xz (--bundle).
# --emulate tries the script on a machine without a GPU: the same parts, small, on the emulated device; its report is no measurement.
# OSS_COMMIT names the commit where git cannot.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
emulate=0 bundle=$root/build/gpu-bundle/bundle.tar.xz output='' parts=()
known=(build parity kernels search networks same golden sanitizer)
while [ $# -gt 0 ]; do
  case $1 in
    --emulate) emulate=1 ;;
    --bundle) bundle=$(realpath "${2:?gpu_check: --bundle needs a file}") && shift ;;
    --output) output=${2:?gpu_check: --output needs a file} && shift ;;
    -h | --help) sed -n '4,12s/^# \{0,1\}//p' "$0" && exit 0 ;;
    *) [[ " ${known[*]} " == *" $1 "* ]] || { echo "gpu_check: no part '$1'; they are: ${known[*]}" >&2; exit 2; }
      parts+=("$1") ;;
  esac
  shift
done
[ ${#parts[@]} -gt 0 ] || parts=("${known[@]}")
PATH=$PATH:/usr/local/nvidia/bin:/usr/local/cuda/bin:/usr/local/cuda/compute-sanitizer
build=$root/build/gpu-check
[ $emulate -eq 1 ] && build=$root/build/gpu-check-emulated
work=$build-work
rm -rf "$work" && mkdir -p "$work" "$build"
started=$SECONDS
most=560 # seconds, all parts together
failed=()
die() { echo "gpu_check: $*" >&2; exit 1; }

# ---- the machine
if [ $emulate -eq 1 ]; then
  card="emulated" driver=none
else
  command -v nvidia-smi >/dev/null || die "no nvidia-smi: this machine has no NVIDIA driver (--emulate tries the script without)"
  IFS=, read -r card driver capability memory < <(nvidia-smi -i 0 --query-gpu=name,driver_version,compute_cap,memory.total --format=csv,noheader) ||
    die "nvidia-smi finds no GPU"
  [ -n "${capability:-}" ] || die "nvidia-smi finds no GPU: $card"
  command -v nvcc >/dev/null || die "no nvcc on PATH or in /usr/local/cuda/bin: install the CUDA toolkit"
fi
for tool in cc c++ cmake; do command -v $tool >/dev/null || die "no $tool: install gcc, g++ and cmake"; done
date=$(date -u +%Y-%m-%d)
[ -n "$output" ] || output=$root/results/gpu/$(tr -c 'A-Za-z0-9\n' - <<<"$card" | sed 's/-*$//')-$date.txt
[ $emulate -eq 1 ] && [[ $output == */results/gpu/* ]] && output=$work/report.txt
mkdir -p "$(dirname "$output")"
commit=${OSS_COMMIT:-}
if [ -z "$commit" ]; then
  commit=$(git rev-parse HEAD 2>/dev/null || echo unknown)
  [ -z "$(git status --porcelain 2>/dev/null)" ] || commit="$commit with changes"
fi

say() { echo "$*" | tee -a "$output"; }
: >"$output"
say "ossbench on a GPU, $(date -u '+%Y-%m-%d %H:%M UTC')"
if [ $emulate -eq 1 ]; then
  say "card      none: EMULATION on the processor. Correctness only; nothing here is a measurement"
else
  say "card      $card, compute capability$capability,$memory"
  say "driver   $driver"
  say "toolkit   $(nvcc --version | sed -n 's/.*release .*, V//p')"
fi
say "compiler  $(cc --version | head -n 1)"
say "machine   $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
say "commit    $commit"

# ---- libraries and Python: the system's where it has all, else the bundle's
python_works() { "$1" -B -c 'import h5py, numpy, yaml' >/dev/null 2>&1; }
lacking() { # what of the libraries the system has not
  command -v pkg-config >/dev/null || echo pkg-config
  for name in yaml-0.1 openblas lapacke nlopt libxxhash cmocka; do pkg-config --exists $name 2>/dev/null || echo $name; done
  command -v h5cc >/dev/null || compgen -G '/usr/include/hdf5*' >/dev/null || echo hdf5
  echo '#include <Random123/philox.h>' | cc -E -x c - >/dev/null 2>&1 || echo Random123
  echo "#include <dnnl.h>" | cc -E -x c - >/dev/null 2>&1 || echo oneDNN
}
unpack() {
  lib=$work/bundle/usr/lib/x86_64-linux-gnu
  mkdir -p "$work/bundle/bin"
  tar -C "$work/bundle" -xJf "$bundle" 2>/dev/null || python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$bundle" "$work/bundle" ||
    die "$bundle: cannot be unpacked (by xz or a Python)"
  sed -i "s#\(=\|-[IL]\)/usr#\1$work/bundle/usr#g" "$lib"/pkgconfig/*.pc "$work"/bundle/usr/share/pkgconfig/*.pc 2>/dev/null
  libraries=$lib:$lib/openblas-pthread:$lib/hdf5/serial:$work/bundle/lib/x86_64-linux-gnu
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s PKG_CONFIG_LIBDIR=%s exec %s "$@"\n' "$libraries" "$lib/pkgconfig" "$work/bundle/usr/bin/pkgconf" >"$work/bundle/bin/pkg-config"
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libraries" "$work/bundle/usr/bin/python3.11" >"$work/bundle/bin/python3"
  chmod +x "$work"/bundle/bin/*
}
options=()
missing=$(lacking | xargs)
python=''
for candidate in /usr/bin/python3 "$(command -v python3)"; do
  [ -z "$python" ] && [ -n "$candidate" ] && python_works "$candidate" && python=$candidate
done
if [ -n "$missing" ] || [ -z "$python" ]; then
  [ -f "$bundle" ] || die "the system lacks: $missing$([ -n "$python" ] || echo ' a Python with numpy, h5py and yaml'); there is no bundle $bundle either (scripts/gpu_bundle.sh makes it on a Debian machine)"
  unpack
  [ -n "$python" ] || python=$work/bundle/bin/python3
  python_works "$python" || die "$python: $("$python" -c 'import h5py, numpy, yaml' 2>&1 | tail -n 1)"
fi
if [ -n "$missing" ]; then
  say "libraries the bundle's (the system lacks $missing)"
  # DT_RPATH, not DT_RUNPATH: libraries find their own libraries by it too
  options+=("-DCMAKE_PREFIX_PATH=$work/bundle/usr" "-DPKG_CONFIG_EXECUTABLE=$work/bundle/bin/pkg-config" -DHDF5_NO_FIND_PACKAGE_CONFIG_FILE=ON
    "-DHDF5_ROOT=$work/bundle/usr" "-DHDF5_C_INCLUDE_DIR=$work/bundle/usr/include/hdf5/serial" "-DHDF5_hdf5_LIBRARY_RELEASE=$lib/hdf5/serial/libhdf5.so"
    "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags -Wl,-rpath,$libraries -Wl,-rpath-link,$libraries")
else
  say "libraries the system's"
fi
say "Python    $python"
# cuDNN: beside the toolkit, or NVIDIA's package for a Python
if [ $emulate -eq 0 ] && ! compgen -G '/usr/local/cuda/include/cudnn.h' >/dev/null && [ ! -f /usr/include/cudnn.h ]; then
  cudnn=$(python3 -c 'import nvidia.cudnn; print(list(nvidia.cudnn.__path__)[0])' 2>/dev/null) || die "no cudnn.h beside the toolkit and no Python package nvidia-cudnn: install cuDNN 9"
  options+=("-DCUDNN_INCLUDE=$cudnn/include")
  export LD_LIBRARY_PATH=$cudnn/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  say "cuDNN     $cudnn"
fi

# ---- parts
build_part() {
  local generator='Unix Makefiles'
  command -v ninja >/dev/null && generator=Ninja
  local cuda=("-DOSS_CUDA=ON" "-DOSS_CUDA_ARCHITECTURES=$(tr -d ' .' <<<"${capability:-}")")
  [ $emulate -eq 1 ] && cuda=(-DOSS_CUDA=EMULATE)
  cmake -S "$root" -B "$build" -G "$generator" -DCMAKE_BUILD_TYPE=Release "-DPYTHON3=$python" "${cuda[@]}" "${options[@]}" || return 1
  cmake --build "$build" --parallel "$(nproc)" || return 1
  "$build/ossbench" info
}
tests() { ctest --test-dir "$build" --no-tests=error --output-on-failure -j "$(nproc)" "$@"; }
parity_part() { OSS_TEST_BACKEND=cuda tests -L '^parity$'; }
golden_part() {
  local labels='^(golden|golden_cli)$'
  [ "$emulate" -eq 1 ] && labels='^(golden|golden_cuda)$' # those that an emulated device gets done
  OSSBENCH_BACKEND=cuda tests -L "$labels"
}
same_part() { # what auto takes, and the schedules and bits of what it takes
  local status=0
  for test in cli/test_backend cuda/test_same; do OSSBENCH=$build/ossbench "$python" -B "tests/$test.py" || status=1; done
  return $status
}
kernels_part() {
  if [ $emulate -eq 1 ]; then
    "$build/bench/bench_kernels" --backend cuda --n 6 --d 40 --k 5 --b 2
    return
  fi
  "$build/bench/bench_kernels" --backend cuda --n 200 --d 12288 --k 1000 --b 8 --repeat 10 --csv "$work/kernels.csv"
  local status=$?
  echo && cat "$work/kernels.csv"
  return $status
}
search_part() {
  local sizes=(--n 200 --m 20 --samples 64 --d 12288)
  [ $emulate -eq 1 ] && sizes=(--n 8 --m 3 --samples 2 --d 30 --k 4)
  "$build/bench/bench_search" --backend cuda "${sizes[@]}"
}
networks_part() { # one call of each network, the official ones with random weights
  local status=0 file kind compute batch=32 seconds=0.5 computes=(fp32 tf32 bf16)
  local denoisers=()
  [ $emulate -eq 1 ] && batch=1 seconds=0.01 computes=(fp32)
  for file in models/*_unet.safetensors models/*_dit.safetensors; do
    [ -f "$file" ] || continue
    kind=songunet && [[ $file == *_dit.* ]] && kind=dit
    denoisers+=("kind: $kind, file: $file, class: drawn")
  done
  [ $emulate -eq 1 ] || denoisers+=("kind: songunet, preset: edm-cifar10-ddpmpp" "kind: dhariwal, preset: edm-imagenet64" "kind: dit, preset: dit-xl-2-256")
  for denoiser in "${denoisers[@]}"; do
    for compute in "${computes[@]}"; do
      echo "{$denoiser, compute: $compute}"
      "$build/bench/bench_forward" --backend cuda --denoiser "{$denoiser, compute: $compute}" --batch $batch --seconds $seconds || status=1
    done
  done
  return $status
}
# One program under one tool; the tests' own verdict counts too. racecheck looks at shared memory: it leaves out the kernels of cuBLAS and cuDNN,
# on which it takes minutes.
sanitize() { # tool program
  local name log tool=(compute-sanitizer --tool "$1" --error-exitcode 9) status left
  name=$(basename "$2") log=$work/$1-$(basename "$2").log
  [ "$1" = racecheck ] && tool+=(--kernel-name-exclude 'regex=cutlass|cublas|cudnn|xmma|gemm|gemv|splitKreduce|sm[0-9][0-9]_|nvjet|convolve_|transpose(Warp|Block)_')
  [ "$emulate" -eq 1 ] && tool=()
  left=$((until - 5 - $(date +%s)))
  [ $left -gt 0 ] || { echo "$1 $name: NOT RUN, the time is used up"; return 1; }
  OSS_TEST_SMALL=1 OSS_TEST_BACKEND=cuda timeout $((left < 240 ? left : 240)) "${tool[@]}" "$2" >"$log" 2>&1
  status=$?
  case $status in
    0) echo "$1 $name: ok $(sed -n 's/^=* *\(ERROR SUMMARY\|RACECHECK SUMMARY\)/\1/p' "$log" | tail -n 1)" ;;
    124) echo "$1 $name: TIMED OUT" ;;
    *) echo "$1 $name: FAILED ($status)" && grep -v '^\[ *\(RUN\|OK\)' "$log" | head -n 20 ;;
  esac
  [ $status -eq 0 ] # xargs would stop at a 255
}
sanitizer_part() {
  local status=0
  [ $emulate -eq 1 ] || command -v compute-sanitizer >/dev/null || { echo "no compute-sanitizer: it comes with the CUDA toolkit"; return 1; }
  export -f sanitize
  export emulate work
  { # the longest first
    [ $emulate -eq 1 ] || for name in mixture attention conv dense; do echo "racecheck $build/tests/test_$name"; done
    for tool in racecheck memcheck initcheck; do
      [ $emulate -eq 1 ] && [ $tool != memcheck ] && continue
      for source in tests/parity/test_*.c; do
        [[ "$tool $source" =~ ^racecheck\ .*test_(mixture|attention|conv|dense).c$ ]] || echo "$tool $build/tests/$(basename "$source" .c)"
      done
    done
  } | xargs -P 8 -L 1 bash -c 'sanitize "$0" "$1"' || status=1
  return $status
}
declare -A limits=([build]=200 [parity]=150 [kernels]=150 [search]=90 [networks]=120 [same]=120 [golden]=200 [sanitizer]=300)
[ $emulate -eq 1 ] && most=3600 && for part in "${known[@]}"; do limits[$part]=1800; done
[ $emulate -eq 1 ] || export OSS_REQUIRE_GPU=1
export OMP_WAIT_POLICY=passive

export -f build_part tests parity_part golden_part same_part kernels_part search_part networks_part sanitize sanitizer_part
export root build work python emulate capability
quoted=''
[ ${#options[@]} -eq 0 ] || printf -v quoted '%q ' "${options[@]}"
for part in "${parts[@]}"; do
  left=$((most - (SECONDS - started))) begin=$SECONDS
  limit=$((limits[$part] < left ? limits[$part] : left))
  if [ $limit -le 5 ]; then
    failed+=("$part") && say "" && say "== $part: NOT RUN, the time is used up"
    continue
  fi
  export until=$(($(date +%s) + limit))
  timeout --kill-after=5 $limit bash -c "options=($quoted); ${part}_part" >"$work/$part.log" 2>&1 </dev/null
  status=$?
  verdict=ok
  [ $status -ne 0 ] && verdict="FAILED (status $status)" && failed+=("$part")
  [ $status -eq 124 ] || [ $status -eq 137 ] && verdict="TIMED OUT (limit $limit s)"
  say "" && say "== $part: $verdict in $((SECONDS - begin)) s"
  case $part:$status in
    kernels:* | search:* | networks:* | sanitizer:*) tee -a "$output" <"$work/$part.log" ;;
    build:0) grep -E '^(--   |backend)' "$work/$part.log" | tee -a "$output" ;;
    *:0) tail -n 6 "$work/$part.log" | tee -a "$output" ;;
    *) tail -n 60 "$work/$part.log" | tee -a "$output" ;;
  esac
  [ "$part" = build ] && [ $status -ne 0 ] && break
done
say ""
if [ ${#failed[@]} -eq 0 ]; then
  say "all parts ok in $((SECONDS - started)) s: ${parts[*]}"
else
  say "FAILED: ${failed[*]} (of ${parts[*]}; $((SECONDS - started)) s)"
fi
echo "gpu_check: report in $output"
[ ${#failed[@]} -eq 0 ]
