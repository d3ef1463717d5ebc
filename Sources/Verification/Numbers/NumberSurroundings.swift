/// Looks at what stands round the numbers of a text that should be a plain number.
struct NumberSurroundings {
    private enum Token {
        case start, number, unit
    }

    private let text: [Unicode.Scalar]
    private let range: Range<Int>
    private var numbers: ArraySlice<Range<Int>>
    private var position: Int
    private var previous = Token.start
    /// Braces that are open since `\text` or the like.
    private var textDepth = 0

    /// - Parameter numbers: the places of the numbers, in their order
    init(_ text: [Unicode.Scalar], in range: Range<Int>, numbers: [Range<Int>]) {
        self.text = text
        self.range = range
        self.numbers = numbers[...]
        position = range.lowerBound
    }

    /// Whether nothing but units, words, currency and marks stands there.
    mutating func arePlain() -> Bool {
        while position < range.upperBound {
            if let number = numbers.first, position >= number.lowerBound {
                position = Swift.max(position, number.upperBound)
                numbers.removeFirst()
                previous = .number
            } else if !passesNext() {
                return false
            }
        }
        return true
    }

    private mutating func passesNext() -> Bool {
        let scalar = text[position]
        if scalar == "\\" { return passesCommand() }
        if textDepth > 0 { return passesText(scalar) }
        if scalar.isASCIILetter { return passesWord() }
        switch scalar {
        case "^": return passesPower()
        case "_":
            position = endOfGroup(at: position + 1)
            return true
        case "!", ":":
            if previous == .number { return false }
        case "-", "\u{2013}", "\u{2014}", "/":
            guard wordFollows() else { return false }
        case "×", "·":
            guard previous == .unit, wordFollows() else { return false }
        case "*":
            guard isDoubled() else { return false }
        case _ where Self.operators.contains(scalar) || scalar.isGreekVariable: return false
        case _ where scalar.properties.isAlphabetic: previous = .unit
        default: break
        }
        position += 1
        return true
    }

    private mutating func passesText(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "{" { textDepth += 1 }
        if scalar == "}" { textDepth -= 1 }
        if scalar.properties.isAlphabetic { previous = .unit }
        position += 1
        return !["√", "±", "∞"].contains(scalar)
    }

    private mutating func passesCommand() -> Bool {
        var after = position + 1
        while after < range.upperBound, text[after].isASCIILetter { after += 1 }
        let name = String(String.UnicodeScalarView(text[(position + 1)..<after]))
        // A mark after a backslash is a space, a bracket or a mark that is written out.
        position = name.isEmpty ? Swift.min(after + 1, range.upperBound) : after
        if name.isEmpty || Self.passedCommands.contains(name) { return true }
        if Self.unitCommands.contains(name) {
            previous = .unit
            return true
        }
        guard Self.textCommands.contains(name) else { return false }
        while position < range.upperBound, text[position] == " " { position += 1 }
        if position < range.upperBound, text[position] == "{" {
            textDepth += 1
            position += 1
        }
        return true
    }

    /// A unit's exponent, or the sign for degrees.
    private mutating func passesPower() -> Bool {
        let after = endOfGroup(at: position + 1)
        let marks: [Unicode.Scalar] = ["{", "}", " ", "\\"]
        let power = String(String.UnicodeScalarView(text[(position + 1)..<after].filter { !marks.contains($0) }))
        let isDegree = ["circ", "o", "°", "degree"].contains(power)
        guard isDegree || previous == .unit else { return false }
        if isDegree { previous = .unit }
        position = after
        return true
    }

    /// The end of `{…}`, of a command, or of one sign with its number.
    private func endOfGroup(at index: Int) -> Int {
        guard index < range.upperBound else { return range.upperBound }
        if text[index] == "{" {
            let scanner = NumberScanner(text, in: range)
            return scanner.endOfBraces(at: index) ?? range.upperBound
        }
        var after = index + 1
        let isLong = text[index] == "\\" || text[index] == "-" || text[index].isASCIIDigit
        while isLong, after < range.upperBound, text[after].isASCIILetter || text[after].isASCIIDigit { after += 1 }
        return after
    }

