internal import Crypto
internal import Foundation

/// One spelling for each value: JSON with sorted keys, without white space, numbers in their shortest form.
package enum CanonicalJSON {
    /// SHA-256 of the value's spelling, lower-case hexadecimal.
    package static func digest(of value: some Encodable) -> String {
        let digits = Array("0123456789abcdef")
        return String(
            SHA256.hash(data: Data(text(of: value).utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// A value that JSON cannot spell, such as an infinite number, gives no text; a plan refuses those before.
    static func text(of value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
