/// A dictionary in order of insertion.
struct JinjaMapping {
    private(set) var keys: [JinjaValue] = []
    private(set) var values: [JinjaValue] = []
    private var indices: [JinjaKey: Int] = [:]
    private(set) var depth = 1
    private(set) var weight = 1

    var count: Int { keys.count }

    /// The value of `key`, or nil. Throws for a key that cannot be one (a list).
    func value(of key: JinjaValue) throws -> JinjaValue? {
        try index(of: key).map { values[$0] }
    }

    func value(ofText key: String) -> JinjaValue? {
        indices[.text(Array(key.unicodeScalars))].map { values[$0] }
    }

    func index(of key: JinjaValue) throws -> Int? {
        indices[try JinjaKey(key)]
    }

    mutating func set(_ key: JinjaValue, to value: JinjaValue, limits: TemplateLimits) throws {
        let hashed = try JinjaKey(key)
        weight += key.weight + value.weight
        depth = max(depth, 1 + max(key.depth, value.depth))
        guard depth <= limits.nesting else { throw JinjaFailure.limit(.nesting, allowed: limits.nesting) }
        guard weight <= limits.containerSize else {
            throw JinjaFailure.limit(.containerSize, allowed: limits.containerSize)
        }
        if let index = indices[hashed] {
            values[index] = value
        } else {
            indices[hashed] = keys.count
            keys.append(key)
            values.append(value)
        }
    }
}

/// One of the three views of a mapping.
struct JinjaMappingView {
    enum Kind: String {
        case keys = "dict_keys"
        case values = "dict_values"
        case items = "dict_items"
    }

    var mapping: JinjaMapping
    var kind: Kind

    func items(limits: TemplateLimits) throws -> [JinjaValue] {
        switch kind {
        case .keys: mapping.keys
        case .values: mapping.values
        case .items:
            try zip(mapping.keys, mapping.values).map {
                .tuple(try JinjaSequence([$0, $1], limits: limits))
            }
        }
    }
}

/// A value as a key of a mapping: numbers that are equal are one key.
enum JinjaKey: Hashable {
    case undefined
    case none
    case integer(Int)
    case float(Double)
    case text([Unicode.Scalar])
    case tuple([JinjaKey])
    case object(ObjectIdentifier)
    case range(Int, Int, Int)

    init(_ value: JinjaValue) throws {
        switch value {
        case .undefined: self = .undefined
        case .none: self = .none
        case .boolean(let value): self = .integer(value ? 1 : 0)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = Int(exactly: value).map(JinjaKey.integer) ?? .float(value)
        case .text(let text): self = .text(text.scalars)
        case .tuple(let sequence): self = .tuple(try sequence.items.map { try JinjaKey($0) })
        case .range(let range): self = .range(range.count > 0 ? range.start : 0, range.step, range.count)
        case .iterator(let object): self = .object(ObjectIdentifier(object))
        case .namespace(let object): self = .object(ObjectIdentifier(object))
        case .loop(let object): self = .object(ObjectIdentifier(object))
        case .macro(let object): self = .object(ObjectIdentifier(object))
        case .list, .mapping, .view, .function:
            throw JinjaFailure.typeError("unhashable type: \(value.typeName.pythonQuoted)")
        }
    }
}
