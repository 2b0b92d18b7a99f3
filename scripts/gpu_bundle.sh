#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Packs what ossbench and its tests need beside the CUDA toolkit, a C compiler and CMake into build/gpu-bundle/bundle.tar.xz (about 30 MB, xz), for a GPU
# machine without network: headers and libraries of HDF5, OpenBLAS, LAPACKE, NLopt, oneDNN, libyaml, xxHash, Random123, cmocka; pkgconf; a Python with NumPy,
# h5py and PyYAML. Runs on Debian 12 with network (x86-64). scripts/gpu_check.sh unpacks and uses it where the system has not all of them; glibc
# 2.36 or newer there.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=(
  libhdf5-dev libhdf5-103-1 libhdf5-hl-100 libopenblas0-pthread libopenblas-pthread-dev liblapacke liblapacke-dev libnlopt0 libnlopt-dev
  libxxhash0 libxxhash-dev librandom123-dev libcmocka0 libcmocka-dev libyaml-0-2 libyaml-dev pkgconf-bin libpkgconf3
  libdnnl2 libdnnl-dev
  python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-numpy python3-h5py python3-h5py-serial python3-yaml
)
most=$((40 << 20))
given='^(ld-linux.*|lib(c|m|dl|pthread|rt|util|resolv|anl|nsl|mvec|gcc_s|stdc\+\+))\.so\.' # of every system with a compiler

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$work/debs" "$root"

fetch() { # packages, into the root
  echo "gpu_bundle: $*"
  (cd "$work/debs" && rm -f ./*.deb && apt-get download -qq -o APT::Sandbox::User=root "$@")
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$root"; done
}
missing() { # sonames that something in the root needs and nothing in it is
  find "$root" -type f \( -name '*.so*' -o -path '*/bin/*' \) -exec readelf -d {} + 2>/dev/null |
    sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u | grep -v -E "$given" >"$work/needed" || true
  find "$root" \( -type f -o -type l \) -name '*.so*' -printf '%f\n' | sort -u >"$work/there"
  comm -23 "$work/needed" "$work/there"
}
prune() { # what only people read, static libraries, other languages' headers, the libraries' own tests
  rm -rf "$root"/usr/share/{doc,man,lintian,bug,info,doc-base,binfmts,applications,pixmaps,gdb,python3,zsh,bash-completion,locale,aclocal,java}
  rm -rf "$root"/{etc,var} "$root"/usr/{sbin,games} "$root"/usr/lib/x86_64-linux-gnu/openblas-pthread/cmake "$root"/usr/lib/valgrind
  rm -rf "$root"/usr/lib/python3/dist-packages/numpy/{doc,distutils} "$root"/usr/lib/python3.11/{dist-packages,ensurepip,lib2to3,pydoc_data,distutils,idlelib,tkinter}
  rm -f "$root"/usr/lib/python3.11/lib-dynload/{_dbm,_gdbm,_sqlite3,_curses,_curses_panel,readline,nis,_crypt,_tkinter}.*.so
  find "$root" -type d \( -name tests -o -name test -o -name __pycache__ \) -path '*python3*' ! -path '*h5py*' -prune -exec rm -rf {} +
  find "$root" -name '*.a' -delete
  find "$root" \( -name '*.mod' -o -name '*.f90' -o -name '*_cpp.so*' -o -name 'H5*.h' -path '*/cpp/*' \) -delete
}

command -v dpkg >/dev/null && [ "$(dpkg --print-architecture)" = amd64 ] || { echo "gpu_bundle: needs a Debian machine (amd64)" >&2; exit 1; }
apt-get update -qq >/dev/null || true
fetch "${packages[@]}"
prune
while list=$(missing) && [ -n "$list" ]; do
  owners=()
  for name in $list; do
    owner=$(dpkg -S "*/$name" 2>/dev/null | head -n 1 | cut -d: -f1)
    [ -n "$owner" ] || { echo "gpu_bundle: no installed package has $name; run scripts/bootstrap.sh first" >&2; exit 1; }
    owners+=("$owner")
  done
  mapfile -t owners < <(printf '%s\n' "${owners[@]}" | sort -u)
  fetch "${owners[@]}"
  prune
done
# pkg-config names that Debian's alternatives give
pc=$root/usr/lib/x86_64-linux-gnu/pkgconfig
cp "$root/usr/lib/x86_64-linux-gnu/openblas-pthread/pkgconfig/"*.pc "$pc/"
cp "$pc/lapack-openblas.pc" "$pc/lapack.pc"
cp "$pc/blas-openblas.pc" "$pc/blas.pc"

mkdir -p build/gpu-bundle
tar --owner=0 --group=0 --sort=name --mtime=@0 -C "$root" -cf - . | xz -9 -T0 >build/gpu-bundle/bundle.tar.xz
size=$(stat -c %s build/gpu-bundle/bundle.tar.xz)
echo "gpu_bundle: build/gpu-bundle/bundle.tar.xz, $((size >> 10)) KiB, $(du -sm "$root" | cut -f1) MiB unpacked"
[ "$size" -le "$most" ] || { echo "gpu_bundle: that is over $((most >> 20)) MiB" >&2; exit 1; }
