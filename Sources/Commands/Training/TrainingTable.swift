internal import Training

/// The steps of a run as CSV, each with what the held-out examples said after it.
struct TrainingTable {
    private let steps: [StepMetrics]
    private let evaluations: [HeldOutMetrics]

    init(_ steps: [StepMetrics], _ evaluations: [HeldOutMetrics]) {
        self.steps = steps
        self.evaluations = evaluations
    }

    private static let header = [
        "step", "loss", "gradient_norm", "learning_rate", "tokens", "targets", "seconds", "accuracy", "margin",
        "held_out_loss", "held_out_accuracy", "held_out_margin",
    ]

    /// Values with all their digits. A cell without one is empty, and so are those of a step that is not there though
    /// something was evaluated after it.
    var csv: String {
        let taken = Dictionary(steps.map { ($0.step, $0) }) { first, _ in first }
        let said = Dictionary(evaluations.map { ($0.step, $0) }) { first, _ in first }
        let rows = Set(taken.keys).union(said.keys).sorted().map { step in
            (["\(step)"] + Self.cells(taken[step]) + Self.cells(said[step])).joined(separator: ",")
        }
        return ([Self.header.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
    }

    private static func cells(_ step: StepMetrics?) -> [String] {
        guard let step else { return Array(repeating: "", count: 8) }
        return [
            "\(step.loss)", "\(step.gradientNorm)", "\(step.learningRate)", "\(step.tokens)", "\(step.targets)",
            "\(step.seconds)", cell(step.accuracy), cell(step.margin),
        ]
    }

    private static func cells(_ evaluation: HeldOutMetrics?) -> [String] {
        [cell(evaluation?.loss), cell(evaluation?.accuracy), cell(evaluation?.margin)]
    }

    private static func cell(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}
