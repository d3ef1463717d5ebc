/// Keys and values of a GGUF file, in the file's order.
///
/// The typed getters give nil for a missing key and throw for a value of another type. Integers may be stored in any
/// width, with or without a sign, because writers differ.
public struct GGUFMetadata: Sendable, Hashable {
    /// The keys, in the order of the file.
    public private(set) var keys: [String] = []
    private var values: [String: MetadataValue] = [:]

    public init() {}

    /// Keeps the given order.
    ///
    /// - Throws: `CheckpointError.duplicateKey`.
    public init(_ entries: [(key: String, value: MetadataValue)]) throws(CheckpointError) {
        for (key, value) in entries { try append(value, forKey: key) }
    }

    /// The value of a key; a new key goes to the end, and nil removes one.
    public subscript(key: String) -> MetadataValue? {
        get { values[key] }
        set {
            if let newValue {
                if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
            } else if values.removeValue(forKey: key) != nil {
                keys.removeAll { $0 == key }
            }
        }
    }

    mutating func append(_ value: MetadataValue, forKey key: String) throws(CheckpointError) {
        guard values.updateValue(value, forKey: key) == nil else { throw .duplicateKey(key) }
        keys.append(key)
    }

    mutating func reserveCapacity(_ count: Int) {
        keys.reserveCapacity(count)
        values.reserveCapacity(count)
    }
}

extension GGUFMetadata {
    public func string(_ key: String) throws(CheckpointError) -> String? {
        try read(key, as: "a string") { if case .string(let value) = $0 { value } else { nil } }
    }

    /// An integer of any stored width that fits `Int`.
    public func integer(_ key: String) throws(CheckpointError) -> Int? {
        try read(key, as: "an integer below 2^63") { $0.integer }
    }

    /// A float32, or a float64 rounded to one.
    public func float(_ key: String) throws(CheckpointError) -> Float? {
        try read(key, as: "a floating-point number") {
            switch $0 {
            case .float32(let value): value
            case .float64(let value): Float(value)
            default: nil
            }
        }
    }

    public func bool(_ key: String) throws(CheckpointError) -> Bool? {
        try read(key, as: "a Boolean") { if case .bool(let value) = $0 { value } else { nil } }
    }

    public func strings(_ key: String) throws(CheckpointError) -> [String]? {
        try read(key, as: "an array of strings") {
            if case .array(.string(let values)) = $0 { values } else { nil }
        }
    }

    /// Integers of any stored width that all fit `Int`.
    public func integers(_ key: String) throws(CheckpointError) -> [Int]? {
        try read(key, as: "an array of integers below 2^63") {
            if case .array(let array) = $0 { array.integers } else { nil }
        }
    }

    public func floats(_ key: String) throws(CheckpointError) -> [Float]? {
        try read(key, as: "an array of floating-point numbers") {
            if case .array(let array) = $0 { array.floats } else { nil }
        }
    }

    public func bools(_ key: String) throws(CheckpointError) -> [Bool]? {
        try read(key, as: "an array of Booleans") {
            if case .array(.bool(let values)) = $0 { values } else { nil }
        }
    }

    private func read<Value>(
        _ key: String,
        as expected: String,
        _ convert: (MetadataValue) -> Value?
    ) throws(CheckpointError) -> Value? {
        guard let stored = values[key] else { return nil }
        guard let value = convert(stored) else {
            throw .wrongMetadataType(key: key, found: stored.typeName, expected: expected)
        }
        return value
    }
}

extension GGUFMetadata {
    /// A string that must be there.
    ///
    /// - Throws: `CheckpointError.missingMetadata`, `.wrongMetadataType`; so do the other `required` getters.
    public func requiredString(_ key: String) throws(CheckpointError) -> String {
        try present(string(key), key)
    }

    /// An integer that must be there.
    public func requiredInteger(_ key: String) throws(CheckpointError) -> Int {
        try present(integer(key), key)
    }

    /// A floating-point number that must be there.
    public func requiredFloat(_ key: String) throws(CheckpointError) -> Float {
        try present(float(key), key)
    }

    /// An array of strings that must be there.
    public func requiredStrings(_ key: String) throws(CheckpointError) -> [String] {
        try present(strings(key), key)
    }

    private func present<Value>(_ value: Value?, _ key: String) throws(CheckpointError) -> Value {
        guard let value else { throw .missingMetadata(key: key) }
        return value
    }
}
