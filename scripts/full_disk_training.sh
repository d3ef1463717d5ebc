#!/bin/bash
# Fills a real disk of 4 MB with checkpoints of a training until there is no room left, and shows that it goes on from the
# last whole one to the bits of a training that was never stopped.
#
#   scripts/full_disk_training.sh .build/release/assay      (as root: it mounts a tmpfs in a namespace of its own)
set -euo pipefail
assay=$(realpath "${1:?usage: full_disk_training.sh ASSAY}")
if [ -z "${IN_NAMESPACE:-}" ]; then IN_NAMESPACE=1 exec unshare --mount "$0" "$assay"; fi
root=$(realpath "$(dirname "$0")/..")
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/disk"
mount -t tmpfs -o size=4m tmpfs "$work/disk"

python3 - > "$work/train.jsonl" <<'PY'
import json
for index in range(64):
    print(json.dumps({"prompt": f"{index} plus {index % 7}", "completion": f"{index + index % 7}"}))
PY
recipe() {
    cat <<YAML
model: $root/fixtures/models/organism.gguf
data: $work/train.jsonl
output: $1
steps: 24
batch: 4
learning_rate: 0.001
adapter: {rank: 4, alpha: 8}
checkpoint_every: 1
checkpoints_kept: 24
seed: 5
YAML
}
recipe "$work/whole" > "$work/whole.yaml"
recipe "$work/disk/out" > "$work/disk.yaml"
"$assay" train sft "$work/whole.yaml" --db "$work/whole.sqlite" > "$work/out" 2>&1
status=0
"$assay" train sft "$work/disk.yaml" --db "$work/disk.sqlite" > "$work/out" 2> "$work/err" || status=$?
[ $status -eq 74 ] || { echo "exit code $status, expected 74: $(tail -3 "$work/err")"; exit 1; }
grep -q "make room and run the same command again" "$work/err" || { tail -3 "$work/err"; exit 1; }
kept=$(find "$work/disk/out/checkpoints" -name 'step-*.safetensors' | wc -l)
echo "full after $kept checkpoints, exit code $status: $(tail -1 "$work/err")"
for file in "$work"/disk/out/checkpoints/step-*.safetensors; do
    cmp "$file" "$work/whole/checkpoints/$(basename "$file")"
done
mount -o remount,size=64m "$work/disk"
"$assay" train sft "$work/disk.yaml" --db "$work/disk.sqlite" > "$work/out" 2>&1
cmp "$work/disk/out/adapter_model.safetensors" "$work/whole/adapter_model.safetensors"
echo "every checkpoint is whole, and with more room the training ends with the same bytes"
