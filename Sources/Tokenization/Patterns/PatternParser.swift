/// Reads a regular expression in the syntax of Oniguruma, as far as tokenizers use it.
///
/// Groups capture nothing. `^` and `$` stand for the ends of a line, `.` for anything but a line feed, as there.
struct PatternParser {
    private static let deepest = 64
    private static let largestCount = 1000

    private let scalars: [Unicode.Scalar]
    private var offset = 0
    private var depth = 0
    private var ignoresCase = false
    private var dotMatchesLineBreaks = false

    private init(_ source: String) { scalars = Array(source.unicodeScalars) }

    static func parse(_ source: String) throws(PatternError) -> PatternNode {
        guard source.utf8.count <= TextPattern.longestSource else {
            throw .tooLarge(allowed: TextPattern.longestSource)
        }
        var parser = PatternParser(source)
        let node = try parser.alternatives()
        guard parser.offset == parser.scalars.count else { throw .malformed(offset: parser.offset) }
        return node
    }

    private var next: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

    private func starts(with text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return offset + wanted.count <= scalars.count && Array(scalars[offset..<(offset + wanted.count)]) == wanted
    }

    private mutating func take(_ text: String) -> Bool {
        guard starts(with: text) else { return false }
        offset += text.unicodeScalars.count
        return true
    }

    private mutating func takeScalar() throws(PatternError) -> Unicode.Scalar {
        guard let scalar = next else { throw .malformed(offset: offset) }
        offset += 1
        return scalar
    }

