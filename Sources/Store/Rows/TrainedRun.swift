internal import Training

/// A run of training with all its steps, as it travels between stores.
struct TrainedRun: Hashable {
    var run: TrainingRunRecord
    /// In order.
    var steps: [StepMetrics]
    /// In order.
    var evaluations: [HeldOutMetrics] = []

    /// What the tables would refuse.
    var isWellFormed: Bool {
        run.id.count == 36 && run.identity.count == 64 && run.recipe.count > 1
            && (run.status == .failed) == (run.reason != nil)
            && steps.allSatisfy { step in
                step.step >= 1 && step.tokens >= 0 && step.targets >= 0
                    && [step.loss, step.gradientNorm, step.learningRate, step.seconds].allSatisfy(\.isFinite)
            }
            && evaluations.allSatisfy { $0.step >= 1 && $0.loss.isFinite }
    }

    /// The first step that stands twice, or whose evaluation does.
    var repeatedStep: Int? {
        Self.firstRepeated(steps.map(\.step)) ?? Self.firstRepeated(evaluations.map(\.step))
    }

    private static func firstRepeated(_ steps: [Int]) -> Int? {
        var seen: Set<Int> = []
        return steps.first { !seen.insert($0).inserted }
    }
}

/// No evaluations are no field: an export from before there were any comes back as it was.
extension TrainedRun: Codable {
    private enum CodingKeys: String, CodingKey {
        case run, steps, evaluations
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        run = try container.decode(TrainingRunRecord.self, forKey: .run)
        steps = try container.decode([StepMetrics].self, forKey: .steps)
        evaluations = try container.decodeIfPresent([HeldOutMetrics].self, forKey: .evaluations) ?? []
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(run, forKey: .run)
        try container.encode(steps, forKey: .steps)
        if !evaluations.isEmpty { try container.encode(evaluations, forKey: .evaluations) }
    }
}
