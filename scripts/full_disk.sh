#!/bin/bash
# Fills a real disk of 2 MB with imports until there is no room left, and shows that nothing was lost.
#
#   scripts/full_disk.sh .build/release/assay      (as root: it mounts a tmpfs in a namespace of its own)
#
# Also kills two importing processes that share one file, many times, and looks at the file afterwards.
set -euo pipefail
assay=$(realpath "${1:?usage: full_disk.sh ASSAY}")
if [ -z "${IN_NAMESPACE:-}" ]; then IN_NAMESPACE=1 exec unshare --mount "$0" "$assay"; fi
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/disk"
mount -t tmpfs -o size=2m tmpfs "$work/disk"

# run NUMBER SAMPLES: an export of one run.
run() {
    python3 - "$1" "$2" <<'PY'
import base64, json, struct, sys
number, samples = int(sys.argv[1]), int(sys.argv[2])
generation = {"max_tokens": 8, "min_p": 0, "samples": 1, "seed": number, "stop": [], "temperature": 1, "top_k": 0, "top_p": 1}
run = {
    "id": f"00000000-0000-4000-8000-{number:012d}", "settings": {"generation": generation},
    "definition": {"description": "d", "format": "raw", "name": "disk", "generation": generation, "task": "generate",
                   "prompts": [{"file": "a.jsonl"}], "scorers": [{"name": "numeric", "parameters": {}}], "version": 1},
    "model": {"name": "m", "digest": "a" * 64, "architecture": "llama", "computeMode": "f32", "backend": "none"},
    "promptSets": [{"name": "a", "digest": "b" * 64, "format": "assay", "promptCount": 1}], "status": "started",
    "scorers": [{"key": "numeric", "version": 1}], "plannedSamples": samples, "startedAt": "2026-01-01T00:00:00Z",
    "environment": {"assayVersion": "0", "cpu": "none", "threads": 1, "batch": 1},
}
lines = [{"assay_export": 1}, {"type": "run", "run": run},
         {"type": "prompt", "index": 0, "set": "a", "id": "p", "ids": [1]}]
for index in range(samples):
    lines.append({
        "type": "sample", "prompt": 0, "sample": index, "ids": [index, 2], "text": f"{number}/{index} " * 40,
        "logprobs": base64.b64encode(struct.pack("<ff", -index, -0.5)).decode(), "finish": "stop",
        "scores": [{"scorer": "numeric", "version": 1, "value": index % 2}]})
lines.append({"type": "end", "run": run["id"], "samples": samples})
for line in lines:
    print(json.dumps(line))
PY
}

db="$work/disk/runs.sqlite"
kept=0
for number in $(seq 1 100); do
    run "$number" 200 > "$work/$number.jsonl"
    status=0
    "$assay" runs import "$work/$number.jsonl" --db "$db" > "$work/out" 2> "$work/err" || status=$?
    [ $status -eq 0 ] || break
    kept=$number
done
[ $status -eq 74 ] || { echo "exit code $status, expected 74"; exit 1; }
grep -q "no space is left" "$work/err"
echo "full after $kept runs of 200 samples, exit code $status: $(tail -1 "$work/err")"
mount -o remount,size=16m "$work/disk"
[ "$(sqlite3 "$db" 'PRAGMA integrity_check')" = ok ]
"$assay" runs export --db "$db" > "$work/after.jsonl"
for number in $(seq 1 "$kept"); do
    "$assay" runs import "$work/$number.jsonl" --db "$work/whole.sqlite" > "$work/out"
done
"$assay" runs export --db "$work/whole.sqlite" | cmp - "$work/after.jsonl"
"$assay" runs import "$work/$number.jsonl" --db "$db" > "$work/out"
echo "all $kept runs are whole, and with more room the import goes on"

for round in $(seq 1 "${ROUNDS:-20}"); do
    rm -f "$work"/two.sqlite*
    for part in 1 2; do
        (for number in $(seq $part 2 8); do
            "$assay" runs import "$work/$number.jsonl" --db "$work/two.sqlite" || exit
        done) > "$work/out.$part" 2>&1 &
    done
    sleep "0.$((RANDOM % 900 + 50))"
    jobs -p | while read -r job; do pkill -KILL -P "$job" || true; done
    wait || true
    [ -f "$work/two.sqlite" ] || continue
    [ "$(sqlite3 "$work/two.sqlite" 'PRAGMA integrity_check')" = ok ]
    [ -z "$(sqlite3 "$work/two.sqlite" 'SELECT run, count(*) FROM samples GROUP BY run HAVING count(*) <> 200' 2> "$work/err")" ]
    for number in $(seq 1 8); do "$assay" runs import "$work/$number.jsonl" --db "$work/two.sqlite" > "$work/out"; done
    [ "$(sqlite3 "$work/two.sqlite" 'SELECT count(*) FROM samples')" -eq 1600 ]
done
echo "two writers, killed ${ROUNDS:-20} times: no run was half there, and each could be completed"
