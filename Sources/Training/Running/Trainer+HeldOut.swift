/// The held-out examples, one after another, by the loss that the run trains on.
extension Trainer {
    /// - Parameter step: steps that were taken
    /// - Returns: nil where no example is held out
    func evaluation(afterStep step: Int) throws -> HeldOutMetrics? {
        guard !data.heldOut.isEmpty else { return nil }
        switch settings.method {
        case .supervised: return HeldOutMetrics(step: step, loss: try heldOutCrossEntropy())
        case .preference(let beta): return try heldOutPreferences(step, beta: beta)
        case .distillation(let divergence, let temperature):
            return HeldOutMetrics(step: step, loss: try heldOutDivergence(divergence, temperature: temperature))
        }
    }

    /// Mean over targets of `-log p` times the target's weight.
    private func heldOutCrossEntropy() throws -> Double {
        var sum = 0.0
        var count = 0
        for example in data.heldOut {
            let batch = batch([example])
            let values = try model.logProbabilities(of: batch, space: space)
            for (target, value) in zip(batch.targets, values) { sum -= Double(target.weight) * Double(value) }
            count += values.count
        }
        return sum / Double(count)
    }

    /// Mean over pairs of the loss, with the share of pairs whose chosen side has gained more, and their mean margin.
    private func heldOutPreferences(_ step: Int, beta: Double) throws -> HeldOutMetrics {
        var tally = StepTally()
        for (example, reference) in zip(data.heldOut, heldOutReferences) {
            let batch = batch([example])
            let pair = PreferenceLoss.Pair(
                chosen: 0, rejected: 1, referenceChosen: reference[0], referenceRejected: reference[1])
            let loss = PreferenceLoss(batch.targets, pairs: [pair], beta: beta, scale: 1 / Double(data.heldOut.count))
            let outcomes = try model.evaluate(loss, on: batch, space: space)
            tally.add(batch, outcomes)
            tally.add([pair], batch, outcomes, beta: beta)
        }
        return tally.evaluation(step: step)
    }

    /// Mean over targets of the divergence from the teacher times the target's weight.
    private func heldOutDivergence(_ divergence: Divergence, temperature: Double) throws -> Double {
        let scale = 1 / Double(max(1, data.heldOut.reduce(0) { $0 + $1.targetCount }))
        return try data.heldOut.reduce(0) { sum, example in
            let batch = batch([example])
            let loss = try distillation(
                [example], batch, divergence: divergence, temperature: temperature, scale: scale)
            return try sum + model.evaluate(loss, on: batch, space: space).reduce(0) { $0 + $1.loss }
        }
    }

    /// - Parameter batch: of the examples, in their order
    func distillation(
        _ examples: [TrainingExample], _ batch: TrainingBatch, divergence: Divergence, temperature: Double,
        scale: Double
    ) throws -> DistillationLoss {
        if let storedTeacher {
            return DistillationLoss(
                batch.targets, stored: try storedTeacher.targets(of: examples), divergence: divergence,
                temperature: temperature, scale: scale)
        }
        guard let teacher else { preconditionFailure("distillation without a teacher") }
        try teacher.read(batch)
        return DistillationLoss(
            batch.targets, teacher: teacher, divergence: divergence, temperature: temperature, scale: scale)
    }
}
