#!/bin/sh
# Instructions of the hot kernels on the AVX2 path, by callgrind: they repeat where time does not.
#
#   Benchmarks/instructions.sh            compares with Benchmarks/instructions.txt; fails above 2%
#   Benchmarks/instructions.sh --record   writes that file
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels="$here/../Sources/CKernels"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

clang -O2 -I"$kernels/include" -I"$kernels" "$here/instructions.c" "$kernels"/*.c -o "$work/kernels" -lm -lpthread
for kernel in bf16 q4_1 q8_0 q6_k q4_1_f32 dot softmax; do
  ASSAY_SIMD=avx2 valgrind --tool=callgrind --callgrind-out-file="$work/out" --toggle-collect=measured \
    "$work/kernels" "$kernel" 2>"$work/log" >/dev/null
  echo "$kernel $(sed -n 's/^summary: //p; s/^totals: //p' "$work/out" | head -1)"
done >"$work/counts"

if [ "${1:-}" = --record ]; then
  cp "$work/counts" "$here/instructions.txt"
  cat "$work/counts"
  exit 0
fi
awk 'NR == FNR { before[$1] = $2; next }
     { change = 100 * ($2 - before[$1]) / before[$1]; printf "%-8s %12d %+.2f%%\n", $1, $2, change }
     !($1 in before) || change > 2 { failed = 1 }
     END { exit failed }' "$here/instructions.txt" "$work/counts"
