/// A value that a caller hands to a template, such as `enable_thinking` or a list of tools.
public enum TemplateValue: Hashable, Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case text(String)
    case list([TemplateValue])
    /// Entries in the order in which the template sees them. A later entry replaces an earlier one of the same key.
    case mapping([Entry])

    /// One key of a mapping with its value.
    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: TemplateValue

        public init(_ key: String, _ value: TemplateValue) {
            self.key = key
            self.value = value
        }
    }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
}

extension TemplateValue: ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(arrayLiteral elements: TemplateValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, TemplateValue)...) {
        self = .mapping(elements.map { Entry($0.0, $0.1) })
    }
}

extension JinjaValue {
    /// The template's view of a caller's value, whose texts come from `origin`.
    init(
        _ value: TemplateValue, origin: PromptPart.Origin = .template, limits: TemplateLimits, depth: Int = 0
    ) throws {
        guard depth < limits.nesting else { throw JinjaFailure.limit(.nesting, allowed: limits.nesting) }
        switch value {
        case .none: self = .none
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .text(let value): self = .text(TracedText(value, origin: origin))
        case .list(let items):
            let values = try items.map { try JinjaValue($0, origin: origin, limits: limits, depth: depth + 1) }
            self = .list(try JinjaSequence(values, limits: limits))
        case .mapping(let entries):
            var mapping = JinjaMapping()
            for entry in entries {
                let value = try JinjaValue(entry.value, origin: origin, limits: limits, depth: depth + 1)
                try mapping.set(.text(TracedText(entry.key, origin: origin)), to: value, limits: limits)
            }
            self = .mapping(mapping)
        }
    }
}
