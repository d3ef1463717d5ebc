/// The bytes as gzip would pack them that it cannot make smaller: stored blocks (RFC 1951, 3.2.4).
public func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = bytes[...]
    repeat {
        let block = rest.prefix(0xFFFF)
        rest = rest.dropFirst(block.count)
        result += [rest.isEmpty ? 1 : 0] + word(block.count, 2) + word(~block.count, 2) + block
    } while !rest.isEmpty
    return result + word(Int(crc32(bytes)), 4) + word(bytes.count, 4)
}

private func word(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// Bit by bit, as the polynomial says.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { register, byte in
        (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
