/// Reads a regular expression into a tree.
struct PatternParser {
    private static let maximumLength = 1000
    private static let maximumDepth = 50
    private static let maximumRepetition = 1000

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var ignoresCase: Bool
    private var dotMatchesLineBreaks = false
    private var anchorsMatchLines = false
    private(set) var groupCount = 0

    init(_ text: String, ignoresCase: Bool) {
        self.text = Array(text.unicodeScalars)
        self.ignoresCase = ignoresCase
    }

    mutating func parse() throws(PatternProblem) -> PatternNode {
        guard !text.isEmpty else { throw PatternProblem(reason: "a pattern that is not empty") }
        guard text.count <= Self.maximumLength else {
            throw PatternProblem(reason: "a pattern of at most \(Self.maximumLength) characters, not \(text.count)")
        }
        try parseFlags()
        let node = try parseAlternatives()
        guard position == text.count else { throw problem("a closing bracket with its opening one") }
        return node
    }

    /// `(?i)`, `(?s)`, `(?m)` and their combinations, at the front of the pattern.
    private mutating func parseFlags() throws(PatternProblem) {
        guard next(is: "(", "?"), let flag = scalar(at: 2), ["i", "m", "s"].contains(flag) else { return }
        position += 2
        while let flag = take(), flag != ")" {
            switch flag {
            case "i": ignoresCase = true
            case "m": anchorsMatchLines = true
            case "s": dotMatchesLineBreaks = true
            default: throw problem("the flags i, m and s")
            }
        }
    }