    private mutating func passesWord() -> Bool {
        let start = position
        while position < range.upperBound, text[position].isASCIILetter { position += 1 }
        let word = String(String.UnicodeScalarView(text[start..<position]))
        let isPlain = word.count == 1 ? isUnitOrLabel(start) : isWord(word, at: start)
        previous = .unit
        return isPlain
    }

    /// Whether a single letter is a unit, the label of an option or an article, and no variable.
    private func isUnitOrLabel(_ index: Int) -> Bool {
        let next = index + 1 < range.upperBound ? text[index + 1] : nil
        if previous == .start, next.map({ [")", ".", ":"].contains($0) }) ?? false {
            return ("A"..."Z").contains(text[index])
        }
        let isSpaced = next == " " && index + 2 < range.upperBound && text[index + 2].isASCIILetter
        if ["a", "A", "I"].contains(text[index]), isSpaced { return true }
        return previous != .start && Self.units.contains(text[index]) && !(next?.isASCIIDigit ?? false) && next != "("
    }

    /// Whether letters are a word or a unit, and neither a function nor variables side by side.
    private func isWord(_ word: String, at start: Int) -> Bool {
        if Self.functions.contains(word.lowercased()) { return false }
        let touches = start > range.lowerBound && text[start - 1].isASCIIDigit
        return !touches || word.count > 3 || Self.shortUnits.contains(word.lowercased())
    }

    /// Whether a letter or a command follows the mark here.
    private func wordFollows() -> Bool {
        let rest = text[(position + 1)..<range.upperBound]
        guard let next = rest.first(where: { !$0.properties.isWhitespace && $0 != "{" }) else {
            return previous != .start
        }
        return next == "\\" || next.properties.isAlphabetic || previous == .unit && next == "}"
    }

    private func isDoubled() -> Bool {
        position > range.lowerBound && text[position - 1] == "*"
            || position + 1 < range.upperBound && text[position + 1] == "*"
    }

    private static let operators: Set<Unicode.Scalar> = [
        "+", "<", ">", "≤", "≥", "≠", "±", "∓", "∞", "∪", "∩", "∈", "|", "√", "∛", "÷", "∑", "∫", "∝", "⊕",
    ]
    private static let units: Set<Unicode.Scalar> = [
        "m", "s", "g", "h", "l", "L", "J", "N", "W", "V", "K", "C", "F", "Ω", "μ",
    ]
    private static let shortUnits: Set<String> = [
        "km", "cm", "mm", "dm", "nm", "kg", "mg", "ml", "cl", "dl", "lb", "lbs", "oz", "ft", "in", "yd", "yds",
        "mi", "hr", "hrs", "min", "sec", "ms", "sq", "cu", "cc", "hz", "khz", "mhz", "ghz", "kw", "kwh", "kn", "kj",
        "pa", "kpa", "mol", "ev", "pm", "am", "th", "st", "nd", "rd", "mph", "kph", "kmh", "rpm", "cal", "deg",
        "rad", "usd", "eur", "gbp", "inr", "b", "kb", "mb", "gb", "tb", "pt", "pts", "qt", "gal", "pcs", "day",
        "cts", "yrs", "yr", "per",
    ]
    private static let functions: Set<String> = [
        "sqrt", "pi", "sin", "cos", "tan", "log", "ln", "exp", "inf", "infinity", "mod", "frac", "lim",
    ]
    private static let textCommands: Set<String> = [
        "text", "textbf", "textit", "textrm", "textsf", "texttt", "textnormal", "mathrm", "mathbf", "mathit",
        "mathsf", "mathtt", "mathnormal", "mbox", "hbox", "operatorname", "boldsymbol", "bm", "emph", "underline",
        "unit",
    ]
    private static let passedCommands: Set<String> = [
        "quad", "qquad", "displaystyle", "textstyle", "rm", "bf", "it", "boxed", "fbox", "sim", "simeq", "dots",
        "ldots", "cdots", "large", "Large", "huge", "thinspace", "space",
    ]
    private static let unitCommands: Set<String> = [
        "circ", "degree", "degrees", "celsius", "ohm", "Omega", "mu", "micro",
    ]
}

extension Unicode.Scalar {
    fileprivate var isGreekVariable: Bool {
        (0x370...0x3FF).contains(value) && !["Ω", "μ"].contains(self)
    }
}
