internal import Crypto

/// Fingerprints of files, and of what is told of them.
public enum FileDigest {
    /// The SHA-256 of a file's bytes in 64 lower-case hexadecimal digits.
    ///
    /// Reads the file once, in pieces, so it works for files larger than memory.
    ///
    /// - Throws: `CheckpointError.cannotOpen`, `.notARegularFile`.
    public static func sha256(ofFileAt path: String) throws(CheckpointError) -> String {
        let file = try MappedFile(path: path)
        var hash = SHA256()
        let pieceLength = 1 << 22
        for start in stride(from: 0, to: file.count, by: pieceLength) {
            file.withBytes(in: start..<min(start + pieceLength, file.count)) { piece in
                unsafe piece.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
            }
        }
        return hexadecimal(hash.finalize())
    }

    /// The SHA-256 of bytes in 64 lower-case hexadecimal digits.
    public static func sha256(of bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    /// The SHA-256 of a text's UTF-8.
    public static func sha256(of text: String) -> String { sha256(of: Array(text.utf8)) }

    /// One SHA-256 for several files: of the lines `DIGEST  NAME` that `sha256sum` would print, in the given order.
    ///
    /// - Throws: `CheckpointError.cannotOpen`, `.notARegularFile`.
    public static func sha256(
        ofFiles names: [String], inFolder folder: String
    ) throws(CheckpointError) -> String {
        var lines = ""
        for name in names { lines += "\(try sha256(ofFileAt: "\(folder)/\(name)"))  \(name)\n" }
        return sha256(of: lines)
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