    private mutating func alternatives() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw .tooLarge(allowed: Self.deepest) }
        let outerCase = ignoresCase
        let outerDot = dotMatchesLineBreaks
        defer {
            ignoresCase = outerCase
            dotMatchesLineBreaks = outerDot
        }
        var nodes = [try sequence()]
        while take("|") { nodes.append(try sequence()) }
        return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let node = try atom()
            nodes.append(try quantified(node))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func quantified(_ node: PatternNode) throws(PatternError) -> PatternNode {
        var node = node
        while let scalar = next {
            switch scalar {
            case "*": node = repetition(of: node, 0, Int.max)
            case "+": node = repetition(of: node, 1, Int.max)
            case "?": node = repetition(of: node, 0, 1)
            case "{":
                guard let (atLeast, atMost) = try interval() else { return node }
                let isExact = atLeast == atMost
                // A question mark after an exact count makes it optional; after a range, lazy.
                let isLazy = !isExact && take("?")
                node = .repeated(node, atLeast: atLeast, atMost: atMost, isLazy ? .lazy : .greedy)
            default: return node
            }
        }
        return node
    }

    private mutating func repetition(of node: PatternNode, _ atLeast: Int, _ atMost: Int) -> PatternNode {
        offset += 1
        let greed: PatternGreed = take("?") ? .lazy : take("+") ? .possessive : .greedy
        return .repeated(node, atLeast: atLeast, atMost: atMost, greed)
    }

    /// `{n}`, `{n,}`, `{n,m}`, `{,m}`; nil, and nothing used up, for a brace that is itself.
    private mutating func interval() throws(PatternError) -> (Int, Int)? {
        let start = offset
        offset += 1
        let atLeast = number()
        var atMost = atLeast
        if take(",") { atMost = number() ?? Int.max }
        guard take("}"), atLeast != nil || atMost != nil else {
            offset = start
            return nil
        }
        let lower = atLeast ?? 0
        let upper = atMost ?? Int.max
        guard lower <= Self.largestCount, upper == Int.max || upper <= Self.largestCount else {
            throw .tooLarge(allowed: Self.largestCount)
        }
        guard lower <= upper else { throw .malformed(offset: start) }
        return (lower, upper)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, "0"..."9" ~= scalar, (value ?? 0) <= Self.largestCount {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            offset += 1
        }
        return value
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        let start = offset
        let scalar = try takeScalar()
        switch scalar {
        case "(": return try group()
        case "[":
            let set = try bracket()
            return .scalar(ignoresCase ? .ignoringCase(set) : set)
        case ".":
            return .scalar(.complement(.ranges(dotMatchesLineBreaks ? [] : [0x0A...0x0A])))
        case "^": return .assertion(.lineStart)
        case "$": return .assertion(.lineEnd)
        case "\\": return try escape()
        case "*", "+", "?": throw .malformed(offset: start)
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        if ignoresCase {
            return .scalar(.ranges(CaseFolding.variants(of: scalar.value).map { $0...$0 }))
        }
        return .scalar(.ranges([scalar.value...scalar.value]))
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let start = offset
        guard take("?") else { return try closed() }
        if take(":") { return try closed() }
        if take("=") { return .look(try closed(), ahead: true, negated: false) }
        if take("!") { return .look(try closed(), ahead: true, negated: true) }
        if take("<=") { return .look(try closed(), ahead: false, negated: false) }
        if take("<!") { return .look(try closed(), ahead: false, negated: true) }
        if take(">") { return .atomic(try closed()) }
        if take("#") {
            while try takeScalar() != ")" {}
            return .empty
        }
        if take("<") || take("P<") {
            while try takeScalar() != ">" {}
            return try closed()
        }
        return try groupWithSwitches(from: start)
    }

    private mutating func closed() throws(PatternError) -> PatternNode {
        let node = try alternatives()
        guard take(")") else { throw .malformed(offset: offset) }
        return node
    }

    /// `(?i:…)`, `(?-i:…)`, and `(?i)` for the rest of the group around it.
    private mutating func groupWithSwitches(from start: Int) throws(PatternError) -> PatternNode {
        let outerCase = ignoresCase
        let outerDot = dotMatchesLineBreaks
        var isOn = true
        while true {
            switch try takeScalar() {
            case "-": isOn = false
            case "i": ignoresCase = isOn
            case "m", "s": dotMatchesLineBreaks = isOn
            case ":":
                let node = try closed()
                ignoresCase = outerCase
                dotMatchesLineBreaks = outerDot
                return node
            case ")":
                // The rest of the group, its further alternatives included.
                return try alternatives()
            default: throw .unsupported(offset: start)
            }
        }
    }

    private mutating func escape() throws(PatternError) -> PatternNode {
        switch next {
        case "b": return assertion(.wordBoundary)
        case "B": return assertion(.notWordBoundary)
        case "A": return assertion(.textStart)
        case "z": return assertion(.textEnd)
        case "Z": return assertion(.textEndBeforeLineBreak)
        default: break
        }
        if let digit = next, "1"..."9" ~= digit { throw .unsupported(offset: offset) }
        switch try escapedMember() {
        case .scalar(let scalar): return literal(scalar)
        case .set(let set): return .scalar(ignoresCase ? .ignoringCase(set) : set)
        }
    }

    private mutating func assertion(_ assertion: PatternAssertion) -> PatternNode {
        offset += 1
        return .assertion(assertion)
    }

    private enum Member {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
    }

    /// What follows a backslash, inside brackets or outside.
    private mutating func escapedMember() throws(PatternError) -> Member {
        let start = offset
        let scalar = try takeScalar()
        switch scalar {
        case "s": return .set(.property(.whitespace))
        case "S": return .set(.complement(.property(.whitespace)))
        case "d": return .set(.categories(GeneralCategoryMask.decimalNumber))
        case "D": return .set(.complement(.categories(GeneralCategoryMask.decimalNumber)))
        case "w": return .set(.property(.word))
        case "W": return .set(.complement(.property(.word)))
        case "h": return .set(Self.hexadecimal)
        case "H": return .set(.complement(Self.hexadecimal))
        case "p": return .set(try unicodeClass(isComplement: false))
        case "P": return .set(try unicodeClass(isComplement: true))
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "t": return .scalar("\t")
        case "f": return .scalar("\u{0C}")
        case "v": return .scalar("\u{0B}")
        case "a": return .scalar("\u{07}")
        case "e": return .scalar("\u{1B}")
        case "0": return .scalar("\0")
        case "x": return .scalar(try numbered(start, digits: 2))
        case "u": return .scalar(try numbered(start, digits: 4))
        default:
            if scalar.isASCII, scalar.properties.isAlphabetic { throw .unsupported(offset: start) }
            return .scalar(scalar)
        }
    }

    private static let hexadecimal = ScalarSet.ranges([0x30...0x39, 0x41...0x46, 0x61...0x66])

    private mutating func numbered(_ start: Int, digits: Int) throws(PatternError) -> Unicode.Scalar {
        var text = ""
        if take("{") {
            while let scalar = next, scalar != "}", text.count < 8 {
                text.unicodeScalars.append(scalar)
                offset += 1
            }
            guard take("}") else { throw .malformed(offset: offset) }
        } else {
            while let scalar = next, text.count < digits, scalar.properties.isASCIIHexDigit {
                text.unicodeScalars.append(scalar)
                offset += 1
            }
        }
        guard let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw .malformed(offset: start)
        }
        return scalar
    }

    /// `{L}`, `{^L}`, `{Script=Han}`, or a single letter.
    private mutating func unicodeClass(isComplement: Bool) throws(PatternError) -> ScalarSet {
        let start = offset
        var name = ""
        var isComplement = isComplement
        if take("{") {
            if take("^") { isComplement.toggle() }
            while let scalar = next, scalar != "}", name.count < 40 {
                name.unicodeScalars.append(scalar)
                offset += 1
            }
            guard take("}") else { throw .malformed(offset: offset) }
        } else {
            name.unicodeScalars.append(try takeScalar())
        }
        guard let set = ScalarSet(named: name) else { throw .unsupported(offset: start) }
        return isComplement ? .complement(set) : set
    }

    /// After `[`, up to and including `]`.
    private mutating func bracket() throws(PatternError) -> ScalarSet {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw .tooLarge(allowed: Self.deepest) }
        let isComplement = take("^")
        var intersected: [ScalarSet] = []
        var members: [ScalarSet] = []
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while isFirst || next != "]" {
            if take("&&") {
                intersected.append(.union(members + [.ranges(ranges)]))
                members = []
                ranges = []
                continue
            }
            try bracketMember(into: &members, &ranges)
            isFirst = false
        }
        offset += 1
        let last = ScalarSet.union(members + [.ranges(ranges)])
        let set = intersected.isEmpty ? last : .intersection(intersected + [last])
        return isComplement ? .complement(set) : set
    }

    private mutating func bracketMember(
        into members: inout [ScalarSet], _ ranges: inout [ClosedRange<UInt32>]
    ) throws(PatternError) {
        if starts(with: "[:"), let set = try posixClass() {
            members.append(set)
            return
        }
        if take("[") {
            members.append(try bracket())
            return
        }
        let lower: Unicode.Scalar
        switch try member() {
        case .set(let set):
            members.append(set)
            return
        case .scalar(let scalar): lower = scalar
        }
        guard next == "-", offset + 1 < scalars.count, scalars[offset + 1] != "]" else {
            ranges.append(lower.value...lower.value)
            return
        }
        let start = offset
        offset += 1
        switch try member() {
        case .scalar(let upper):
            guard lower <= upper else { throw .malformed(offset: start) }
            ranges.append(lower.value...upper.value)
        case .set(let set):
            ranges += [lower.value...lower.value, 0x2D...0x2D]
            members.append(set)
        }
    }

    private mutating func member() throws(PatternError) -> Member {
        let scalar = try takeScalar()
        guard scalar == "\\" else { return .scalar(scalar) }
        if take("b") { return .scalar("\u{08}") }
        return try escapedMember()
    }

    /// `[:alpha:]` and its like; nil, and nothing used up, where it is none.
    private mutating func posixClass() throws(PatternError) -> ScalarSet? {
        let start = offset
        offset += 2
        let isComplement = take("^")
        var name = ""
        while let scalar = next, scalar.isASCII, scalar.properties.isAlphabetic {
            name.unicodeScalars.append(scalar)
            offset += 1
        }
        guard take(":]"), let set = ScalarSet(posix: name) else {
            offset = start
            return nil
        }
        return isComplement ? .complement(set) : set
    }
}
