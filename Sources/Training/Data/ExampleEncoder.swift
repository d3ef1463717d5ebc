public import Tokenization

/// Turns rows into tokens, with the weights that say what is learned.
public struct ExampleEncoder: Sendable {
    private let tokenizer: any Tokenizer
    private let template: ChatTemplate?
    private let maxLength: Int

    /// - Parameters:
    ///   - template: of the model; nil where it has none, and conversations cannot be read
    ///   - maxLength: longer sequences lose their end
    public init(tokenizer: any Tokenizer, template: ChatTemplate?, maxLength: Int) {
        self.tokenizer = tokenizer
        self.template = template
        self.maxLength = maxLength
    }

    /// A row's tokens, of any length, and where its last answer begins.
    private struct Encoded {
        var sequence: TrainingSequence
        /// Index of the first token of the last answer; nil where there is no such token.
        var answer: Int?
    }

    /// Nil where the row is not one to learn from: a label that says no.
    ///
    /// - Throws: ``RowFault``; `ChatTemplateError`.
    func supervised(_ row: TrainingRow) throws -> [TrainingSequence]? {
        if row.label == false { return nil }
        var encoded = try encode(row)
        if row.firstWeight != nil || row.unlikely != nil { try weighBeginning(of: &encoded, row) }
        return [try checked(encoded.sequence)]
    }

    private func encode(_ row: TrainingRow) throws -> Encoded {
        if let messages = row.messages { return try conversation(messages, learnFrom: 0, cut: row.isCut) }
        if let text = row.text { return try plain(prompt: "", completion: text, cut: row.isCut) }
        guard let prompt = row.prompt, let completion = row.completion else { throw RowFault.shape }
        return try answer(completion, to: prompt, cut: row.isCut)
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
    func preference(_ row: TrainingRow) throws -> [TrainingSequence]? {
        if row.label == false { return nil }
        guard let chosen = row.chosen, let rejected = row.rejected else { throw RowFault.shape }
        return try sides(chosen, rejected, row).map { try checked($0.sequence) }
    }

    private func sides(
        _ chosen: TrainingRow.Turns, _ rejected: TrainingRow.Turns, _ row: TrainingRow
    ) throws -> [Encoded] {
        if let prompt = row.prompt {
            return [try answer(chosen, to: prompt, cut: false), try answer(rejected, to: prompt, cut: row.isCut)]
        }
        guard case .messages(let good) = chosen, case .messages(let bad) = rejected else { throw RowFault.shape }
        return [
            try conversation(good, learnFrom: max(0, good.count - 1), cut: false),
            try conversation(bad, learnFrom: max(0, bad.count - 1), cut: row.isCut),
        ]
    }

    private func answer(_ completion: TrainingRow.Turns, to prompt: TrainingRow.Turns, cut: Bool) throws -> Encoded {
        switch (prompt, completion) {
        case (.text(let prompt), .text(let completion)):
            return try plain(prompt: prompt, completion: completion, cut: cut)
        case (.messages(let prompt), .messages(let completion)):
            return try conversation(prompt + completion, learnFrom: prompt.count, cut: cut)
        case (.messages(let prompt), .text(let completion)):
            let reply = ChatMessage(role: "assistant", content: completion)
            return try conversation(prompt + [reply], learnFrom: prompt.count, cut: cut)
        case (.text, .messages): throw RowFault.shape
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

    /// What the assistant says counts, and all up to the token that ends its turn, from message `learnFrom` on.
    ///
    /// - Parameter cut: whether the sequence ends with the last word, before that token
    private func conversation(_ messages: [ChatMessage], learnFrom first: Int, cut: Bool) throws -> Encoded {
        guard let template else { throw RowFault.noTemplate }
        let answers = messages.indices.filter { $0 >= first && messages[$0].role == "assistant" }
        guard let last = answers.last else { throw RowFault.noAssistant }
        var options = ChatTemplate.EncodingOptions()
        options.addsGenerationPrompt = false
        let rendered = try template.encode(messages: messages, tokenizer: tokenizer, options: options)
        var weights = [Float](repeating: 0, count: rendered.ids.count)
        for index in answers {
            let span = rendered.contents[index]
            for token in span { weights[token] = 1 }
            guard !span.isEmpty, let end = endOfTurn(index, rendered) else { continue }
            for token in span.upperBound...end { weights[token] = 1 }
        }
        let answer = rendered.contents[last].isEmpty ? nil : rendered.contents[last].lowerBound
        let sequence = TrainingSequence(tokens: rendered.ids, weights: weights)
        guard cut, let end = rendered.contents.last?.upperBound else {
            return Encoded(sequence: sequence, answer: answer)
        }
        return Encoded(sequence: sequence.truncated(to: end), answer: answer)
    }

    /// The token that ends the turn of a message, with nothing but white space of the template between them.
    private func endOfTurn(_ message: Int, _ rendered: RenderedPrompt) -> Int? {
        let next = rendered.contents.dropFirst(message + 1).first { !$0.isEmpty }
        let rest = rendered.contents[message].upperBound..<(next?.lowerBound ?? rendered.ids.count)
        guard let first = rest.first(where: { !isWhiteSpace(rendered.ids[$0]) }),
            tokenizer.specialTokens.endOfGeneration.contains(rendered.ids[first])
        else { return nil }
        return first
    }

    private func isWhiteSpace(_ id: Int32) -> Bool {
        let bytes = tokenizer.bytes(of: id)
        return !bytes.isEmpty && bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    private func checked(_ sequence: TrainingSequence) throws -> TrainingSequence {
        let short = sequence.tokens.count > maxLength ? sequence.truncated(to: maxLength) : sequence
        guard short.tokens.count >= 2 else { throw RowFault.empty }
        return short
    }
}

/// What is wrong with a row, apart from where it stands.
enum RowFault: Error, Hashable {
    case json(String)
    case shape
    case noTemplate
    case noAssistant
    case empty
    case weight(Float)
    case weightOfPair
    case noBeginning
    case unlikelyText
}
