public import Tokenization

/// Turns rows into tokens, with the weights that say what is learned.
public struct ExampleEncoder: Sendable {
    let tokenizer: any Tokenizer
    let template: ChatTemplate?
    /// What a template that asks for the date is told.
    let date: CivilTime?
    private let maxLength: Int

    /// - Parameters:
    ///   - template: of the model; nil where it has none, and conversations cannot be read
    ///   - maxLength: longer sequences lose their end
    ///   - date: what a template that asks for the date is told; it has none where nil
    public init(tokenizer: any Tokenizer, template: ChatTemplate?, maxLength: Int, date: CivilTime? = nil) {
        self.tokenizer = tokenizer
        self.template = template
        self.maxLength = maxLength
        self.date = date
    }

    /// A row's tokens, of any length, and where its last answer begins.
    struct Encoded {
        var sequence: TrainingSequence
        /// Index of the first token of the last answer; nil where there is no such token.
        var answer: Int?
    }

    /// What a row has to be learned from.
    struct Sequences {
        var sequences: [TrainingSequence]
        /// Whether one of them was longer than allowed and lost its end.
        var isCut: Bool
    }

    /// Nil where the row is not one to learn from: a label that says no.
    ///
    /// - Throws: ``RowFault``; `ChatTemplateError`.
    func supervised(_ row: TrainingRow) throws -> Sequences? {
        if row.label == false { return nil }
        var encoded = try encode(row)
        if row.firstWeight != nil || row.unlikely != nil { try weighBeginning(of: &encoded, row) }
        return try checked([encoded.sequence])
    }

    private func encode(_ row: TrainingRow) throws -> Encoded {
        if let messages = row.messages {
            return try conversation(messages, extras: row.extras, learnFrom: 0, cut: row.isCut)
        }
        if let text = row.text { return try plain(prompt: "", completion: text, cut: row.isCut) }
        guard let prompt = row.prompt, let completion = row.completion else {
            preconditionFailure("a row of no shape, which reading refuses")
        }
        return try answer(("completion", completion), to: prompt, extras: row.extras, cut: row.isCut)
    }

    /// Notes what the row says of the first token of its last answer.
    private func weighBeginning(of encoded: inout Encoded, _ row: TrainingRow) throws {
        guard let place = encoded.answer, place > 0 else { throw RowFault.noBeginning }
        if let unlikely = row.unlikely {
            let other = try encode(row.beginning(with: unlikely.text))
            guard other.answer == place, other.sequence.tokens[..<place] == encoded.sequence.tokens[..<place] else {
                throw RowFault.unlikelyText
            }
            encoded.sequence.unlikely = UnlikelyToken(
                place: place, id: other.sequence.tokens[place], weight: unlikely.weight ?? 1)
        }
        encoded.sequence.weights[place] *= row.firstWeight ?? 1
    }

    /// The chosen sequence and the rejected one; nil where the row's label says that it is not one to learn from.
    ///
    /// - Throws: ``RowFault``; `ChatTemplateError`.
    func preference(_ row: TrainingRow) throws -> Sequences? {
        if row.label == false { return nil }
        return try checked(PreferenceSides(row).encoded(by: self).map(\.sequence))
    }

    /// - Parameter completion: with the key that it stands under
    func answer(
        _ completion: (key: String, turns: TrainingRow.Turns), to prompt: TrainingRow.Turns, extras: TemplateExtras,
        cut: Bool
    ) throws -> Encoded {
        switch (prompt, completion.turns) {
        case (.text(let prompt), .text(let completion)):
            return try plain(prompt: prompt, completion: completion, cut: cut)
        case (.messages(let prompt), .messages(let completion)):
            return try conversation(prompt + completion, extras: extras, learnFrom: prompt.count, cut: cut)
        case (.messages(let prompt), .text(let completion)):
            let reply = ChatMessage(role: "assistant", content: completion)
            return try conversation(prompt + [reply], extras: extras, learnFrom: prompt.count, cut: cut)
        case (.text, .messages):
            throw RowFault.json(
                "its \"prompt\" is a text and its \"\(completion.key)\" a list of messages; give both as texts, or the "
                    + "prompt as a list of messages")
        }
    }

    /// Prompt and completion are split apart, as a sampler would have met them.
    private func plain(prompt: String, completion: String, cut: Bool) throws -> Encoded {
        let special = tokenizer.specialTokens
        var read = tokenizer.encode(prompt, special: .nowhere).map(\.id)
        if special.addsBeginningOfSequence, let bos = special.beginningOfSequence { read.insert(bos, at: 0) }
        var learned = tokenizer.encode(completion, special: .nowhere).map(\.id)
        let answer = prompt.isEmpty || learned.isEmpty ? nil : read.count
        if !cut, let end = special.endOfSequence { learned.append(end) }
        let weights = read.map { _ in Float(0) } + learned.map { _ in 1 }
        return Encoded(sequence: TrainingSequence(tokens: read + learned, weights: weights), answer: answer)
    }

    private func checked(_ sequences: [TrainingSequence]) throws -> Sequences {
        var checked = Sequences(sequences: [], isCut: false)
        for sequence in sequences {
            let isCut = sequence.tokens.count > maxLength
            let short = isCut ? sequence.truncated(to: maxLength) : sequence
            guard short.tokens.count >= 2 else { throw RowFault.empty }
            checked.sequences.append(short)
            checked.isCut = checked.isCut || isCut
        }
        return checked
    }
}

/// What is wrong with a row, apart from where it stands.
enum RowFault: Error, Hashable {
    case json(String)
    /// Keys that shapes are made of, with what stands under them.
    case shape(found: [String], needed: String)
    case noTemplate
    case noAssistant
    case empty
    case weight(Float)
    case weightOfPair
    case noBeginning
    case unlikelyText
}
