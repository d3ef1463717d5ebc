/// Which tokens hold bytes of which origin.
struct TokenSpans {
    /// The tokens of each message, first to last; empty for a message that the template left out.
    private(set) var contents: [Range<Int>]
    /// The origin of each token.
    private var origins: [PromptPart.Origin]

    /// Maps the runs of bytes to tokens; a token with bytes of a message belongs to that message, and one with bytes
    /// of several to the first of them.
    init(tokens: [Token], runs: [RenderedText.Run], contentCount: Int) {
        contents = Array(repeating: 0..<0, count: contentCount)
        origins = Array(repeating: .template, count: tokens.count)
        var first = 0
        for (index, token) in tokens.enumerated() {
            let bytes = token.utf8Range
            while first < runs.count, runs[first].utf8Range.upperBound <= bytes.lowerBound { first += 1 }
            if bytes.isEmpty {
                if index > 0 { origins[index] = origins[index - 1] }
                continue
            }
            var run = first
            while run < runs.count, runs[run].utf8Range.lowerBound < bytes.upperBound {
                if case .content(let message) = runs[run].origin { note(token: index, of: message) }
                run += 1
            }
        }
    }

    private mutating func note(token: Int, of message: Int) {
        if origins[token] == .template { origins[token] = .content(message: message) }
        guard contents.indices.contains(message) else { return }
        let range = contents[message]
        contents[message] = range.isEmpty ? token..<token + 1 : range.lowerBound..<max(range.upperBound, token + 1)
    }

    /// Makes room for a token of the template in front.
    mutating func prependTemplateToken() {
        origins.insert(.template, at: 0)
        contents = contents.map { $0.isEmpty ? $0 : $0.lowerBound + 1..<$0.upperBound + 1 }
    }

    /// Runs of tokens of one origin.
    func parts(tokenCount: Int) -> [PromptPart] {
        var parts: [PromptPart] = []
        for (index, origin) in origins.prefix(tokenCount).enumerated() {
            if let last = parts.indices.last, parts[last].origin == origin {
                parts[last].tokens = parts[last].tokens.lowerBound..<index + 1
            } else {
                parts.append(PromptPart(origin: origin, tokens: index..<index + 1))
            }
        }
        return parts
    }
}
