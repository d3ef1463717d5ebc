internal import ArgumentParser
internal import Evaluation
internal import LanguageModels
internal import Steering
internal import Transformers

struct SteerDirectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "direction",
        abstract: "Finds the direction from one set of prompts to another, at every layer asked for.",
        discussion: """
            The paper's harmfulness direction is mean-difference at t_inst between harmful and harmless prompts; its \
            refusal direction the same at t_post_inst between refused and accepted ones.

              assay steer direction --model smollm2-135m-instruct \\
                --positive prompts/harmful.jsonl --negative prompts/harmless.jsonl \\
                --position t_inst --out harm.safetensors
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(help: "The side that the direction points to.", completion: .promptSet)
    var positive: String
    @Option(help: "The side that it comes from.", completion: .promptSet)
    var negative: String
    @OptionGroup var form: PromptFormOptions
    @Option(
        help: """
            mean-difference, pca-difference (of pairs, told by the prompts' "pair", or by their lines where none has one), \
            lda or logistic-probe.
            """, completion: .directionMethod)
    var method = DirectionMethod.meanDifference.rawValue
    @Option(help: "t_inst, t_post_inst, t_inst+N, t_inst-N, inst_mean or all.")
    var position = "t_inst"
    @Option(help: "Hook site.")
    var site = "hook_resid_pre"
    @Option(help: "Layers, separated by commas; all where not given.")
    var layers: String?
    @Option(help: "Prompts of each side that are used; all where not given.")
    var limit: Int?
    @Option(help: "The file to write.", completion: .tensors)
    var out: String
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var layer: Int
        var norm: Double
    }

    mutating func validate() throws { try SteeringBounds.check(limit: limit) }

    func run() throws {
        try OutputPath.check(out)
        guard let method = DirectionMethod(rawValue: method) else {
            throw ValidationError("--method is \"\(self.method)\"; see --help")
        }
        let loaded = try model.load(date: dating.date)
        let readings = try SteeringPlaces.readings(
            site: site, layers: layers, position: position, layerCount: loaded.transformer.configuration.layerCount)
        let prompts = try prompts(method)
        let sides = try zip([positive, negative], prompts).map { path, prompts in
            DirectionEstimator.Side(
                name: SteeringPrompts.name(path), prompts: try prompts.map { try SteeringPrompts.render($0, loaded) })
        }
        let all = prompts[0] + prompts[1]
        var progress = ProgressLine("direction", total: all.count, unit: "prompts")
        let directions = try SteeringPrompts.naming(all) {
            try DirectionEstimator(loaded, options: DirectionOptions(method)).directions(
                positive: sides[0], negative: sides[1], readings: readings
            ) { progress.update($0) }
        }
        progress.finish()
        try DirectionFile(directions).write(to: out)
        let rows = directions.map { Row(layer: $0.reading.layer ?? -1, norm: $0.norm) }
        if output.json { return try StandardOutput.json(rows) }
        for row in rows { StandardOutput.line("layer \(row.layer)  length \(row.norm.rounded(to: 4))") }
    }

    /// Both sides, as far as the limit goes; for a method of pairs, partners at the same place.
    private func prompts(_ method: DirectionMethod) throws -> [[Prompt]] {
        guard method == .pairComponent else {
            return try [positive, negative].map { path in
                let all = try form.read(path).prompts
                return Array(all.prefix(limit ?? all.count))
            }
        }
        let sides = try [positive, negative].map { path in
            SteeringPairs.Side(path: path, prompts: try form.read(path).prompts)
        }
        let pairs = try SteeringPairs(sides[0], sides[1])
        if !pairs.areNamed {
            StandardError.write(
                "assay: note: no prompt has a \"pair\"; lines of the same number in both files are taken for pairs\n")
        }
        return [pairs.positives, pairs.negatives].map { Array($0.prefix(limit ?? $0.count)) }
    }
}
