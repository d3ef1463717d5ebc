#!/usr/bin/env bash
# Installs what Assay needs from Debian where it is missing, and says what it did. Without the rights to install it names
# the packages and stops.
set -euo pipefail

declare -A files=(
    [libsqlite3-dev]=sqlite3.h
    [libopenblas-dev]=cblas.h
    [libdnnl-dev]=oneapi/dnnl/dnnl.h
    [libsentencepiece-dev]=sentencepiece_processor.h
)

# A header is there where the compiler's own search paths find it.
has_header() { echo "#include <$1>" | c++ -x c++ -fsyntax-only - 2>/dev/null; }

missing=()
for package in "${!files[@]}"; do
    has_header "${files[$package]}" || missing+=("$package")
done
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)

if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    if ! "${as_root[@]}" true 2>/dev/null || ! command -v apt-get >/dev/null; then
        echo "missing: ${missing[*]}" >&2
        echo "install them and call make again; on Debian: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "installing ${missing[*]}" >&2
    "${as_root[@]}" apt-get update -qq >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >&2
fi

if ! command -v swift >/dev/null; then
    echo "missing: swift 6.2 or newer; get it from swift.org/install and put it on the PATH" >&2
    exit 1
fi
