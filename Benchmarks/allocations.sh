#!/bin/sh
# Allocations of one more token of a generation, in each mode: the difference of two runs, divided by their tokens.
#
#   Benchmarks/allocations.sh ASSAY MODEL
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -shared -fPIC "$here/allocations.c" -o "$work/allocations.so"

generate() {
  ALLOCATIONS="$work/count" LD_PRELOAD="$work/allocations.so" "$1" generate --model "$2" --mode "$3" --threads 2 \
    --prompt "Tell me a long story about a fox." --temperature 0 --max-tokens "$4" >/dev/null 2>&1
  cat "$work/count"
}

for mode in f32 bf16 native; do
  few=$(generate "$1" "$2" "$mode" 50)
  many=$(generate "$1" "$2" "$mode" 150)
  echo "$mode $(((many - few) / 100))"
done
