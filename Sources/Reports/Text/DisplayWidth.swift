internal import Foundation
internal import TextFormats

/// Columns that `text` takes in a terminal: 2 for wide East Asian characters and emoji, 0 for combining marks.
func displayWidth(_ text: String) -> Int {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
    return text.reduce(0) { $0 + displayWidth($1) }
}

private func displayWidth(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
        // U+FE0F asks for the emoji form of what stands before it.
        if scalar.value == 0xFE0F { return 2 }
        width = max(width, displayWidth(scalar))
    }
    return width
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    // Unicode Standard Annex 11: blocks whose characters are wide or full-width.
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x17000...0x18DFF, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
        return 2
    default:
        return 1
    }
}

/// The beginning of `text` that fits in `columns`, with an ellipsis where something was cut off.
func truncated(_ text: String, to columns: Int) -> String {
    guard displayWidth(text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    var result = ""
    var width = 0
    for character in text {
        let next = displayWidth(character)
        guard width + next <= columns - 1 else { break }
        result.append(character)
        width += next
    }
    return result + "…"
}

/// Names of at most `columns` that stay apart: what all of them begin with goes first, then the middle of a name.
func shortened(_ names: [String], to columns: Int) -> [String] {
    var names = names.map { visible($0) }
    guard names.contains(where: { displayWidth($0) > columns }), let first = names.first else { return names }
    if names.count > 1 {
        let shared = names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        // Whole words only, and no more of them than it takes.
        let cuts = shared.indices.filter { " /-_,:".contains(shared[$0]) }.map {
            shared.distance(from: shared.startIndex, to: $0) + 1
        }
        let cut = cuts.first { cut in names.allSatisfy { displayWidth(String($0.dropFirst(cut))) < columns } }
        if let length = cut ?? cuts.last, length > 3 { names = names.map { "…" + $0.dropFirst(length) } }
    }
    return names.map { name in
        guard displayWidth(name) > columns else { return name }
        let tail = String(truncated(String(name.reversed()), to: columns / 2).reversed().drop { $0 == "…" })
        return truncated(name, to: columns - displayWidth(tail)) + tail
    }
}

/// Lines of at most `columns`, broken at spaces; a longer word is cut.
func wrapped(_ text: String, to columns: Int, indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        var rest = String(word)
        let joined = line.isEmpty ? rest : line + " " + rest
        if displayWidth(indent + joined) <= columns {
            line = joined
            continue
        }
        if !line.isEmpty { lines.append(indent + line) }
        let room = max(4, columns - displayWidth(indent))
        while displayWidth(rest) > room {
            let head = fitting(rest, in: room)
            lines.append(indent + head)
            rest.removeFirst(head.count)
        }
        line = rest
    }
    if !line.isEmpty { lines.append(indent + line) }
    return lines
}

/// The longest beginning that fits in `columns`, of at least one character.
private func fitting(_ text: String, in columns: Int) -> String {
    var width = 0
    let head = text.prefix { character in
        width += displayWidth(character)
        return width <= columns
    }
    return head.isEmpty ? String(text.prefix(1)) : String(head)
}
