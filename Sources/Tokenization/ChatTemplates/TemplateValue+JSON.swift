extension TemplateValue {
    /// Reads JSON as Python's `json` gives it to a template: keys in their order, whole numbers apart from others.
    ///
    /// - Throws: ``TokenizerError/malformedJSON(offset:)``, also for more than 64 levels of nesting and for numbers of more
    ///   than 64 characters or beyond a `Double`.
    public init(json bytes: [UInt8]) throws(TokenizerError) {
        self.init(try JSONReader.read(bytes))
    }

    private init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .float(value)
        case .string(let value): self = .text(value)
        case .array(let values): self = .list(values.map { TemplateValue($0) })
        case .object(let members): self = .mapping(members.map { Entry($0.key, TemplateValue($0.value)) })
        }
    }
}
