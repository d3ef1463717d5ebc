internal import Tokenization

extension ExampleEncoder {
    /// What the assistant says counts, and all up to the token that ends its turn, from message `learnFrom` on.
    ///
    /// - Parameters:
    ///   - extras: what the template sees beside the messages
    ///   - cut: whether the sequence ends with the last word, before that token
    /// - Throws: ``RowFault``; `ChatTemplateError`.
    func conversation(
        _ messages: [ChatMessage], extras: TemplateExtras, learnFrom first: Int, cut: Bool
    ) throws -> Encoded {
        guard let template else { throw RowFault.noTemplate }
        let answers = messages.indices.filter { $0 >= first && messages[$0].role == "assistant" }
        guard let last = answers.last else { throw RowFault.noAssistant }
        let renderer = ConversationRenderer(
            template: template, tokenizer: tokenizer, tools: extras.tools, variables: extras.variables, date: date)
        let rendered = try renderer.render(messages)
        var weights = [Float](repeating: 0, count: rendered.ids.count)
        var beginning: Int?
        for index in answers {
            let isMore = renderer.rendersMore(of: index, of: messages, in: rendered)
            var span = rendered.contents[index]
            if isMore { span = renderer.beginning(of: index, of: messages, in: rendered)..<span.upperBound }
            for token in span { weights[token] = 1 }
            if index == last, !span.isEmpty { beginning = span.lowerBound }
            guard !span.isEmpty, let end = endOfTurn(index, rendered, isMore: isMore) else { continue }
            for token in span.upperBound...end { weights[token] = 1 }
        }
        let sequence = TrainingSequence(tokens: rendered.ids, weights: weights)
        guard cut, let end = rendered.contents.last?.upperBound else {
            return Encoded(sequence: sequence, answer: beginning)
        }
        return Encoded(sequence: sequence.truncated(to: end), answer: beginning)
    }

    /// The token that ends the turn of a message, with nothing but white space of the template between them; behind a
    /// message that is more than its content also what the template puts behind that.
    private func endOfTurn(_ message: Int, _ rendered: RenderedPrompt, isMore: Bool) -> Int? {
        let next = rendered.contents.dropFirst(message + 1).first { !$0.isEmpty }
        let rest = rendered.contents[message].upperBound..<(next?.lowerBound ?? rendered.ids.count)
        let ends = tokenizer.specialTokens.endOfGeneration
        if isMore { return rest.first { ends.contains(rendered.ids[$0]) } }
        guard let first = rest.first(where: { !isWhiteSpace(rendered.ids[$0]) }), ends.contains(rendered.ids[first])
        else { return nil }
        return first
    }

    private func isWhiteSpace(_ id: Int32) -> Bool {
        let bytes = tokenizer.bytes(of: id)
        return !bytes.isEmpty && bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }
}
