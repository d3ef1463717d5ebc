internal import ArgumentParser
internal import LanguageModels
internal import LatentGuard
internal import Steering
internal import Tokenization
internal import Transformers

struct SteerSweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Refusal by layer and strength, for a direction and for a random one of the same length.",
        discussion: """
              assay steer sweep --model smollm2-135m-instruct --layers 10,15,20 \\
                --directions harm.safetensors --prompts prompts/harmless.jsonl \\
                --plot sweep.svg
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(help: "A file of directions.", completion: .tensors)
    var directions: String
    @Option(help: "The prompts.", completion: .promptSet)
    var prompts: String
    @Option(help: "Prompts that are used.")
    var limit = 16
    @Option(help: "Layers; all of the file where not given.")
    var layers: String?
    @Option(help: "Strengths.")
    var strengths = "-1,1,2"
    @Option(help: "Most tokens of a reply.")
    var maxTokens = 32
    @Option(help: "Seed of the random direction.")
    var seed: UInt64 = 0
    @Option(help: "Write a heat map, SVG.", completion: .drawing)
    var plot: String?
    @OptionGroup var output: OutputOptions

    struct Cell: Encodable {
        var layer: Int
        var strength: Double
        var refusals: RateEstimate
        var control: RateEstimate
    }

    mutating func validate() throws { try SteeringBounds.check(limit: limit, maxTokens: maxTokens) }

    func run() throws {
        try OutputPath.check(plot)
        let loaded = try model.load(date: dating.date)
        let file = try DirectionFile(path: directions).fitting(loaded.transformer.configuration)
        let wanted = try SteeringPlaces.layers(layers, layerCount: loaded.transformer.configuration.layerCount)
        let chosen = try SteeringPlaces.pointing(file.directions.filter { wanted.contains($0.reading.layer ?? -1) })
        let values = try strengthValues()
        let rendered = try SteeringPrompts.rendered(prompts, loaded, limit: limit)
        var progress = ReplyProgress(
            "sweep", total: 2 * chosen.count * values.count * rendered.count, maxTokens: maxTokens)
        var cells: [Cell] = []
        for direction in chosen {
            for strength in values {
                cells.append(
                    Cell(
                        layer: direction.reading.layer ?? 0, strength: strength,
                        refusals: try rate(direction, strength, rendered, loaded, &progress),
                        control: try rate(direction.randomControl(seed: seed), strength, rendered, loaded, &progress)))
            }
        }
        progress.end()
        if let plot {
            try TextFile.write(HeatMap(cells.map { ($0.layer, $0.strength, $0.refusals.rate) }).svg, to: plot)
        }
        if output.json { return try StandardOutput.json(cells) }
        for cell in cells {
            StandardOutput.line(
                "layer \(cell.layer)  strength \(cell.strength)  refusals \(cell.refusals.sentence)  control \(cell.control.sentence)"
            )
        }
    }

    private func strengthValues() throws -> [Double] {
        let values = try strengths.split(separator: ",").map { part in
            guard let value = Double(part.filter { $0 != " " }), value.isFinite else {
                throw ValidationError("--strengths has \"\(part)\"; give numbers")
            }
            return value
        }
        guard !values.isEmpty else { throw ValidationError("--strengths is \"\(strengths)\"; give numbers") }
        return values
    }

    /// The paper's way: added to the instruction at the direction's own layer, while the prompt is read.
    private func rate(
        _ direction: Direction, _ strength: Double, _ prompts: [RenderedPrompt], _ model: LanguageModel,
        _ progress: inout ReplyProgress
    ) throws -> RateEstimate {
        let intervention = Intervention(
            .add, direction: direction.vector, site: direction.reading.site,
            layers: direction.reading.layer.map { [$0] },
            positions: .instruction, strength: .coefficient(strength))
        let replies = try SteeredReplies(model: model, maxTokens: maxTokens).replies(
            prompts, [intervention], &progress)
        return RateEstimate(replies.count(where: SteeredReplies.refuses), of: replies.count)
    }
}
