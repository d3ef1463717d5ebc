internal import Crypto
internal import Foundation

/// SHA-256, as lower-case hexadecimal.
public enum Digest {
    public static func sha256(of text: String) -> String { hexadecimal(SHA256.hash(data: Data(text.utf8))) }

    /// - Throws: ``TrainingError/noFile(_:)``
    public static func sha256(ofFile path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw TrainingError.noFile(path) }
        return hexadecimal(SHA256.hash(data: data))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
