/// The answer of a sample, as it takes part in a vote.
enum VotedAnswer {
    case number(FoundNumber)
    case formula(String, MathNode)
    case letter(String)
    case text(String)

    /// How the sample writes it. Equal spellings are one answer.
    var spelling: String {
        switch self {
        case .number(let number): number.description
        case .formula(let text, _): text
        case .letter(let text), .text(let text): text
        }
    }

    func agrees(with other: VotedAnswer) -> Bool {
        switch (self, other) {
        case (.number(let one), .number(let other)):
            NumericTolerance(absolute: Rational(0), relative: Rational(0)).accepts(other, for: one)
        case (.formula(_, let one), .formula(_, let other)): MathEquivalence().agree(one, other)
        case (.letter(let one), .letter(let other)), (.text(let one), .text(let other)): one == other
        default: false
        }
    }
}

/// How the answers of a prompt's samples are found and compared: as the scorer of that name does it with its standard
/// parameters, or as whole texts.
enum AnswerReading: String, CaseIterable, Hashable, Sendable {
    case numeric, math, choice
    /// The whole reply; upper and lower case, white space and punctuation make no difference.
    case text

    func answer(in reply: String) -> VotedAnswer? {
        switch self {
        case .numeric: AnswerExtraction.auto.number(in: reply).map { .number($0) }
        case .math: MathAnswer.node(in: reply).map { .formula($0.text, $0.node) }
        case .choice: ChoiceLetter(letters: "A"..."J").chosen(in: Array(reply.unicodeScalars)).map { .letter("\($0)") }
        case .text: Self.text(of: reply).map { .text($0) }
        }
    }

    private static func text(of reply: String) -> String? {
        let text = TextNormalization(ignored: [.letterCase, .whitespace, .punctuation]).applied(to: reply)
        return text.isEmpty ? nil : text
    }
}
