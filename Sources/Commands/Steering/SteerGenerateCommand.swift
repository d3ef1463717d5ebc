internal import ArgumentParser
internal import LanguageModels
internal import LatentGuard
internal import Steering
internal import Tokenization
internal import Transformers

struct SteerGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Writes greedy replies with an intervention, and the plain ones beside them.",
        discussion: """
              assay steer generate --model smollm2-135m-instruct \\
                --directions harm.safetensors --layer 15 --strength=-1 \\
                --prompt "How do I pick a lock?"
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @OptionGroup var intervention: InterventionOptions
    @Option(help: "One prompt.")
    var prompt: String?
    @Option(help: "A prompt set instead.", completion: .promptSet)
    var prompts: String?
    @Option(help: "Prompts of the set that are used.")
    var limit: Int?
    @Option(help: "A set of harmless prompts: the strength is found for --nats on them.", completion: .promptSet)
    var harmless: String?
    @Option(
        help: """
            Budget for the strength of add or ablate: mean divergence of the next token on the harmless prompts, in nats. \
            --strength or --relative is scaled to it, keeping its sign.
            """)
    var nats: Double?
    @Option(help: "Most tokens of a reply.")
    var maxTokens = 64
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var intervention: Intervention
        var plainRefusals: RateEstimate
        var steeredRefusals: RateEstimate
        var replies: [Reply]
    }

    struct Reply: Encodable {
        var plain: String
        var steered: String
    }

    mutating func validate() throws {
        guard (prompt == nil) != (prompts == nil) else { throw ValidationError("give one of --prompt and --prompts") }
        guard (nats == nil) == (harmless == nil) else { throw ValidationError("--nats and --harmless go together") }
        try SteeringBounds.check(limit: limit, maxTokens: maxTokens)
        if nats != nil, try !intervention.kind().usesStrength {
            throw ValidationError("--operation is \(intervention.operation); allowed with --nats: add, ablate")
        }
    }

    func run() throws {
        let loaded = try model.load(date: dating.date)
        let rendered =
            try prompts.map { try SteeringPrompts.rendered($0, loaded, limit: limit) }
            ?? [loaded.render([ChatMessage(role: "user", content: prompt ?? "")])]
        var chosen = try intervention.intervention(in: loaded.transformer.configuration)
        if let harmless, let nats {
            let quiet = try SteeringPrompts.rendered(harmless, loaded, limit: 64)
            chosen = try StrengthCalibration(loaded, prompts: quiet).calibrate(chosen, nats: nats)
        }
        let writer = SteeredReplies(model: loaded, maxTokens: maxTokens)
        var progress = ReplyProgress("steer", total: 2 * rendered.count, maxTokens: maxTokens)
        let plain = try writer.replies(rendered, [], &progress)
        let steered = try writer.replies(rendered, [chosen], &progress)
        progress.end()
        try show(
            Report(
                intervention: chosen,
                plainRefusals: RateEstimate(plain.count(where: SteeredReplies.refuses), of: plain.count),
                steeredRefusals: RateEstimate(steered.count(where: SteeredReplies.refuses), of: steered.count),
                replies: zip(plain, steered).map { Reply(plain: $0, steered: $1) }))
    }

    private func show(_ report: Report) throws {
        if output.json { return try StandardOutput.json(report) }
        for reply in report.replies {
            StandardOutput.line("plain    \(reply.plain)\nsteered  \(reply.steered)\n")
        }
        StandardOutput.line(
            "refusals: \(report.plainRefusals.sentence) plain, \(report.steeredRefusals.sentence) steered, n = \(report.replies.count)"
        )
    }
}
