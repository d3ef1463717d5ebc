internal import Foundation

/// A JSON file of a model folder, as a tree.
///
/// Keys with dots lead into objects: `rope_parameters.rope_theta`. The typed getters give nil for a missing key and for
/// `null`, and throw for a value of another type.
public struct JSONDocument: Sendable, Hashable {
    public let root: JSONValue

    /// Longest file that is read: the index of a model of ten thousands of tensors has a few megabytes.
    static let largestFile = 64 << 20

    public init(_ root: JSONValue) { self.root = root }

    /// Reads a file.
    ///
    /// - Throws: `CheckpointError.cannotOpen`, `.notARegularFile`, `.invalidJSON`.
    public init(path: String) throws(CheckpointError) {
        let file = try MappedFile(path: path)
        guard file.count <= Self.largestFile else {
            throw .invalidJSON(path: path, reason: "it has \(file.count) bytes; at most \(Self.largestFile) are read")
        }
        let bytes = file.withBytes(in: 0..<file.count) { span in unsafe span.withUnsafeBytes { unsafe Data($0) } }
        do {
            root = try JSONDecoder().decode(JSONValue.self, from: bytes)
        } catch {
            throw .invalidJSON(path: path, reason: Self.reason(error))
        }
    }

    /// Reads JSON text.
    ///
    /// - Throws: `CheckpointError.invalidJSON`.
    public init(text: String) throws(CheckpointError) {
        do {
            root = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw .invalidJSON(path: "(memory)", reason: Self.reason(error))
        }
    }

    /// The value behind a key; nil where there is none.
    public subscript(key: String) -> JSONValue? {
        var value = root
        for part in key.split(separator: ".", omittingEmptySubsequences: false) {
            guard case .object(let members) = value, let next = members[String(part)] else { return nil }
            value = next
        }
        return value
    }

    public func string(_ key: String) throws(CheckpointError) -> String? {
        try read(key, as: "a string") { if case .string(let text) = $0 { text } else { nil } }
    }

    public func integer(_ key: String) throws(CheckpointError) -> Int? {
        try read(key, as: "a whole number") { if case .integer(let number) = $0 { number } else { nil } }
    }

    public func float(_ key: String) throws(CheckpointError) -> Float? {
        try read(key, as: "a number") { $0.number.map { Float($0) } }
    }

    public func bool(_ key: String) throws(CheckpointError) -> Bool? {
        try read(key, as: "true or false") { if case .bool(let value) = $0 { value } else { nil } }
    }

    public func strings(_ key: String) throws(CheckpointError) -> [String]? {
        try read(key, as: "an array of strings") { value in
            value.elements { if case .string(let text) = $0 { text } else { nil } }
        }
    }

    public func floats(_ key: String) throws(CheckpointError) -> [Float]? {
        try read(key, as: "an array of numbers") { value in value.elements { $0.number.map { Float($0) } } }
    }

    public func bools(_ key: String) throws(CheckpointError) -> [Bool]? {
        try read(key, as: "an array of true and false") { value in
            value.elements { if case .bool(let element) = $0 { element } else { nil } }
        }
    }

    private func read<Value>(
        _ key: String, as expected: String, _ convert: (JSONValue) -> Value?
    ) throws(CheckpointError) -> Value? {
        guard let stored = self[key], stored != .null else { return nil }
        guard let value = convert(stored) else {
            throw .wrongMetadataType(key: key, found: stored.typeName, expected: expected)
        }
        return value
    }

    private static func reason(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "it holds values of unknown kinds" }
        guard let cause = context.underlyingError as? NSError,
            let text = cause.userInfo[NSDebugDescriptionErrorKey] as? String
        else { return context.debugDescription }
        return text
    }
}

/// One value of a JSON file.
public enum JSONValue: Sendable, Hashable, Decodable {
    case null
    case bool(Bool)
    /// A number without a fraction that fits.
    case integer(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The elements of an array; nil where it is none or where one does not convert.
    func elements<Element>(_ convert: (JSONValue) -> Element?) -> [Element]? {
        guard case .array(let values) = self else { return nil }
        let converted = values.compactMap(convert)
        return converted.count == values.count ? converted : nil
    }

    /// What the value is, for messages.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
