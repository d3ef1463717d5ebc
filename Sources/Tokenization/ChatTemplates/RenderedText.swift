/// What a template made of a conversation, and where every byte of it came from.
public struct RenderedText: Hashable, Sendable {
    /// The text, ready for the tokenizer.
    public var text: String
    /// Runs of bytes of one origin, in order, without gaps, covering the UTF-8 bytes of `text`.
    public var runs: [Run]

    /// Consecutive bytes of one origin.
    public struct Run: Hashable, Sendable {
        public var utf8Range: Range<Int>
        public var origin: PromptPart.Origin

        public init(utf8Range: Range<Int>, origin: PromptPart.Origin) {
            self.utf8Range = utf8Range
            self.origin = origin
        }
    }

    public init(text: String, runs: [Run]) {
        self.text = text
        self.runs = runs
    }
}

extension RenderedText {
    /// The byte ranges that a message wrote, in order; adjacent ones are not merged.
    var contentRanges: [Range<Int>] {
        runs.compactMap { if case .content = $0.origin { $0.utf8Range } else { nil } }
    }

    /// Appends `suffix` as one run.
    mutating func append(_ suffix: String, origin: PromptPart.Origin) {
        guard !suffix.isEmpty else { return }
        let start = text.utf8.count
        text += suffix
        runs.append(Run(utf8Range: start..<text.utf8.count, origin: origin))
    }

    init(_ traced: TracedText) {
        var text = String.UnicodeScalarView()
        var runs: [Run] = []
        var index = 0
        var byte = 0
        for run in traced.runs {
            let start = byte
            while index < run.end {
                let scalar = traced.scalars[index]
                text.append(scalar)
                byte += UTF8.width(scalar)
                index += 1
            }
            runs.append(Run(utf8Range: start..<byte, origin: run.origin))
        }
        self.init(text: String(text), runs: runs)
    }
}
