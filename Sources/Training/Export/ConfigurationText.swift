internal import Foundation

/// The text of a `config.json`, changed where it must be and nowhere else: some programs tell 50 from 50.0.
struct ConfigurationText {
    private let bytes: [UInt8]

    /// A configuration that says what type the weights now have: some programs round them to what it says.
    ///
    /// - Parameter text: JSON
    static func inFloat32(_ text: Data) -> Data {
        Data(ConfigurationText(bytes: Array(text)).with(#""float32""#, for: [#""torch_dtype""#, #""dtype""#]))
    }

    /// The text with another value for some keys of the outermost object.
    ///
    /// - Parameters:
    ///   - value: JSON
    ///   - keys: with their quotation marks; those without a value, or with an object or array for one, stay
    private func with(_ value: String, for keys: [String]) -> [UInt8] {
        let keys = keys.map { Array($0.utf8) }
        var result: [UInt8] = []
        var (depth, offset, copied) = (0, 0, 0)
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let end = endOfString(from: offset)
                let isKey = depth == 1 && keys.contains { bytes[offset..<end].elementsEqual($0) }
                offset = end
                if isKey, let range = rangeOfValue(afterKeyAt: end) {
                    result += bytes[copied..<range.lowerBound] + Array(value.utf8)
                    (copied, offset) = (range.upperBound, range.upperBound)
                }
                continue
            default: break
            }
            offset += 1
        }
        return result + bytes[copied...]
    }

    /// Behind the quotation mark that closes the string at `start`.
    private func endOfString(from start: Int) -> Int {
        var offset = start + 1
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(offset + 1, bytes.count)
    }

    /// A string, a number or a word behind a colon.
    private func rangeOfValue(afterKeyAt end: Int) -> Range<Int>? {
        let colon = endOfSpace(from: end)
        guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
        let start = endOfSpace(from: colon + 1)
        guard start < bytes.count else { return nil }
        if bytes[start] == UInt8(ascii: "\"") { return start..<endOfString(from: start) }
        let stops = Array("{}[],: \t\r\n".utf8)
        let stop = bytes[start...].firstIndex { stops.contains($0) } ?? bytes.count
        return stop > start ? start..<stop : nil
    }

    private func endOfSpace(from start: Int) -> Int {
        bytes[start...].firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? bytes.count
    }
}
