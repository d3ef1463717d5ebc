/// A zip archive whose entries are stored, not compressed (PKWARE APPNOTE, version 2.0): what an `.eval` log is.
///
/// Entries and the archive stay below 4 GiB and 65,535 entries, the limits of the form without extensions; ``finish()``
/// leaves out what does not fit, and ``isFull`` says so.
struct StoredArchive {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0
    private(set) var isFull = false

    mutating func add(_ name: String, _ text: String) {
        let (name, data) = (Array(name.utf8), Array(text.utf8))
        let size = bytes.count + directory.count + data.count + 3 * name.count + 200
        guard count < 0xFFFE, size < 0xFFFF_0000, name.count < 0xFFFF else { return isFull = true }
        let offset = bytes.count
        // Version 2.0, names in UTF-8, stored, 1980-01-01: equal logs are equal bytes.
        let facts: [UInt8] =
            [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0] + word(Checksum.crc32(data)) + word(UInt32(data.count))
            + word(UInt32(data.count)) + half(name.count) + [0, 0]
        bytes += word(0x0403_4B50) + facts + name + data
        directory +=
            word(0x0201_4B50) + [20, 0] + facts + [UInt8](repeating: 0, count: 10) + word(UInt32(offset)) + name
        count += 1
    }

    consuming func finish() -> [UInt8] {
        let start = UInt32(bytes.count)
        let end =
            word(0x0605_4B50) + [0, 0, 0, 0] + half(count) + half(count) + word(UInt32(directory.count)) + word(start)
        return bytes + directory + end + [0, 0]
    }

    private func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    private func half(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }
}

/// CRC-32 of zip and PNG (polynomial 0xEDB88320).
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }
}
