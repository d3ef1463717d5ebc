#!/usr/bin/env bash
# Prints the model to use: the named one of the catalogue, downloaded if need be; where it cannot be had, the project's
# own model organism, and says so.
#
#   scripts/model.sh ASSAY NAME
set -euo pipefail

assay="$1"
name="$2"
small=fixtures/models/organism.gguf

if "$assay" model pull "$name" >/dev/null; then
    echo "$name"
else
    echo "the model $name cannot be had; going on with $small, a small model made for studies:" >&2
    echo "its figures show that everything works, and nothing about language models" >&2
    echo "$small"
fi
