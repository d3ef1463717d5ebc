internal import Evaluation

/// The progress line of replies that are being decoded. On a terminal it has the tokens so far, and moves with each of
/// them; elsewhere it counts replies.
struct ReplyProgress {
    private(set) var samples: SampleProgress
    private var line: ProgressLine
    private var done = 0
    /// What earlier runs of the generator have come to, and that with the one under way.
    private var before = GenerationStep()
    private var step = GenerationStep()
    private let isTerminal: Bool

    /// - Parameters:
    ///   - total: replies, of all runs of the generator
    ///   - maxTokens: most tokens of a reply
    init(
        _ label: String, total: Int, unit: String = "replies", maxTokens: Int,
        isTerminal: Bool = StandardError.isTerminal
    ) {
        line = ProgressLine(label, total: total, unit: unit)
        samples = SampleProgress(maxTokens: maxTokens)
        self.isTerminal = isTerminal
    }

    /// A run of the generator begins, which counts from 0.
    mutating func beginRun() { before = step }

    /// - Parameter new: counts of this run of the generator
    mutating func decode(_ new: GenerationStep) {
        step = before.followed(by: new)
        samples.decode(step)
        if isTerminal { update() }
    }

    /// A reply has ended.
    mutating func finish(tokens: Int) {
        done += 1
        samples.finish(tokens: tokens)
        update()
    }

    /// Leaves the last state standing.
    mutating func end() { line.finish() }

    private mutating func update() {
        line.update(
            done, underWay: samples.underWay, canEstimate: samples.canEstimate,
            tokens: isTerminal ? samples.tokens : nil)
    }
}