    private mutating func parseAlternatives() throws(PatternProblem) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw problem("at most \(Self.maximumDepth) groups in one another") }
        var alternatives = [try parseSequence()]
        while scalar(at: 0) == "|" {
            position += 1
            alternatives.append(try parseSequence())
        }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func parseSequence() throws(PatternProblem) -> PatternNode {
        var nodes: [PatternNode] = []
        while let next = scalar(at: 0), next != "|", next != ")" {
            nodes.append(try parseRepetitions(of: try parseAtom()))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func parseRepetitions(of atom: PatternNode) throws(PatternProblem) -> PatternNode {
        guard let (least, most) = try parseCount() else { return atom }
        if case .assertion = atom { throw problem("a repetition after a character or a group, not after an anchor") }
        let isGreedy = scalar(at: 0) != "?"
        if !isGreedy { position += 1 }
        guard scalar(at: 0) != "+", scalar(at: 0) != "*" else { throw problem("one repetition after a character") }
        return .repeated(atom, least: least, most: most, isGreedy: isGreedy)
    }

    private mutating func parseCount() throws(PatternProblem) -> (Int, Int?)? {
        switch scalar(at: 0) {
        case "*": position += 1; return (0, nil)
        case "+": position += 1; return (1, nil)
        case "?": position += 1; return (0, 1)
        case "{" where scalar(at: 1)?.isASCIIDigit == true: return try parseBraces()
        default: return nil
        }
    }

    private mutating func parseBraces() throws(PatternProblem) -> (Int, Int?) {
        position += 1
        let least = try parseInteger()
        var most: Int? = least
        if scalar(at: 0) == "," {
            position += 1
            most = scalar(at: 0) == "}" ? nil : try parseInteger()
        }
        guard take() == "}", most.map({ $0 >= least }) ?? true else {
            throw problem("repetitions as {2}, {2,} or {2,5}")
        }
        return (least, most)
    }

    private mutating func parseInteger() throws(PatternProblem) -> Int {
        var value = 0
        let start = position
        while let digit = scalar(at: 0), digit.isASCIIDigit {
            value = value * 10 + Int(digit.value) - 48
            position += 1
            guard value <= Self.maximumRepetition else {
                throw problem("at most \(Self.maximumRepetition) repetitions")
            }
        }
        guard position > start else { throw problem("repetitions as {2}, {2,} or {2,5}") }
        return value
    }

    private mutating func parseAtom() throws(PatternProblem) -> PatternNode {
        guard let scalar = take() else { throw problem("a character") }
        switch scalar {
        case "(": return try parseGroup()
        case "[": return .set(try parseClass())
        case ".": return .set(dot)
        case "^": return .assertion(anchorsMatchLines ? .lineStart : .textStart)
        case "$": return .assertion(anchorsMatchLines ? .lineEnd : .lastLineEnd)
        case "\\": return try parseEscape()
        case "*", "+", "?": throw problem("a character or a group before a repetition")
        default: return .set(literal(scalar))
        }
    }

    private mutating func parseGroup() throws(PatternProblem) -> PatternNode {
        var index: Int?
        if next(is: "?", ":") {
            position += 2
        } else if scalar(at: 0) == "?" {
            try skipGroupName()
            groupCount += 1
            index = groupCount
        } else {
            groupCount += 1
            index = groupCount
        }
        let body = try parseAlternatives()
        guard take() == ")" else { throw problem("a closing bracket for every opening one") }
        return index.map { .group(body, index: $0) } ?? body
    }

    private mutating func skipGroupName() throws(PatternProblem) {
        let start = scalar(at: 1) == "P" ? 2 : 1
        guard scalar(at: start) == "<", scalar(at: start + 1)?.isASCIILetter == true else {
            throw problem("groups as (…), (?:…) and (?<name>…); look-around does not exist here")
        }
        position += start + 1
        while let letter = scalar(at: 0), letter.isWordPart { position += 1 }
        guard take() == ">" else { throw problem("a group's name in angle brackets") }
    }

    private mutating func parseEscape() throws(PatternProblem) -> PatternNode {
        switch scalar(at: 0) {
        case "b": position += 1; return .assertion(.wordBoundary)
        case "B": position += 1; return .assertion(.notWordBoundary)
        case "A": position += 1; return .assertion(.textStart)
        case "z": position += 1; return .assertion(.textEnd)
        default:
            var set = ScalarSet(ignoresCase: ignoresCase)
            try parseEscapedCharacter(into: &set)
            return .set(set)
        }
    }

    /// A class such as `\d`, or one character; returns the character.
    @discardableResult
    private mutating func parseEscapedCharacter(into set: inout ScalarSet) throws(PatternProblem) -> Unicode.Scalar? {
        guard let scalar = take() else { throw problem("a character after a backslash") }
        switch scalar {
        case "d", "D": set.insert(.digit, isNegated: scalar == "D")
        case "w", "W": set.insert(.word, isNegated: scalar == "W")
        case "s", "S": set.insert(.space, isNegated: scalar == "S")
        default:
            let escaped: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "t": "\t", "r": "\r"]
            guard let literal = escaped[scalar] ?? (scalar.isASCIILetter || scalar.isASCIIDigit ? nil : scalar) else {
                throw problem("the escapes \\d \\w \\s \\b \\n \\t \\r and marks; back-references do not exist here")
            }
            set.ranges.append(literal.value...literal.value)
            return literal
        }
        return nil
    }

    private mutating func parseClass() throws(PatternProblem) -> ScalarSet {
        var set = ScalarSet(ignoresCase: ignoresCase)
        if scalar(at: 0) == ":", let name = namedClass(at: 1), ScalarSet.named[name] != nil {
            throw problem("named classes with two brackets, as in [[:digit:]]")
        }
        if scalar(at: 0) == "^" {
            set.isNegated = true
            position += 1
        }
        var isFirst = true
        while let scalar = take() {
            if scalar == "]" && !isFirst { return set }
            isFirst = false
            if scalar == "[", self.scalar(at: 0) == ":", let name = namedClass(at: 1) {
                try insert(name, into: &set)
                continue
            }
            var lower: Unicode.Scalar? = scalar
            if scalar == "\\" {
                lower = try parseEscapedCharacter(into: &set)
            } else {
                set.ranges.append(scalar.value...scalar.value)
            }
            if let lower, self.scalar(at: 0) == "-", let upper = self.scalar(at: 1), upper != "]" {
                try parseRange(from: lower, into: &set)
            }
        }
        throw problem("a closing square bracket for every opening one")
    }

    private mutating func parseRange(from lower: Unicode.Scalar, into set: inout ScalarSet) throws(PatternProblem) {
        position += 1
        var upper = take()
        if upper == "\\" {
            var ignored = ScalarSet()
            upper = try parseEscapedCharacter(into: &ignored)
        }
        if upper == "[", scalar(at: 0) == ":", namedClass(at: 1) != nil { upper = nil }
        guard let upper, lower <= upper else { throw problem("ranges that go upwards, as in [a-z]") }
        set.ranges.append(lower.value...upper.value)
    }

    /// What stands between `[:` and `:]`, where that is a word.
    private func namedClass(at start: Int) -> String? {
        var name = String.UnicodeScalarView()
        while let letter = scalar(at: start + name.count), letter.isASCIILetter || letter == "^" { name.append(letter) }
        let end = start + name.count
        return !name.isEmpty && scalar(at: end) == ":" && scalar(at: end + 1) == "]" ? String(name) : nil
    }

    private mutating func insert(_ name: String, into set: inout ScalarSet) throws(PatternProblem) {
        guard let members = ScalarSet.named[name] else {
            throw problem("the named classes \(ScalarSet.named.keys.sorted().joined(separator: ", "))")
        }
        position += name.count + 3
        set.ranges += members.ranges
        for kind in members.kinds { set.insert(kind, isNegated: false) }
    }

    private var dot: ScalarSet {
        if dotMatchesLineBreaks { return ScalarSet(ranges: [0...0x10_FFFF]) }
        return ScalarSet(ranges: [10...10, 13...13, 0x2028...0x2029], isNegated: true)
    }

    private func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: ignoresCase)
    }

    private func scalar(at offset: Int) -> Unicode.Scalar? {
        position + offset < text.count ? text[position + offset] : nil
    }

    private func next(is first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        scalar(at: 0) == first && scalar(at: 1) == second
    }

    private mutating func take() -> Unicode.Scalar? {
        guard let next = scalar(at: 0) else { return nil }
        position += 1
        return next
    }

    private func problem(_ allowed: String) -> PatternProblem {
        PatternProblem(reason: "\(allowed) (near character \(position))")
    }
}
