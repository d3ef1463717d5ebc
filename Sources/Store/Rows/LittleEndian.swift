internal import Foundation

/// 32-bit values as bytes, least significant first, on every machine.
enum LittleEndian {
    static func data(_ words: some Collection<UInt32>) -> Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * 4)
        for word in words {
            bytes.append(UInt8(truncatingIfNeeded: word))
            bytes.append(UInt8(truncatingIfNeeded: word >> 8))
            bytes.append(UInt8(truncatingIfNeeded: word >> 16))
            bytes.append(UInt8(truncatingIfNeeded: word >> 24))
        }
        return Data(bytes)
    }

    static func data(_ values: [Int32]) -> Data {
        data(values.lazy.map { UInt32(bitPattern: $0) })
    }

    static func data(_ values: [Float]) -> Data {
        data(values.lazy.map(\.bitPattern))
    }

    /// Nil for a number of bytes that is no multiple of four.
    static func words(_ data: Data) -> [UInt32]? {
        guard data.count % 4 == 0 else { return nil }
        let bytes = Array(data)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
                | UInt32(bytes[start + 3]) << 24
        }
    }
}
