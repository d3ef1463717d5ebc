extension JinjaInterpreter {
    /// `value.name`: an attribute or a method, or else the item of that name.
    func attribute(_ name: String, of value: JinjaValue) throws -> JinjaValue {
        if let found = try ownAttribute(name, of: value) { return found }
        if case .mapping(let mapping) = value, let found = mapping.value(ofText: name) { return found }
        return .undefined(.attribute(name, of: value))
    }

    /// `value[index]`: an item, or else the attribute of that name.
    func item(_ index: JinjaValue, of value: JinjaValue) throws -> JinjaValue {
        if case .undefined(let undefined) = value { throw undefined.failure }
        if let found = try subscripted(value, index) { return found }
        guard case .text(let name) = index else {
            return .undefined(.element(try representation(index).redacted, of: value))
        }
        if let found = try ownAttribute(name.string, of: value) { return found }
        return .undefined(.attribute(name.redacted, of: value))
    }

    private func subscripted(_ value: JinjaValue, _ index: JinjaValue) throws -> JinjaValue? {
        if case .mapping(let mapping) = value { return try? mapping.value(of: index) }
        guard let position = index.integerValue, let count = value.knownCount else { return nil }
        let offset = position < 0 ? position.addingReportingOverflow(count).partialValue : position
        guard offset >= 0, offset < count else { return nil }
        switch value {
        case .text(let text): return .text(text[offset..<offset + 1])
        case .list(let sequence), .tuple(let sequence): return sequence.items[offset]
        case .range(let range): return .integer(range[offset])
        default: return nil
        }
    }

    /// What Python's `getattr` finds, as far as the sandbox shows it.
    private func ownAttribute(_ name: String, of value: JinjaValue) throws -> JinjaValue? {
        switch value {
        case .undefined(let undefined): throw undefined.failure
        case .namespace(let namespace):
            if let found = namespace.values[name] { return found }
        case .loop(let loop):
            if let found = try attribute(name, of: loop) { return found }
        case .macro(let macro) where name == "name":
            return macro.definition.name.map { .text($0) } ?? JinjaValue.none
        case .tuple(let sequence):
            if let index = sequence.fieldNames.firstIndex(of: name) { return sequence.items[index] }
        default: break
        }
        if name.hasPrefix("__"), name.hasSuffix("__"), Self.internalAttributes.contains(name) {
            return .undefined(.unsafe(name, of: value))
        }
        return method(name, of: value)
    }

    private static let internalAttributes: Set<String> = [
        "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__",
        "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__", "__ne__",
        "__new__", "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__",
        "__subclasshook__",
    ]

    private func method(_ name: String, of value: JinjaValue) -> JinjaValue? {
        switch value {
        case .text(let text):
            guard let body = TextMethods.all[name] else { return nil }
            return .function(JinjaFunction(name: name) { try body($0, text, $1) })
        case .mapping(let mapping):
            if MappingMethods.changing.contains(name) { return .undefined(.unsafe(name, of: value)) }
            guard let body = MappingMethods.all[name] else { return nil }
            return .function(JinjaFunction(name: name) { try body($0, mapping, $1) })
        case .list(let sequence), .tuple(let sequence):
            if case .list = value, SequenceMethods.changing.contains(name) {
                return .undefined(.unsafe(name, of: value))
            }
            guard let body = SequenceMethods.all[name] else { return nil }
            return .function(JinjaFunction(name: name) { try body($0, sequence, $1) })
        case .float(let number) where name == "is_integer":
            return .function(JinjaFunction(name: name) { _, _ in .boolean(number.rounded() == number) })
        default: return nil
        }
    }

    private func attribute(_ name: String, of loop: JinjaLoop) throws -> JinjaValue? {
        switch name {
        case "index": return .integer(loop.index0 + 1)
        case "index0": return .integer(loop.index0)
        case "first": return .boolean(loop.index0 == 0)
        case "last": return .boolean(try loop.peek() == nil)
        case "length": return .integer(try loop.length())
        case "revindex": return .integer(try loop.length() - loop.index0)
        case "revindex0": return .integer(try loop.length() - loop.index0 - 1)
        case "depth": return .integer(loop.depth0 + 1)
        case "depth0": return .integer(loop.depth0)
        case "previtem":
            guard loop.index0 > 0 else { return .undefined(JinjaUndefined(message: "there is no previous item")) }
            return loop.previous
        case "nextitem":
            return try loop.peek() ?? .undefined(JinjaUndefined(message: "there is no next item"))
        case "cycle": return .function(JinjaFunction(name: "cycle") { try Self.cycle(loop, $1) })
        case "changed": return .function(JinjaFunction(name: "changed") { Self.changed(loop, $1) })
        default: return nil
        }
    }

    private static func cycle(_ loop: JinjaLoop, _ arguments: JinjaArguments) throws -> JinjaValue {
        let values = arguments.positional
        guard !values.isEmpty else { throw JinjaFailure.typeError("no items for cycling given") }
        return values[max(0, loop.index0) % values.count]
    }

    private static func changed(_ loop: JinjaLoop, _ arguments: JinjaArguments) -> JinjaValue {
        let values = arguments.positional
        let isSame = loop.lastChanged.map { last in
            last.count == values.count && zip(last, values).allSatisfy { $0.equals($1) }
        }
        loop.lastChanged = values
        return .boolean(isSame != true)
    }
}
