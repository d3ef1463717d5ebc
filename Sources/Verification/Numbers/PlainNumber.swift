/// Reads a text that should be nothing but a number.
///
/// A name and an equals sign may stand before it, and units, words, currency marks and per cent beside it. Whatever makes
/// it another number than its digits say, a root, a variable, an operator, makes it a formula.
struct PlainNumber {
    private let text: [Unicode.Scalar]

    init(_ text: [Unicode.Scalar]) {
        self.text = text
    }

    func finding(in range: Range<Int>) -> NumberFinding {
        let sides = sides(of: withoutCondition(range))
        guard let last = sides.last else { return .nothing }
        if sides.dropFirst().dropLast().contains(where: isList) { return .several }
        let found = finding(ofSide: last)
        if case .number = found { return found }
        // The working may stand last: `12 = 3 * 4`.
        if sides.count > 1, case .number(let number) = finding(ofSide: sides[0]) { return .number(number) }
        return found
    }

    private func finding(ofSide side: Range<Int>) -> NumberFinding {
        var scanner = NumberScanner(text, in: side)
        var numbers: [FoundNumber] = []
        var places: [Range<Int>] = []
        while let item = scanner.nextItem() {
            guard case .number(let number) = item else { return .formula }
            numbers.append(number)
            places.append(scanner.start..<scanner.position)
        }
        guard let first = numbers.first else { return .nothing }
        var surroundings = NumberSurroundings(text, in: side, numbers: places)
        guard surroundings.arePlain() else { return .formula }
        let exactly = NumericTolerance(absolute: Rational(0), relative: Rational(0))
        return numbers.allSatisfy { exactly.accepts($0, for: first) } ? .number(first) : .several
    }

    /// What stands between equals signs outside brackets.
    private func sides(of range: Range<Int>) -> [Range<Int>] {
        var sides: [Range<Int>] = []
        var (start, depth) = (range.lowerBound, 0)
        for index in range {
            switch text[index] {
            case "(": depth += 1
            case ")": depth -= 1
            case "=" where depth <= 0 && !isComparison(index), "≈" where depth <= 0:
                sides.append(start..<index)
                start = index + 1
            default: break
            }
        }
        return sides + [start..<range.upperBound]
    }

    private func isComparison(_ sign: Int) -> Bool {
        sign > 0 && ["<", ">", "!"].contains(text[sign - 1])
    }

    /// Whether a side ends one equation and begins the next: `3, y` of `x = 3, y = 4`.
    private func isList(_ side: Range<Int>) -> Bool {
        if text[side].contains(where: { $0 == ";" || $0.isLineBreak }) { return true }
        let comma = side.contains { index in
            text[index] == "," && !(index + 1 < side.upperBound && text[index + 1].isASCIIDigit)
        }
        let words = text[side].split { !$0.isASCIILetter }.map { String(String.UnicodeScalarView($0)).lowercased() }
        return comma || words.contains { ["and", "or", "quad", "qquad"].contains($0) }
    }

    private static let conditions: Set<String> = ["because", "given", "if", "since", "when", "where"]

    /// The text up to a word that begins a condition or a reason, where a number stands before it.
    private func withoutCondition(_ range: Range<Int>) -> Range<Int> {
        var index = range.lowerBound
        var hasNumber = false
        while index < range.upperBound {
            let letters = text[index..<range.upperBound].prefix { $0.isASCIILetter }
            if text[index].isASCIIDigit { hasNumber = true }
            let word = String(String.UnicodeScalarView(letters)).lowercased()
            if hasNumber, Self.conditions.contains(word) { return range.lowerBound..<index }
            index += Swift.max(1, letters.count)
        }
        return range
    }
}
