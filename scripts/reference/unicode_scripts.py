#!/usr/bin/env python3
"""Writes Sources/Tokenization/Patterns/UnicodeScript.swift: which scalar belongs to which script.

The assignment is that of the `tokenizers` package (0.23.3), whose ids ours are compared with; it reads the file
tokenizers/src/pre_tokenizers/unicode_scripts/scripts.rs of its source distribution.

  unicode_scripts.py scripts.rs
"""

import pathlib
import re
import sys
import textwrap

HEAD = """\
/// The script of a scalar (Unicode's Scripts.txt). Written by scripts/reference/unicode_scripts.py.
struct UnicodeScript: Hashable, Sendable {
    /// Index into `names`.
    private let index: UInt8

    /// 0 is no script at all.
    static let unassigned = UnicodeScript(index: 0)
    static let common = UnicodeScript(named: "common") ?? unassigned
    static let han = UnicodeScript(named: "han") ?? unassigned
    static let hiragana = UnicodeScript(named: "hiragana") ?? unassigned
    static let katakana = UnicodeScript(named: "katakana") ?? unassigned

    private init(index: UInt8) { self.index = index }

    /// By its name in lower case, without spaces and underscores; nil for one that is not known.
    init?(named name: String) {
        guard let index = Self.names.firstIndex(of: name), index > 0 else { return nil }
        self.index = UInt8(truncatingIfNeeded: index)
    }

    init(of value: UInt32) {
        // The last run that begins at `value` or before.
        var low = 0
        var high = Self.runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Self.runs[middle] >> 8 <= value { low = middle } else { high = middle }
        }
        index = UInt8(truncatingIfNeeded: Self.runs[low])
    }
"""


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    scripts = {}
    for first, last, name in re.findall(r"0x([0-9A-F]+)(?:\.\.=0x([0-9A-F]+))? => Script::(\w+)", text):
        for value in range(int(first, 16), int(last or first, 16) + 1):
            scripts[value] = name
    names = ["any"] + sorted({name.lower() for name in scripts.values()})
    runs = []
    for value in range(0x110000):
        index = names.index(scripts[value].lower()) if value in scripts else 0
        if not runs or runs[-1] & 0xFF != index:
            runs.append(value << 8 | index)
    lines = [HEAD, "    private static let names = ["]
    lines += textwrap.wrap(", ".join(f'"{name}"' for name in names) + ",", 110, initial_indent=" " * 8, subsequent_indent=" " * 8)
    lines += ["    ]", "", "    /// Where a run begins, times 256, plus the script's index.", "    private static let runs: [UInt32] = ["]
    lines += textwrap.wrap(", ".join(f"0x{run:X}" for run in runs) + ",", 110, initial_indent=" " * 8, subsequent_indent=" " * 8)
    lines += ["    ]", "}", ""]
    out = pathlib.Path(__file__).resolve().parents[2] / "Sources/Tokenization/Patterns/UnicodeScript.swift"
    out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
