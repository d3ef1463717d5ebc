/// Text from outside, checked before anything is made of it.
enum GuardedText {
    /// - Throws: ``GuardError/notUTF8(offset:)``.
    static func decode(_ bytes: [UInt8]) throws(GuardError) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw .notUTF8(offset: firstFault(bytes))
    }

    /// Length of the longest valid beginning.
    private static func firstFault(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return offset
    }
}
