/// A value inside a template, with Python's meaning.
///
/// The sandbox lets a template change nothing but a namespace, so all values but that one are immutable.
enum JinjaValue {
    case undefined(JinjaUndefined)
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case text(TracedText)
    case list(JinjaSequence)
    case tuple(JinjaSequence)
    case mapping(JinjaMapping)
    /// What `keys()`, `values()` and `items()` of a mapping give.
    case view(JinjaMappingView)
    case range(JinjaRange)
    case iterator(JinjaIterator)
    case namespace(JinjaNamespace)
    case loop(JinjaLoop)
    case macro(JinjaMacro)
    case function(JinjaFunction)

    static func text(_ literal: String) -> JinjaValue { .text(TracedText(literal)) }
}

/// A name or attribute that does not exist, and how to say so.
struct JinjaUndefined: Sendable {
    var message: String
    var isForbidden = false

    var failure: JinjaFailure { isForbidden ? .forbidden(message) : .undefined(message) }

    static func name(_ name: String) -> JinjaUndefined {
        JinjaUndefined(message: "\(name.pythonQuoted) is undefined")
    }

    static func attribute(_ name: String, of value: JinjaValue) -> JinjaUndefined {
        JinjaUndefined(message: "\(value.describedType.pythonQuoted) has no attribute \(name.pythonQuoted)")
    }

    static func element(_ index: String, of value: JinjaValue) -> JinjaUndefined {
        JinjaUndefined(message: "\(value.describedType) has no element \(index)")
    }

    static func unsafe(_ name: String, of value: JinjaValue) -> JinjaUndefined {
        let type = value.typeName
        return JinjaUndefined(
            message: "access to attribute \(name.pythonQuoted) of \(type.pythonQuoted) object is unsafe.",
            isForbidden: true
        )
    }
}

/// The items of a list or tuple, with bounds on how deep and how large the whole tree may be.
///
/// Checked where it is made, so that walking, comparing and freeing a value always end soon and never recurse far.
struct JinjaSequence {
    let items: [JinjaValue]
    /// Levels of containers, this one included.
    let depth: Int
    /// Values in the whole tree; long texts count for more.
    let weight: Int
    /// Names for the items, where they have any.
    let fieldNames: [String]

    init(_ items: [JinjaValue], fieldNames: [String] = [], limits: TemplateLimits) throws {
        var depth = 0
        var weight = 1
        for item in items {
            depth = max(depth, item.depth)
            weight += item.weight
            guard weight <= limits.containerSize else {
                throw JinjaFailure.limit(.containerSize, allowed: limits.containerSize)
            }
        }
        guard depth < limits.nesting else { throw JinjaFailure.limit(.nesting, allowed: limits.nesting) }
        self.items = items
        self.fieldNames = fieldNames
        self.depth = depth + 1
        self.weight = weight
    }
}

/// Integers with a step between them.
struct JinjaRange {
    var start: Int
    var stop: Int
    var step: Int
    var count: Int

    subscript(index: Int) -> Int { start + index * step }
}

/// A namespace: the one value that a template can change.
final class JinjaNamespace {
    var values: [String: JinjaValue]

    init(_ values: [String: JinjaValue]) {
        self.values = values
    }
}

/// Something with a name that can be called: a global function or a method of a value.
struct JinjaFunction {
    typealias Body = (JinjaInterpreter, JinjaArguments) throws -> JinjaValue

    var name: String
    var body: Body
}

/// Values made one after the other, once: what `map`, `select` and their like give.
final class JinjaIterator {
    /// How many iterators feed this one.
    let depth: Int
    private var advance: (() throws -> JinjaValue?)?

    init(depth: Int = 1, _ advance: @escaping () throws -> JinjaValue?) {
        self.depth = depth
        self.advance = advance
    }

    convenience init(_ items: [JinjaValue]) {
        var remaining = items.makeIterator()
        self.init { remaining.next() }
    }

    func next() throws -> JinjaValue? {
        guard let value = try advance?() else {
            advance = nil
            return nil
        }
        return value
    }

    /// Lets go of everything that the iterator holds.
    func close() { advance = nil }
}

extension JinjaValue {
    /// Levels of containers.
    var depth: Int {
        switch self {
        case .list(let sequence), .tuple(let sequence): sequence.depth
        case .mapping(let mapping): mapping.depth
        case .view(let view): view.mapping.depth
        default: 0
        }
    }

    /// How much there is to walk over.
    var weight: Int {
        switch self {
        case .text(let text): 1 + text.count / 64
        case .list(let sequence), .tuple(let sequence): sequence.weight
        case .mapping(let mapping): mapping.weight
        case .view(let view): view.mapping.weight
        case .range(let range): 1 + range.count
        default: 1
        }
    }

    /// The Python type's name.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float"
        case .text(let text): text.isMarkup ? "Markup" : "str"
        case .list: "list"
        case .tuple: "tuple"
        case .mapping: "dict"
        case .view(let view): view.kind.rawValue
        case .range: "range"
        case .iterator: "generator"
        case .namespace: "Namespace"
        case .loop: "LoopContext"
        case .macro: "Macro"
        case .function: "builtin_function_or_method"
        }
    }

    /// The type as jinja2 names it in messages about missing attributes.
    var describedType: String {
        switch self {
        case .none: "None"
        case .namespace: "jinja2.utils.Namespace object"
        case .loop: "jinja2.runtime.LoopContext object"
        case .macro: "jinja2.runtime.Macro object"
        case .text(let text) where text.isMarkup: "markupsafe.Markup object"
        default: "\(typeName) object"
        }
    }

    /// Python's truth value.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .text(let text): !text.isEmpty
        case .list(let sequence), .tuple(let sequence): !sequence.items.isEmpty
        case .mapping(let mapping): mapping.count > 0
        case .view(let view): view.mapping.count > 0
        case .range(let range): range.count > 0
        case .loop, .iterator, .namespace, .macro, .function: true
        }
    }

    /// Booleans count as integers, as in Python.
    var integerValue: Int? {
        switch self {
        case .integer(let value): value
        case .boolean(let value): value ? 1 : 0
        default: nil
        }
    }

    var isIterable: Bool {
        switch self {
        case .none, .boolean, .integer, .float, .namespace, .macro, .function: false
        default: true
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    var isNone: Bool {
        if case .none = self { true } else { false }
    }
}
