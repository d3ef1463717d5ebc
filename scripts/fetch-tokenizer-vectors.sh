#!/usr/bin/env bash
# Puts vocabularies with expected token ids into the cache: llama.cpp's ggml-vocab-*.gguf, .inp and .out, out of the
# source distribution of llama-cpp-python. Nothing of it is built or run. Needs python3 with pip.
#
#   scripts/fetch-tokenizer-vectors.sh            into ${ASSAY_CACHE:-~/.cache/assay}/tokenizer-vectors
set -euo pipefail

cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
folder="$cache/tokenizer-vectors"
name=llama-cpp-python
version=0.3.36
sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e

if [ -f "$folder/$sha256" ]; then
    echo "$folder is complete" >&2
    exit 0
fi
mkdir -p "$cache"
work="$(mktemp -d "$cache/tokenizer-vectors.XXXXXX")"
trap 'rm -rf "$work"' EXIT

# "pip download" would run the package's build backend to learn its dependencies; pip's own finder and session, with
# the index and proxies that pip is set up for, fetch the archive alone.
python3 - "$name" "$version" "$work/sdist.tar.gz" <<'PYTHON'
import sys

from pip._internal.commands import create_command
from pip._vendor.packaging.specifiers import SpecifierSet

name, version, path = sys.argv[1:]
command = create_command("download")
options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:", name])
with command.main_context():
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session)
    candidate = finder.find_best_candidate(name, SpecifierSet(f"=={version}")).best_candidate
    if candidate is None:
        sys.exit(f"{name} {version} is not in the package index")
    with session.get(candidate.link.url_without_fragment, stream=True) as response, open(path, "wb") as file:
        response.raise_for_status()
        for block in response.iter_content(1 << 20):
            file.write(block)
PYTHON

echo "$sha256  $work/sdist.tar.gz" | sha256sum --check --quiet
mkdir "$work/vectors"
tar -xzf "$work/sdist.tar.gz" -C "$work/vectors" --strip-components=4 --wildcards \
    '*/vendor/llama.cpp/models/ggml-vocab-*.gguf' '*/vendor/llama.cpp/models/ggml-vocab-*.gguf.inp' \
    '*/vendor/llama.cpp/models/ggml-vocab-*.gguf.out'
touch "$work/vectors/$sha256"
rm -rf "$folder"
mv "$work/vectors" "$folder"
echo "$folder: $(ls "$folder"/*.gguf | wc -l) vocabularies" >&2
