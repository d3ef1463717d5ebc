internal import Tokenization

/// A row's two sides, with the prompt apart from them: the row's, or what they begin with alike, as TRL has it.
struct PreferenceSides {
    private let prompt: TrainingRow.Turns
    private let chosen: TrainingRow.Turns
    private let rejected: TrainingRow.Turns
    private let extras: TemplateExtras
    private let isCut: Bool

    /// - Throws: ``RowFault/json(_:)`` where prompt and sides do not go together.
    init(_ row: TrainingRow) throws {
        guard let chosen = row.chosen, let rejected = row.rejected else {
            preconditionFailure("a row of no shape, which reading refuses")
        }
        extras = row.extras
        isCut = row.isCut
        switch (row.prompt, chosen, rejected) {
        case (nil, .messages(let good), .messages(let bad)):
            (prompt, self.chosen, self.rejected) = Self.split(good, bad)
        case (nil, .text(let good), .text(let bad)):
            let length = Self.promptLength(good.unicodeScalars, bad.unicodeScalars)
            prompt = .text(Self.text(good.unicodeScalars.prefix(length)))
            self.chosen = .text(Self.text(good.unicodeScalars.dropFirst(length)))
            self.rejected = .text(Self.text(bad.unicodeScalars.dropFirst(length)))
        case (nil, .text, .messages), (nil, .messages, .text):
            throw RowFault.json(
                "its \"chosen\" is \(chosen.kind) and its \"rejected\" \(rejected.kind); without a \"prompt\" both have to "
                    + "be of one kind")
        case (.text, .messages(let good), .messages(let bad)):
            try Self.checkWhole(good, bad)
            (prompt, self.chosen, self.rejected) = Self.split(good, bad)
        case (let prompt?, _, _):
            self.prompt = prompt
            self.chosen = chosen
            self.rejected = rejected
        }
    }

    /// A prompt as a text beside lists of messages is what the lists begin with, told once more.
    private static func checkWhole(_ sides: [ChatMessage]...) throws {
        for side in sides where side.first?.role == "assistant" {
            throw RowFault.json(
                "its \"prompt\" is a text, and \"chosen\" or \"rejected\" a list of messages that begins with the "
                    + "assistant's; give the prompt as a list of messages, or whole conversations")
        }
    }

    /// Two whole conversations: the prompt is all messages that they begin with alike; where one begins with the other, all
    /// but the last one of the shorter.
    private static func split(
        _ good: [ChatMessage], _ bad: [ChatMessage]
    ) -> (prompt: TrainingRow.Turns, chosen: TrainingRow.Turns, rejected: TrainingRow.Turns) {
        let alike = zip(good, bad).prefix { $0 == $1 }.count
        let length = min(alike, max(0, min(good.count, bad.count) - 1))
        return (
            .messages(Array(good[..<length])), .messages(Array(good[length...])), .messages(Array(bad[length...]))
        )
    }

    /// How many code points of two texts without a prompt are the prompt: all that they begin with alike,
    /// without a space before the first difference, which belongs to the answers; where one text begins with the other,
    /// all but the last code point of the shorter.
    private static func promptLength(_ good: String.UnicodeScalarView, _ bad: String.UnicodeScalarView) -> Int {
        var length = 0
        var last: Unicode.Scalar?
        for (left, right) in zip(good, bad) {
            if left != right { return last == " " ? length - 1 : length }
            length += 1
            last = left
        }
        return max(0, length - 1)
    }

    private static func text(_ scalars: Substring.UnicodeScalarView) -> String { String(Substring(scalars)) }

    /// The chosen side and the rejected one.
    ///
    /// - Throws: ``RowFault``; `ChatTemplateError`.
    func encoded(by encoder: ExampleEncoder) throws -> [ExampleEncoder.Encoded] {
        [
            try encoder.answer(("chosen", chosen), to: prompt, extras: extras, cut: false),
            try encoder.answer(("rejected", rejected), to: prompt, extras: extras, cut: isCut),
        ]
    }
}
