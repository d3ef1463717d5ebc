internal import ArgumentParser
internal import LanguageModels
internal import LatentGuard
internal import Steering
internal import Tokenization
internal import Transformers

struct SteerClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Clustering and belief scores of four cells: harmful or harmless, refused or accepted by the model.",
        discussion: """
            The model's own greedy replies decide which prompts it refuses. Half of the refused harmful and of the
            accepted harmless prompts are the anchors; the rest, and the two mixed cells, are scored. A cell without
            prompts is reported as such. Matched sets (twins) keep the scores from telling corpora apart.
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "Harmful prompts.")
    var harmful: String
    @Option(help: "Harmless prompts.")
    var harmless: String
    @Option(help: "Prompts of each side that are used.")
    var limit: Int?
    @Option(help: "Most tokens of a reply.")
    var maxTokens = 48
    @OptionGroup var output: OutputOptions

    /// One cell at one position.
    struct Cell: Encodable {
        var cell: String
        var position: String
        var count: Int
        /// Mean score by layer; empty for an empty cell.
        var scores: [Double]
        /// Mean over layers, and its standard error.
        var belief: Double?
        var beliefError: Double?
        /// Share of prompts with a belief above 0.
        var positive: RateEstimate?
    }

    func run() throws {
        let loaded = try model.load()
        let sides = try [harmful, harmless].map { try SteeringPrompts.rendered($0, loaded, limit: limit) }
        let prompts = sides[0] + sides[1]
        var progress = ProgressLine("cluster", total: prompts.count, unit: "replies")
        let replies = try SteeredReplies(model: loaded, maxTokens: maxTokens).replies(prompts, []) {
            progress.update($0)
        }
        progress.finish()
        let refused = replies.map(SteeredReplies.refuses)
        let cells = try FourCells(refused: refused, harmfulCount: sides[0].count).cells
        let found = try [TokenPosition.instruction, .postInstruction].flatMap {
            try scores(loaded, prompts, cells, at: $0)
        }
        if output.json { return try StandardOutput.json(found) }
        for cell in found {
            let belief =
                cell.belief.map { "\($0.rounded(to: 4)) ± \((cell.beliefError ?? 0).rounded(to: 4))" } ?? "no prompts"
            StandardOutput.line("\(cell.position)  \(cell.cell)  n = \(cell.count)  \(belief)")
        }
    }

    private func scores(
        _ model: LanguageModel, _ prompts: [RenderedPrompt], _ cells: FourCells.Cells, at position: TokenPosition
    ) throws -> [Cell] {
        let readings = (0..<model.transformer.configuration.layerCount).map {
            Reading(.residPre, layer: $0, position: position)
        }
        var values: [[[Float]]] = []
        try PromptReader(model, readings: readings).read(prompts) { values.append($1) }
        func mean(_ members: [Int]) -> [[Double]] {
            readings.indices.map { reading in
                var mean = MeanAccumulator(width: values[0][reading].count)
                for member in members { mean.add(values[member][reading]) }
                return mean.mean
            }
        }
        let analysis = ClusteringAnalysis(
            readings: readings, refusedHarmful: mean(cells.harmfulAnchors),
            acceptedHarmless: mean(cells.harmlessAnchors))
        return cells.tested.map { name, members in
            cell(name, position, members.map { analysis.scores(values[$0]) })
        }
    }

    private func cell(_ name: String, _ position: TokenPosition, _ scores: [[Double]]) -> Cell {
        guard let first = scores.first else {
            return Cell(cell: name, position: position.description, count: 0, scores: [])
        }
        let count = Double(scores.count)
        let layers = first.indices.map { layer in scores.reduce(0) { $0 + $1[layer] } / count }
        let beliefs = scores.map { $0.reduce(0, +) / Double($0.count) }
        let mean = beliefs.reduce(0, +) / count
        let variance = beliefs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
        return Cell(
            cell: name, position: position.description, count: scores.count, scores: layers, belief: mean,
            beliefError: (variance / count).squareRoot(),
            positive: RateEstimate(beliefs.count { $0 > 0 }, of: beliefs.count))
    }
}
