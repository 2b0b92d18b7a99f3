#!/bin/sh
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
# Runs a compiler (all arguments). What ptxas -v says goes to OBJECT.ptxas, everything else where it belongs.
previous=
object=/dev/null
for argument in "$@"; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
[ "$object" = /dev/null ] && exec "$@"
"$@" 2>"$object.ptxas"
status=$?
grep -v -E '^ptxas info |^ *[0-9]+ bytes stack frame|^ *[0-9]+ bytes (gmem|cmem)|^$' "$object.ptxas" >&2
exit $status
