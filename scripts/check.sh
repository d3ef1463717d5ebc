#!/usr/bin/env bash
# Checks what the compiler does not: the reading path exists, libraries do not print, files stay small.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

fault() {
    echo "$*" >&2
    failed=1
}

# Every path in backticks of ARCHITECTURE.md's reading path.
while read -r path; do
    [ -e "Sources/$path" ] || fault "ARCHITECTURE.md names Sources/$path, which does not exist"
done < <(sed -n '/^## The path/,/^## /s/^[0-9]*\. `\([^`]*\)`.*/\1/p' ARCHITECTURE.md)

prints=$(git ls-files 'Sources/*.swift' | grep -v '^Sources/Commands/' | xargs grep -nE '(^|[^a-zA-Z.])print\(' | grep -v 'print(sys' || true)
[ -z "$prints" ] || fault "only Commands prints: $prints"

traps=$(git ls-files 'Sources/*.swift' | xargs grep -nE 'fatalError\(|try!|as! ' || true)
[ -z "$traps" ] || fault "traps: $traps"

while read -r lines path; do
    [ "$path" = total ] || [ "$lines" -le 500 ] || fault "$path has $lines lines; 500 is the limit"
done < <(git ls-files 'Sources/*.swift' 'Sources/*.c' 'Sources/*.h' | xargs wc -l)

while read -r size path; do
    [ "$size" -le 10485760 ] || fault "$path has $size bytes; 10 MB is the limit"
done < <(git ls-files -z | xargs -0 stat --format '%s %n')

exit $failed
