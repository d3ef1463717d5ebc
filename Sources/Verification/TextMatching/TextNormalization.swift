/// What a comparison of texts passes over.
struct TextNormalization: Hashable, Sendable {
    enum Difference: String, CaseIterable, Hashable, Sendable {
        /// Upper and lower case.
        case letterCase = "case"
        /// Space at the ends, and how much of it stands between words.
        case whitespace
        /// Every punctuation mark and symbol except those inside numbers.
        case punctuation
        /// The words a, an and the.
        case articles
    }

    var ignored: Set<Difference>

    init(ignored: Set<Difference>) {
        self.ignored = ignored
    }

    /// Reads `case, whitespace`; `none` compares the texts as they are.
    init(
        _ parameters: ScorerParameters, default standard: Set<Difference>
    ) throws(VerificationError) {
        guard let text = parameters.text("ignore") else {
            ignored = standard
            return
        }
        ignored = []
        if text == "none" { return }
        for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard let difference = Difference(rawValue: String(word)) else {
                let allowed = "none, or a list of \(Difference.allCases.map(\.rawValue).joined(separator: ", "))"
                throw .invalidParameter(scorer: parameters.scorer, parameter: "ignore", found: text, allowed: allowed)
            }
            ignored.insert(difference)
        }
    }

    func applied(to text: String) -> String {
        var scalars = Array((ignored.contains(.letterCase) ? text.lowercased() : text).unicodeScalars)
        if ignored.contains(.punctuation) { scalars = withoutPunctuation(scalars) }
        let plain = Self.string(scalars)
        guard ignored.contains(.whitespace) || ignored.contains(.articles) else { return plain }
        let words = plain.split(whereSeparator: \.isWhitespace).filter { !isArticle($0) }
        return words.joined(separator: " ")
    }

    private func withoutPunctuation(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        scalars.indices.filter { index in
            guard scalars[index].isPunctuationOrSymbol else { return true }
            let isInsideNumber =
                index > 0 && index + 1 < scalars.count && scalars[index - 1].isASCIIDigit
                && scalars[index + 1].isASCIIDigit
            let isSign =
                scalars[index] == "-" && index + 1 < scalars.count && scalars[index + 1].isASCIIDigit
                && (index == 0 || !scalars[index - 1].isASCIIDigit && !scalars[index - 1].properties.isAlphabetic)
            return isInsideNumber || isSign
        }.map { scalars[$0] }
    }

    private func isArticle(_ word: Substring) -> Bool {
        guard ignored.contains(.articles) else { return false }
        return ["a", "an", "the"].contains(word.lowercased())
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}

extension Unicode.Scalar {
    /// Marks that are written for an apostrophe.
    var isApostrophe: Bool {
        ["'", "\u{2018}", "\u{2019}", "\u{201B}", "\u{02BC}", "\u{2032}", "\u{FF07}", "\u{00B4}", "`"].contains(self)
    }

    /// An apostrophe for every mark that is written as one, and a hyphen for every minus sign.
    var withPlainMark: Unicode.Scalar {
        if isApostrophe { return "'" }
        return ["\u{2212}", "\u{FE63}", "\u{FF0D}"].contains(self) ? "-" : self
    }

    var isPunctuationOrSymbol: Bool {
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        default: false
        }
    }
}
