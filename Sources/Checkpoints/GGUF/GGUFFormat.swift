/// Constants of the GGUF format.
///
/// Source: docs/gguf.md of ggml. All integers are little-endian.
enum GGUFFormat {
    static let magic: [UInt8] = [0x47, 0x47, 0x55, 0x46]
    static let version: UInt32 = 3
    static let alignmentKey = "general.alignment"
    static let defaultAlignment = 32
    static let largestAlignment = 1 << 16
    static let longestKey = 65_535
    static let longestTensorName = 64
    static let mostDimensions = 4
    static let deepestArray = 4
    /// Elements for which room is made on a file's word alone; beyond that, arrays grow as elements are read.
    static let largestReservation = 1 << 18

    /// True for an alignment that both readers and writers accept.
    static func isAlignment(_ alignment: Int) -> Bool {
        (8...largestAlignment).contains(alignment) && alignment & (alignment - 1) == 0
    }

    /// 1 to 65535 printable ASCII bytes.
    static func isKey(_ key: String) -> Bool {
        (1...longestKey).contains(key.utf8.count) && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// 1 to 64 bytes without control characters.
    static func isTensorName(_ name: String) -> Bool {
        (1...longestTensorName).contains(name.utf8.count) && isFreeOfControls(name)
    }
}

/// True where a text has no ASCII control characters.
func isFreeOfControls(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
}

/// The smallest multiple of `alignment` at or above `offset`, or nil on overflow.
func aligned(_ offset: Int, to alignment: Int) -> Int? {
    let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum / alignment * alignment
}
