internal import ArgumentParser
internal import LanguageModels
internal import LatentGuard
internal import Reports
internal import Steering
internal import Tokenization
internal import Transformers

struct SteerClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Clustering and belief scores of four cells: harmful or harmless, refused or accepted by the model.",
        discussion: """
            The model's own greedy replies decide which prompts it refuses. Half of the refused harmful and of the \
            accepted harmless prompts are the anchors; the rest, and the two mixed cells, are scored. A cell without \
            prompts is reported as such. Matched sets (twins) keep the scores from telling corpora apart.

              assay steer cluster --model smollm2-135m-instruct \\
                --harmful prompts/harmful.jsonl --harmless prompts/harmless.jsonl \\
                --plot cells.svg
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @OptionGroup var sides: SidesOptions
    @Option(help: "Draw every scored prompt by harmfulness and refusal, coloured by cell, SVG.", completion: .drawing)
    var plot: String?
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
        try OutputPath.check(plot)
        let loaded = try model.load(date: dating.date)
        let rendered = try [sides.harmful, sides.harmless].map {
            try SteeringPrompts.rendered($0, loaded, limit: sides.limit)
        }
        let anchors = try BeliefAnchors(
            loaded, harmful: rendered[0], harmless: rendered[1], maxTokens: sides.maxTokens)
        let found = [TokenPosition.instruction, .postInstruction].flatMap { scores(anchors, at: $0) }
        if let plot { try TextFile.write(figure(anchors, found).svg, to: plot) }
        if output.json { return try StandardOutput.json(found) }
        for cell in found {
            let belief =
                cell.belief.map { "\($0.rounded(to: 4)) ± \((cell.beliefError ?? 0).rounded(to: 4))" } ?? "no prompts"
            StandardOutput.line("\(cell.position)  \(cell.cell)  n = \(cell.count)  \(belief)")
        }
    }

    private func scores(_ anchors: BeliefAnchors, at position: TokenPosition) -> [Cell] {
        anchors.cells.tested.map { name, members in
            let scores = members.map { member in
                let values = anchors.values[member]
                return position == .instruction
                    ? anchors.plane.harmfulness.scores(values[..<(values.count / 2)])
                    : anchors.plane.refusal.scores(values[(values.count / 2)...])
            }
            return cell(name, position, scores)
        }
    }

    /// A point for each prompt that is scored; whiskers are 1.96 standard errors.
    private func figure(_ anchors: BeliefAnchors, _ found: [Cell]) -> BeliefFigure {
        let names = anchors.cells.tested.map(\.0)
        let groups = anchors.cells.tested.enumerated().map { index, tested in
            let points = tested.1.map { anchors.plane.point(anchors.values[$0]) }
            return BeliefFigure.Group(
                label: "\(tested.0), n = \(points.count)", style: index,
                points: points.map { ($0.harmfulness, $0.refusal) },
                mean: mean(found[index], found[index + names.count]))
        }
        return BeliefFigure(
            groups: groups, title: "Harmfulness and refusal of prompts by cell",
            description: "One point for each prompt: its mean score over layers at t_inst and at t_post_inst.")
    }

    private func mean(_ harmfulness: Cell, _ refusal: Cell) -> BeliefFigure.Mean? {
        func bounds(_ cell: Cell) -> (value: Double, lower: Double?, upper: Double?)? {
            cell.belief.map { value in
                let half = cell.beliefError.map { 1.96 * $0 }
                return (value, half.map { value - $0 }, half.map { value + $0 })
            }
        }
        guard let x = bounds(harmfulness), let y = bounds(refusal) else { return nil }
        return BeliefFigure.Mean(harmfulness: x, refusal: y)
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
