/// What the passes of one step add up to.
struct StepTally {
    private(set) var loss = 0.0
    private var tokens = 0
    private var targets = 0
    private var margins: [Double] = []

    mutating func add(_ batch: TrainingBatch, _ outcomes: [TokenOutcome]) {
        loss += outcomes.reduce(0) { $0 + $1.loss }
        tokens += batch.rowCount
        targets += outcomes.count
    }

    mutating func add(
        _ pairs: [PreferenceLoss.Pair], _ batch: TrainingBatch, _ outcomes: [TokenOutcome], beta: Double
    ) {
        var sums: [Int: Double] = [:]
        for (target, outcome) in zip(batch.targets, outcomes) {
            sums[target.sequence, default: 0] += Double(outcome.logProbability)
        }
        for pair in pairs {
            let gained = (sums[pair.chosen] ?? 0) - pair.referenceChosen
            let gainedRejected = (sums[pair.rejected] ?? 0) - pair.referenceRejected
            margins.append(beta * (gained - gainedRejected))
        }
    }

    func metrics(step: Int, gradientNorm: Double, learningRate: Double, seconds: Double) -> StepMetrics {
        StepMetrics(
            step: step, loss: loss, gradientNorm: gradientNorm, learningRate: learningRate, tokens: tokens,
            targets: targets, seconds: seconds, accuracy: accuracy, margin: margin)
    }

    /// What passes without a gradient add up to.
    func evaluation(step: Int) -> HeldOutMetrics {
        HeldOutMetrics(step: step, loss: loss, accuracy: accuracy, margin: margin)
    }

    private var accuracy: Double? {
        margins.isEmpty ? nil : Double(margins.count { $0 > 0 }) / Double(margins.count)
    }

    private var margin: Double? { margins.isEmpty ? nil : margins.reduce(0, +) / Double(margins.count) }
}
