internal import ArgumentParser
internal import LanguageModels
internal import LatentGuard
internal import Reports
internal import Steering
internal import Tokenization

struct SteerPostInstructionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "post-instruction",
        abstract: "Refusal with and without the template's tokens after the instruction.",
        discussion: """
            Greedy replies to the same prompts, rendered as the template has it and cut off at t_inst. A model that reads \
            its template's end as part of the instruction may end its turn at once; such empty replies count as not \
            refused, and are counted by themselves.

              assay steer post-instruction --model smollm2-135m-instruct \\
                --harmful prompts/harmful.jsonl --harmless prompts/harmless.jsonl \\
                --limit 50
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @OptionGroup var sides: SidesOptions
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var prompts: String
        /// Refused with the post-instruction tokens, and without them.
        var with: RateEstimate
        var without: RateEstimate
        /// The first less the second, over the same prompts.
        var difference: BoundedFigure
        /// Replies without a visible character.
        var emptyWith: RateEstimate
        var emptyWithout: RateEstimate
        /// Refused without the tokens, of the replies that are not empty; nil where all are.
        var withoutOfNonempty: RateEstimate?
    }

    func run() throws {
        let loaded = try model.load(date: dating.date)
        let prompts = try [("harmful", sides.harmful), ("harmless", sides.harmless)].map { name, path in
            (name, try SteeringPrompts.rendered(path, loaded, limit: sides.limit))
        }
        var progress = ReplyProgress(
            "replies", total: 2 * prompts.reduce(0) { $0 + $1.1.count }, maxTokens: sides.maxTokens)
        let rows = try prompts.map { name, prompts in try row(name, prompts, loaded, &progress) }
        progress.end()
        if output.json { return try StandardOutput.json(rows) }
        let table = TextTable(
            [.text("")] + rows.map { .number("\($0.prompts), n = \($0.with.total)") },
            rows: [
                ["refused with"] + rows.map(\.with.sentence), ["refused without"] + rows.map(\.without.sentence),
                ["with less without"] + rows.map { $0.difference.text() },
                ["empty with"] + rows.map(\.emptyWith.sentence), ["empty without"] + rows.map(\.emptyWithout.sentence),
                ["refused without, of those not empty"] + rows.map { $0.withoutOfNonempty?.sentence ?? "-" },
            ])
        StandardOutput.write(table.lines(width: StandardOutput.width).joined(separator: "\n") + "\n")
    }

    private func row(
        _ name: String, _ prompts: [RenderedPrompt], _ model: LanguageModel, _ progress: inout ReplyProgress
    ) throws -> Row {
        guard !prompts.isEmpty else { throw CommandFailure.badData("there is no \(name) prompt") }
        let ways = [prompts, try prompts.map { try $0.withoutPostInstruction() }]
        let replies = try ways.map {
            try SteeredReplies(model: model, maxTokens: sides.maxTokens).replies($0, [], &progress)
        }
        let refused = replies.map { $0.map(SteeredReplies.refuses) }
        let pairs = try PairedRefusals(first: refused[0], second: refused[1])
        let isEmpty = replies.map { $0.map { $0.allSatisfy(\.isWhitespace) } }
        let written = isEmpty[1].count { !$0 }
        return Row(
            prompts: name, with: RateEstimate(pairs.first, of: pairs.total),
            without: RateEstimate(pairs.second, of: pairs.total), difference: pairs.difference,
            emptyWith: RateEstimate(isEmpty[0].count { $0 }, of: pairs.total),
            emptyWithout: RateEstimate(isEmpty[1].count { $0 }, of: pairs.total),
            withoutOfNonempty: written == 0 ? nil : RateEstimate(pairs.second, of: written))
    }
}
