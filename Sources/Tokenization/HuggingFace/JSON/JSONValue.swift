/// A JSON value with its objects' keys in the order of the file.
///
/// `Foundation`'s readers keep keys in a dictionary of `String`, in which two spellings of one character are the same
/// key; a vocabulary has both.
enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    /// A number that is written without a fraction and an exponent, and that an `Int` holds.
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Sendable {
        let key: String
        let value: JSONValue
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
    var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    var members: [Member]? { if case .object(let value) = self { value } else { nil } }
    var isNull: Bool { if case .null = self { true } else { false } }

    /// A whole number that an `Int` holds exactly.
    var integer: Int? { number.flatMap(Int.init(exactly:)) }

    /// The value of a key, nil where it is absent or null. Of several, the last, as in most readers.
    subscript(key: String) -> JSONValue? {
        guard let value = members?.last(where: { $0.key == key })?.value, !value.isNull else { return nil }
        return value
    }
}
