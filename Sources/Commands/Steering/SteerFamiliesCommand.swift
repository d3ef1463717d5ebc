internal import ArgumentParser
internal import Evaluation
internal import LanguageModels
internal import LatentGuard
internal import Reports
internal import Steering
internal import Tokenization

struct SteerFamiliesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "families",
        abstract: "Harmfulness and refusal of jailbreak families, beside plain harmful and harmless prompts.",
        discussion: """
            The scores are the beliefs of steer cluster: half of the refused harmful and of the accepted harmless prompts \
            are the anchors, and the rest is the reference "plain". Intervals are for wrappers drawn as wholes. Controls: \
            random vectors as long as that between the anchors, and, where a family has harmless prompts, its harmful \
            ones less those. A prefill stands after both places and changes no score.

              assay steer families --model smollm2-135m-instruct \\
                --harmful prompts/harmful.jsonl --harmless prompts/harmless.jsonl \\
                prompts/jailbroken.jsonl prompts/guard-wrapped.jsonl
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @OptionGroup var sides: SidesOptions
    @Argument(help: "Prompt sets with families.", completion: .promptSet)
    var prompts: [String]
    @Option(help: "The entry of the metadata that names the family.")
    var by = "family"
    @Option(help: "The entry of the metadata that names prompts which are no independent draws.")
    var cluster = "wrapper"
    @Option(help: "Prompts of each family and label that are used, evenly spread; all where not given.")
    var familyLimit: Int?
    @Option(help: "Random controls.")
    var controls = 40
    @Option(help: "Seed of the random controls.")
    var seed: UInt64 = 0
    @Option(help: "Draw all prompts and the families' means by harmfulness and refusal, SVG.", completion: .drawing)
    var plot: String?
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var belief: FamilyBeliefs.Row
        /// What the model's own greedy replies do.
        var refused: RateEstimate
    }

    struct Report: Encodable {
        var anchors: [String: Int]
        var controls: Int
        var rows: [Row]
        var contrasts: [FamilyBeliefs.Contrast]
    }

    mutating func validate() throws {
        guard (2...1000).contains(controls) else {
            throw ValidationError("--controls is \(controls); allowed: 2 to 1000")
        }
        guard familyLimit ?? 1 >= 1 else {
            throw ValidationError("--family-limit is \(familyLimit ?? 0); allowed: 1 or more")
        }
    }

    func run() throws {
        try OutputPath.check(plot)
        let families = try FamilyPrompts(paths: prompts, key: by, cluster: cluster, limit: familyLimit)
        let plain = try [sides.harmful, sides.harmless].map { try SteeringPrompts.prompts($0, limit: sides.limit) }
        let loaded = try model.load(date: dating.date)
        let rendered = try plain.map { try $0.map { try SteeringPrompts.render($0, loaded) } }
        let anchors = try BeliefAnchors(loaded, harmful: rendered[0], harmless: rendered[1], maxTokens: sides.maxTokens)
        let wrapped = try families.prompts.map { try SteeringPrompts.render($0, loaded) }
        let replies = try BeliefAnchors.refusals(loaded, wrapped, maxTokens: sides.maxTokens)

        var found = FamilyPoints(anchors.plane, controls: controls, seed: seed)
        let used = Set(anchors.cells.harmfulAnchors + anchors.cells.harmlessAnchors)
        for (index, prompt) in (plain[0] + plain[1]).enumerated() where !used.contains(index) {
            let item = FamilyBeliefs.Item(
                family: "plain", isHarmful: index < plain[0].count, cluster: FamilyPrompts.pair(prompt))
            found.add(item, anchors.values[index], isRefused: anchors.refused[index])
        }
        try BeliefAnchors.reader(loaded).read(wrapped) { index, values in
            found.add(families.items[index], values, isRefused: replies[index])
        }
        let beliefs = found.beliefs
        let report = Report(
            anchors: ["harmful": anchors.cells.harmfulAnchors.count, "harmless": anchors.cells.harmlessAnchors.count],
            controls: controls, rows: beliefs.rows.map { Row(belief: $0, refused: found.refused($0)) },
            contrasts: beliefs.contrasts)
        if let plot { try TextFile.write(found.figure(beliefs).svg, to: plot) }
        if output.json { return try StandardOutput.json(report) }
        StandardOutput.write(FamilyTable(report).text(width: StandardOutput.width))
    }
}
