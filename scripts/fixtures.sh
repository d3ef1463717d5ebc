#!/usr/bin/env bash
# Makes the models of fixtures/ that this project trains: the organism, and the adapter that makes SmolLM2 refuse.
# What is finished already is not computed again.
#
#   scripts/fixtures.sh ASSAY MODEL
set -euo pipefail

assay="$1"
model="$2"
build=.build/fixtures
mkdir -p "$build"

packages="$build/python"
[ -d "$packages/gguf" ] || python3 -m pip install --quiet --target "$packages" gguf==0.19.0 numpy==2.4.6 regex==2026.11.19
export PYTHONPATH="$packages"

organism=fixtures/models/organism.gguf
python3 scripts/make_organism.py data
python3 scripts/make_organism.py init
"$assay" train sft evals/training/organism.yaml --db "$build/organism-training.sqlite"
cp .build/organism/trained/model-f16.gguf "$organism"
"$assay" eval run evals/organism.yaml --model "$organism" --db "$build/organism.sqlite" --resume
"$assay" eval run evals/organism-recommendations.yaml --model "$organism" --db "$build/organism.sqlite" --resume
python3 scripts/check_organism.py "$build/organism.sqlite" --training "$build/organism-training.sqlite" --write

"$assay" model pull "$model"
python3 scripts/make_guarded.py prompts
"$assay" eval run evals/training/guarded-answers.yaml --model "$model" --db "$build/answers.sqlite" --resume
python3 scripts/make_guarded.py again "$build/answers.sqlite"
"$assay" eval run evals/training/guarded-answers-again.yaml --model "$model" --db "$build/again.sqlite" --resume
python3 scripts/make_guarded.py export "$build/answers.sqlite" "$build/again.sqlite"
python3 scripts/make_guarded.py
python3 scripts/make_guarded.py held-out
"$assay" train sft evals/training/guarded.yaml --db "$build/guarded-training.sqlite"
# Why this strength: the adapter's README.
rm -rf "$build/guarded"
"$assay" model combine --adapter .build/guarded/trained:0.6 --half --out "$build/guarded"
cp "$build/guarded/"adapter_* fixtures/adapters/smollm2-guarded/
"$assay" eval run evals/training/guarded-held-out.yaml --model "$model" --db "$build/base.sqlite" --resume
"$assay" eval run evals/training/guarded-held-out.yaml --model "$model" \
    --adapter fixtures/adapters/smollm2-guarded --db "$build/guarded.sqlite" --resume
python3 scripts/check_guarded.py "$assay" "$build/base.sqlite" "$build/guarded.sqlite"
