internal import ArgumentParser
internal import LanguageModels
internal import Steering
internal import Transformers

struct SteerSelectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "select",
        abstract:
            "Ranks directions by what they do: refusal without them, refusal with them, and harm to other prompts.",
        discussion: """
              assay steer select --model smollm2-135m-instruct \\
                --directions harm.safetensors --harmful prompts/harmful.jsonl \\
                --harmless prompts/harmless.jsonl
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(help: "Files of directions.", completion: .tensors)
    var directions: [String]
    @Option(help: "Harmful prompts.", completion: .promptSet)
    var harmful: String
    @Option(help: "Harmless prompts.", completion: .promptSet)
    var harmless: String
    @Option(help: "Prompts of each side that are used.")
    var limit = 32
    @Option(help: "Most nats by which ablation may move harmless prompts.")
    var largestDivergence = 0.1
    @Option(help: "Least log-odds of refusal that adding the direction must give on harmless prompts.")
    var smallestInducedRefusal = 0.0
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        /// Prompts that were used.
        struct Count: Encodable {
            var harmful: Int
            var harmless: Int
        }

        var thresholds: DirectionSelection.Thresholds
        var prompts: Count
        var candidates: [DirectionSelection.Candidate]
    }

    mutating func validate() throws { try SteeringBounds.check(limit: limit) }

    func run() throws {
        let loaded = try model.load(date: dating.date)
        var thresholds = DirectionSelection.Thresholds()
        thresholds.largestDivergence = largestDivergence
        thresholds.smallestInducedRefusal = smallestInducedRefusal
        let sides = try [harmful, harmless].map { try SteeringPrompts.rendered($0, loaded, limit: limit) }
        let selection = try DirectionSelection(
            loaded, harmful: sides[0], harmless: sides[1], thresholds: thresholds)
        let all = try SteeringPlaces.pointing(
            directions.flatMap { path in
                try DirectionFile(path: path).fitting(loaded.transformer.configuration).directions
            })
        var progress = ProgressLine("select", total: all.count, unit: "directions")
        let found = try selection.candidates(all) { progress.update($0) }
        progress.finish()
        if output.json {
            let count = Report.Count(harmful: sides[0].count, harmless: sides[1].count)
            return try StandardOutput.json(Report(thresholds: thresholds, prompts: count, candidates: found))
        }
        for candidate in found {
            StandardOutput.line(
                "\(candidate.reading)  ablated \(candidate.refusalWhenAblated.rounded(to: 3))  added \(candidate.refusalWhenAdded.rounded(to: 3))  "
                    + "nats \(candidate.divergence.rounded(to: 4))  \(candidate.rejection ?? "")")
        }
    }
}
