internal import TextFormats

/// A schema in the subset that can be checked without surprises.
///
/// Understood: `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`,
/// `minProperties`, `maxProperties`, `items`, `prefixItems`, `minItems`, `maxItems`, `uniqueItems`, `contains`,
/// `minLength`, `maxLength`, `pattern`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`,
/// `allOf`, `anyOf`, `oneOf`, `not`, and `$ref` to a place in the same document. Annotations are ignored. Any other
/// keyword is refused when the schema is read: what is not checked must not look as if it were.
struct JSONSchema: Sendable {
    let root: JSONDocument

    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
        "deprecated",
        "readOnly", "writeOnly", "format",
    ]
    private static let keywords: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "minProperties", "maxProperties",
        "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minLength", "maxLength", "pattern",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "allOf", "anyOf", "oneOf", "not",
        "$ref",
    ]
    private static let types: Set<String> = ["null", "boolean", "number", "integer", "string", "array", "object"]

    /// Why a schema cannot be used, in words that fit after "allowed is".
    struct Problem: Error, Hashable {
        var reason: String
    }

    init(_ text: String) throws(Problem) {
        guard let root = JSONDocument(text) else { throw Problem(reason: "a JSON document") }
        self.root = root
        try check(root, depth: 0)
    }

    // MARK: Reading

    private func check(_ schema: JSONDocument, depth: Int) throws(Problem) {
        guard depth < 64 else { throw Problem(reason: "a schema of at most 64 levels") }
        if case .boolean = schema { return }
        guard case .object(let members) = schema else { throw Problem(reason: "objects or Booleans as schemas") }
        for (key, value) in members { try check(key, value, depth: depth) }
    }

    private func check(_ key: String, _ value: JSONDocument, depth: Int) throws(Problem) {
        switch (key, value) {
        case ("$defs", .object(let named)), ("definitions", .object(let named)), ("properties", .object(let named)):
            for schema in named.values { try check(schema, depth: depth + 1) }
        case ("items", _), ("contains", _), ("additionalProperties", _), ("not", _):
            try check(value, depth: depth + 1)
        case ("allOf", .array(let parts)), ("anyOf", .array(let parts)), ("oneOf", .array(let parts)),
            ("prefixItems", .array(let parts)):
            guard !parts.isEmpty else { throw Problem(reason: "at least one schema under \(key)") }
            for schema in parts { try check(schema, depth: depth + 1) }
        case ("$ref", .string(let pointer)):
            guard target(of: pointer) != nil else { throw Problem(reason: "a $ref to a place in the same document") }
        case ("pattern", .string(let text)):
            guard (try? Pattern(text)) != nil else { throw Problem(reason: "a pattern that can be read") }
        case ("type", _):
            guard Self.names(value).allSatisfy(Self.types.contains), !Self.names(value).isEmpty else {
                throw Problem(reason: "a type out of \(Self.types.sorted().joined(separator: ", "))")
            }
        case _ where Self.annotations.contains(key): return
        case _ where Self.keywords.contains(key): try checkValue(key, value)
        default: throw Problem(reason: "a schema without the keyword \(key.prefix(40)), which is not checked here")
        }
    }

    private func checkValue(_ key: String, _ value: JSONDocument) throws(Problem) {
        let isRight =
            switch key {
            case "const": true
            // Of the right kind these are looked into elsewhere.
            case "properties", "allOf", "anyOf", "oneOf", "prefixItems", "$ref", "pattern": false
            case "enum", "required": if case .array = value { true } else { false }
            case "uniqueItems": if case .boolean = value { true } else { false }
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum": value.typeName == "number"
            case "multipleOf": if case .number(let step) = value { step > 0 } else { false }
            default: if case .number(let count) = value { count >= 0 && value.isInteger } else { false }
            }
        guard isRight else { throw Problem(reason: "a right value for \(key)") }
    }

    private static func names(_ value: JSONDocument) -> [String] {
        switch value {
        case .string(let name): [name]
        case .array(let list): list.compactMap { if case .string(let name) = $0 { name } else { nil } }
        default: []
        }
    }

    /// The schema at a JSON pointer (`#/$defs/point`).
    private func target(of pointer: String) -> JSONDocument? {
        guard pointer.hasPrefix("#") else { return nil }
        var place = root
        for part in pointer.dropFirst().split(separator: "/") {
            let key = part.replacing("~1", with: "/").replacing("~0", with: "~")
            switch place {
            case .object(let members):
                guard let next = members[String(key)] else { return nil }
                place = next
            case .array(let list):
                guard let index = Int(key), list.indices.contains(index) else { return nil }
                place = list[index]
            default: return nil
            }
        }
        return place
    }

    // MARK: Checking

    /// Whether a value fits; nil where the work for it exceeds the limit.
    func accepts(_ value: JSONDocument) -> Bool? {
        var work = 200_000
        let result = accepts(value, by: root, depth: 0, work: &work)
        return work > 0 ? result : nil
    }

    private func accepts(_ value: JSONDocument, by schema: JSONDocument, depth: Int, work: inout Int) -> Bool {
        work -= 1
        // A $ref may lead to itself.
        guard work > 0, depth < 256 else {
            work = 0
            return false
        }
        guard case .object(let members) = schema else { return schema == .boolean(true) }
        for (key, rule) in members {
            guard holds(key, rule, members, value, depth: depth, work: &work) else { return false }
        }
        return true
    }

    private func holds(
        _ key: String, _ rule: JSONDocument, _ members: [String: JSONDocument], _ value: JSONDocument, depth: Int,
        work: inout Int
    ) -> Bool {
        func fits(_ part: JSONDocument, _ schema: JSONDocument) -> Bool {
            accepts(part, by: schema, depth: depth + 1, work: &work)
        }
        switch (key, rule) {
        case ("type", _):
            return Self.names(rule).contains { $0 == value.typeName || ($0 == "integer" && value.isInteger) }
        case ("enum", .array(let allowed)): return allowed.contains(value)
        case ("const", _): return rule == value
        case ("$ref", .string(let pointer)): return target(of: pointer).map { fits(value, $0) } ?? false
        case ("allOf", .array(let parts)): return parts.allSatisfy { fits(value, $0) }
        case ("anyOf", .array(let parts)): return parts.contains { fits(value, $0) }
        case ("oneOf", .array(let parts)): return parts.count { fits(value, $0) } == 1
        case ("not", _): return !fits(value, rule)
        default: break
        }
        switch value {
        case .object(let object): return holdsForObject(key, rule, members, object, fits)
        case .array(let list): return holdsForArray(key, rule, members, list, fits)
        case .string(let text): return Self.holdsForString(key, rule, text)
        case .number(let number): return Self.holdsForNumber(key, rule, number)
        case .null, .boolean: return true
        }
    }

    private func holdsForObject(
        _ key: String, _ rule: JSONDocument, _ members: [String: JSONDocument], _ object: [String: JSONDocument],
        _ fits: (JSONDocument, JSONDocument) -> Bool
    ) -> Bool {
        switch (key, rule) {
        case ("required", .array(let names)):
            return names.allSatisfy { if case .string(let name) = $0 { object[name] != nil } else { false } }
        case ("properties", .object(let schemas)):
            return schemas.allSatisfy { name, schema in object[name].map { fits($0, schema) } ?? true }
        case ("additionalProperties", _):
            var known: Set<String> = []
            if case .object(let schemas)? = members["properties"] { known = Set(schemas.keys) }
            return object.allSatisfy { name, value in known.contains(name) || fits(value, rule) }
        case ("minProperties", .number(let least)): return Double(object.count) >= least
        case ("maxProperties", .number(let most)): return Double(object.count) <= most
        default: return true
        }
    }

    private func holdsForArray(
        _ key: String, _ rule: JSONDocument, _ members: [String: JSONDocument], _ list: [JSONDocument],
        _ fits: (JSONDocument, JSONDocument) -> Bool
    ) -> Bool {
        switch (key, rule) {
        case ("prefixItems", .array(let schemas)): return zip(list, schemas).allSatisfy(fits)
        case ("items", _):
            var skipped = 0
            if case .array(let prefix)? = members["prefixItems"] { skipped = prefix.count }
            return list.dropFirst(skipped).allSatisfy { fits($0, rule) }
        case ("contains", _): return list.contains { fits($0, rule) }
        case ("minItems", .number(let least)): return Double(list.count) >= least
        case ("maxItems", .number(let most)): return Double(list.count) <= most
        case ("uniqueItems", .boolean(true)): return Set(list).count == list.count
        default: return true
        }
    }

    private static func holdsForString(_ key: String, _ rule: JSONDocument, _ text: String) -> Bool {
        switch (key, rule) {
        case ("minLength", .number(let least)): return Double(text.unicodeScalars.count) >= least
        case ("maxLength", .number(let most)): return Double(text.unicodeScalars.count) <= most
        case ("pattern", .string(let pattern)):
            guard let compiled = try? Pattern(pattern) else { return false }
            var matcher = PatternMatcher(compiled, in: Array(text.unicodeScalars))
            if case .match = matcher.firstMatch() { return true }
            return false
        default: return true
        }
    }

    private static func holdsForNumber(_ key: String, _ rule: JSONDocument, _ number: Double) -> Bool {
        guard case .number(let bound) = rule else { return true }
        switch key {
        case "minimum": return number >= bound
        case "maximum": return number <= bound
        case "exclusiveMinimum": return number > bound
        case "exclusiveMaximum": return number < bound
        case "multipleOf":
            let quotient = number / bound
            return Swift.abs(quotient - quotient.rounded()) <= 1e-9 * Swift.max(1, Swift.abs(quotient))
        default: return true
        }
    }
}
