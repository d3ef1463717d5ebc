internal import Foundation

/// The order in which a JSON text names things, which a dictionary forgets.
enum JSONMemberOrder {
    /// Names of the members of an object that is itself a member of the outermost one, in the text's order, also those
    /// that are there twice.
    ///
    /// - Parameter text: valid JSON
    static func names(ofObject member: String, in text: [UInt8]) -> [String] {
        var names: [String] = []
        var (depth, offset, isInside) = (0, 0, false)
        while offset < text.count {
            switch text[offset] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let end = endOfString(text, from: offset)
                if depth <= 2, isBeforeColon(text, end), let name = string(text[offset..<end]) {
                    if depth == 1 { isInside = name == member }
                    if depth == 2, isInside { names.append(name) }
                }
                offset = end
                continue
            default: break
            }
            offset += 1
        }
        return names
    }

    /// Behind the quotation mark that closes the string at `start`.
    private static func endOfString(_ text: [UInt8], from start: Int) -> Int {
        var offset = start + 1
        while offset < text.count, text[offset] != UInt8(ascii: "\"") {
            offset += text[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(offset + 1, text.count)
    }

    private static func isBeforeColon(_ text: [UInt8], _ end: Int) -> Bool {
        text[end...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ":")
    }

    private static func string(_ quoted: ArraySlice<UInt8>) -> String? {
        try? JSONDecoder().decode(String.self, from: Data(quoted))
    }
}
