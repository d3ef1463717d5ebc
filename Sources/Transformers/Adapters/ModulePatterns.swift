internal import Checkpoints
internal import TextFormats

/// A number for each module whose name a pattern matches, as PEFT reads `alpha_pattern` and `rank_pattern`.
///
/// A pattern is a regular expression for the end of a module's name, whole parts of it: Python's
/// `re.match("(.*\.)?(PATTERN)$", name)`. The first that matches counts, in the order of the file.
struct ModulePatterns {
    private struct Entry {
        var text: String
        var test: Test
        var value: Double
    }

    private enum Test {
        /// A name, each dot of which stands for any character, as in every expression.
        case name([Unicode.Scalar])
        case expression(Pattern)
    }

    /// PEFT writes at most one for each module.
    static let mostPatterns = 10_000
    static let mostExpressions = 256
    /// Steps of matching for all modules together: some seconds' worth.
    private static let mostWork = 100_000_000

    private let key: String
    private var entries: [Entry] = []
    private var work = 0

    /// - Parameters:
    ///   - settings: `adapter_config.json`
    ///   - text: the same as a text, which has the order
    ///   - key: `alpha_pattern` or `rank_pattern`; it need not be there
    /// - Throws: ``TransformerError/adapterPattern(key:pattern:allowed:)``; `CheckpointError`.
    init(_ settings: JSONDocument, text: [UInt8], key: String) throws {
        self.key = key
        guard let stored = settings[key], stored != .null else { return }
        guard case .object(let values) = stored else {
            throw CheckpointError.wrongMetadataType(key: key, found: "another value", expected: "an object")
        }
        let order = JSONMemberOrder.names(ofObject: key, in: text)
        guard order.count == values.count, Set(order) == Set(values.keys) else {
            throw fault(order.first ?? "", "each pattern once, and \(key) once")
        }
        guard order.count <= Self.mostPatterns else {
            throw fault(order[0], "at most \(Self.mostPatterns) patterns, not \(order.count)")
        }
        for name in order { try append(name, values[name] ?? .null) }
    }

    private mutating func append(_ text: String, _ value: JSONValue) throws(TransformerError) {
        let number: Double
        switch value {
        case .integer(let whole): number = Double(whole)
        case .double(let other): number = other
        default: throw fault(text, "a number for each pattern")
        }
        guard Float(number).isFinite else { throw fault(text, "a finite float32 for each pattern, not \(number)") }
        entries.append(Entry(text: text, test: try test(text), value: number))
    }

    private func test(_ text: String) throws(TransformerError) -> Test {
        let scalars = Array(text.unicodeScalars)
        if scalars.allSatisfy({ !"^$*+?()[]{}|\\".unicodeScalars.contains($0) }) { return .name(scalars) }
        let count = entries.reduce(1) { if case .expression = $1.test { $0 + 1 } else { $0 } }
        guard count <= Self.mostExpressions else {
            throw fault(text, "at most \(Self.mostExpressions) regular expressions")
        }
        // Python reads these as something else.
        if let strange = ["{,", "[:", "}{"].first(where: text.contains) {
            throw fault(text, "a regular expression without \"\(strange)\"")
        }
        do throws(PatternProblem) {
            // By itself too: brackets that only fit what stands around them would mean something else.
            _ = try Pattern(text)
            return .expression(try Pattern("(?:.*\\.)?(?:\(text))", isWhole: true))
        } catch {
            throw fault(text, error.reason)
        }
    }

    /// The number of the first pattern that matches a name; nil where none does.
    ///
    /// - Throws: ``TransformerError/adapterPattern(key:pattern:allowed:)`` for patterns that take too long.
    mutating func value(ofModule name: String) throws(TransformerError) -> Double? {
        let scalars = Array(name.unicodeScalars)
        for entry in entries where try matches(entry, scalars) { return entry.value }
        return nil
    }

    private mutating func matches(_ entry: Entry, _ name: [Unicode.Scalar]) throws(TransformerError) -> Bool {
        work += 1
        switch entry.test {
        case .name(let wanted): return Self.ends(name, with: wanted)
        case .expression(let pattern):
            var matcher = PatternMatcher(pattern, in: name, maximumWork: max(0, Self.mostWork - work))
            let result = matcher.firstMatch()
            work += matcher.work
            guard result != .tooMuchWork else { throw fault(entry.text, "patterns that take less time") }
            return result != .noMatch
        }
    }

    private static func ends(_ name: [Unicode.Scalar], with wanted: [Unicode.Scalar]) -> Bool {
        let start = name.count - wanted.count
        guard start >= 0, start == 0 || name[start - 1] == "." else { return false }
        return zip(name[start...], wanted).allSatisfy { $0 == $1 || ($1 == "." && $0 != "\n") }
    }

    private func fault(_ pattern: String, _ allowed: String) -> TransformerError {
        .adapterPattern(key: key, pattern: pattern, allowed: allowed)
    }
}
