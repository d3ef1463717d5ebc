internal import Foundation
internal import Yams

/// Keys and values of a recipe; what nobody has asked for in the end is an error.
struct RecipeTable {
    private let prefix: String
    private var values: [String: Any]
    private var known: Set<String> = []

    init(yaml: String) throws {
        let loaded: Any?
        do {
            // A date stays the text that it is.
            loaded = try Yams.load(yaml: yaml, Resolver.default.removing(.timestamp))
        } catch {
            throw TrainingError.configuration(key: "file", found: "no YAML (\(error))", allowed: "keys and values")
        }
        guard let values = loaded as? [String: Any] else {
            throw TrainingError.configuration(key: "file", found: "no table", allowed: "keys and values")
        }
        self.values = values
        prefix = ""
    }

    private init(_ values: [String: Any], prefix: String) {
        self.values = values
        self.prefix = prefix
    }

    mutating func string(_ key: String) throws -> String {
        guard let found = take(key) else {
            throw TrainingError.configuration(key: prefix + key, found: "missing", allowed: "a text")
        }
        guard let text = found as? String else { throw wrong(key, found, "a text") }
        return text
    }

    mutating func optionalString(_ key: String) throws -> String? {
        guard let found = take(key) else { return nil }
        guard let text = found as? String else { throw wrong(key, found, "a text") }
        return text
    }

    mutating func string(_ key: String, _ standard: String, of allowed: [String]) throws -> String {
        guard let found = take(key) else { return standard }
        guard let text = found as? String, allowed.contains(text) else {
            throw wrong(key, found, allowed.joined(separator: ", "))
        }
        return text
    }

    mutating func strings(_ key: String) throws -> [String]? {
        guard let found = take(key) else { return nil }
        if let one = found as? String { return [one] }
        guard let list = found as? [String] else { throw wrong(key, found, "a list of texts") }
        return list
    }

    mutating func integer(_ key: String, _ standard: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let found = take(key) else { return standard }
        guard let number = found as? Int, range.contains(number) else {
            throw wrong(key, found, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let found = take(key) else { return nil }
        guard let number = found as? Int, range.contains(number) else {
            throw wrong(key, found, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func number(_ key: String, _ standard: Double, in range: ClosedRange<Double>) throws -> Double {
        guard let found = take(key) else { return standard }
        guard let number = Self.number(found), range.contains(number) else {
            throw wrong(key, found, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func optionalNumber(_ key: String, upTo limit: Double = .greatestFiniteMagnitude) throws -> Double? {
        guard let found = take(key) else { return nil }
        guard let number = Self.number(found), number > 0, number <= limit else {
            throw wrong(key, found, "a number above 0, up to \(limit)")
        }
        return number
    }

    mutating func bool(_ key: String, _ standard: Bool) throws -> Bool {
        guard let found = take(key) else { return standard }
        guard let value = found as? Bool else { throw wrong(key, found, "true or false") }
        return value
    }

    mutating func table(_ key: String) throws -> RecipeTable? {
        guard let found = take(key) else { return nil }
        guard let values = found as? [String: Any] else { throw wrong(key, found, "keys and values") }
        return RecipeTable(values, prefix: "\(prefix)\(key).")
    }

    /// Fails where one of the keys is there: another setting leaves it without effect.
    mutating func refuse(_ keys: [String], beside setting: String, allowed: String) throws {
        for key in keys {
            if let found = take(key) { throw wrong(key, "\(found) beside \(setting)", allowed) }
        }
    }

    /// - Throws: ``TrainingError/unknownKey(_:known:)``
    func finish() throws {
        if let key = values.keys.min() { throw TrainingError.unknownKey(prefix + key, known: known.sorted()) }
    }

    private mutating func take(_ key: String) -> Any? {
        known.insert(key)
        return values.removeValue(forKey: key)
    }

    /// YAML reads `1e-4` as a text.
    private static func number(_ value: Any) -> Double? {
        (value as? Double) ?? (value as? Int).map(Double.init) ?? (value as? String).flatMap { Double($0) }
    }

    private func wrong(_ key: String, _ found: Any, _ allowed: String) -> TrainingError {
        .configuration(key: prefix + key, found: "\(found)", allowed: allowed)
    }
}
