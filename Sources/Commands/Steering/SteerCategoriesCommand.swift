internal import ArgumentParser
internal import LanguageModels
internal import Reports
internal import Steering
internal import Transformers

struct SteerCategoriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "categories",
        abstract: "One direction for each risk category, and how similar they are.",
        discussion: """
            Every direction runs from the same harmless prompts to the harmful ones of one category. Cosines between \
            categories stand beside those between two halves of one category, which are below 1 by noise alone. Controls: \
            directions from harmless prompts of the same category (matched), directions of the harmless prompts alone \
            (topic), and random vectors of the same lengths.

              assay steer categories --model smollm2-135m-instruct \\
                --harmful prompts/harmful.jsonl --harmless prompts/harmless.jsonl \\
                --plot categories.svg
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(help: "Harmful prompts with categories.", completion: .promptSet)
    var harmful: String
    @Option(help: "Harmless prompts.", completion: .promptSet)
    var harmless: String
    @Option(help: "Harmful prompts that a category needs; one with fewer is named and left out.")
    var minimum = 10
    @Option(help: "t_inst, t_post_inst, t_inst+N, t_inst-N, inst_mean or all.")
    var position = "t_inst"
    @Option(help: "Hook site.")
    var site = "hook_resid_pre"
    @Option(help: "Layers, separated by commas; all where not given.")
    var layers: String?
    @Option(help: "The layer whose matrix is printed and drawn; the middle one of the layers where not given.")
    var matrixLayer: Int?
    @Option(help: "Bootstrap draws of the intervals.")
    var resamples = 500
    @Option(help: "Seed of draws, halves and random vectors.")
    var seed: UInt64 = 0
    @Option(help: "Draw the cosines between halves at the matrix' layer as a heat map, SVG.", completion: .drawing)
    var plot: String?
    @OptionGroup var output: OutputOptions

    /// One layer under one comparison.
    struct Layer: Encodable {
        var layer: Int
        var comparison: CategoryDirections.Comparison
        var similarity: CategorySimilarity
    }

    struct Report: Encodable {
        var position: String
        var minimum: Int
        var categories: [CategoryPrompts.Count]
        var leftOut: [CategoryPrompts.Count]
        var matrixLayer: Int
        var layers: [Layer]
    }

    mutating func validate() throws {
        let fewest = CategoryDirections.fewestPrompts
        guard minimum >= fewest else {
            throw ValidationError("--minimum is \(minimum); allowed: \(fewest) or more, for two halves")
        }
    }

    func run() throws {
        try OutputPath.check(plot)
        let prompts = try CategoryPrompts(
            harmful: SteeringPrompts.prompts(harmful), harmless: SteeringPrompts.prompts(harmless), minimum: minimum)
        let loaded = try model.load(date: dating.date)
        let readings = try SteeringPlaces.readings(
            site: site, layers: layers, position: position, layerCount: loaded.transformer.configuration.layerCount)
        let all = readings.compactMap(\.layer)
        let shown = matrixLayer ?? all[all.count / 2]
        guard all.contains(shown) else {
            throw SteeringError.noLayer(shown, available: all)
        }
        let report = Report(
            position: position, minimum: minimum, categories: prompts.kept, leftOut: prompts.leftOut,
            matrixLayer: shown, layers: try similarities(try prompts.read(loaded, readings), readings, prompts))
        let table = CategoryTable(report)
        if let plot { try TextFile.write(table.figure.svg, to: plot) }
        if output.json { return try StandardOutput.json(report) }
        StandardOutput.write(table.text(width: StandardOutput.width))
    }

    private func similarities(
        _ activations: CategoryPrompts.Activations, _ readings: [Reading], _ prompts: CategoryPrompts
    ) throws -> [Layer] {
        let comparisons = CategoryDirections.Comparison.allCases.filter { $0 == .shared || prompts.hasTwins(minimum) }
        var progress = ProgressLine("cosines", total: readings.count * comparisons.count, unit: "matrices")
        defer { progress.finish() }
        var found: [Layer] = []
        for (index, reading) in readings.enumerated() {
            for comparison in comparisons {
                let similarity = try CategorySimilarity(
                    activations.directions(index, comparison), options: .init(resamples: resamples, seed: seed))
                found.append(Layer(layer: reading.layer ?? 0, comparison: comparison, similarity: similarity))
                progress.update(found.count)
            }
        }
        return found
    }
}
