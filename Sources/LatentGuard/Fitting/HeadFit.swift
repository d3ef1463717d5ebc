internal import Steering

/// Fits a head by one method.
struct HeadFit: Sendable {
    var method: GuardMethod
    /// The inverse of the penalty's strength.
    var c: Double
    /// Indices of the readings that the method uses.
    var readings: [Int]
    /// Where the search for weights stops: the largest component of the gradient.
    var tolerance = 1e-5

    /// For comparisons, which need no more digits of a score than order prompts: a fraction of the steps.
    var draft: HeadFit {
        var draft = self
        draft.tolerance = 1e-3
        return draft
    }

    private var regression: LogisticRegression.Options {
        var options = LogisticRegression.Options(c: c)
        options.tolerance = tolerance
        return options
    }

    /// - Throws: ``GuardError/oneSided(harmful:harmless:needed:)``.
    func head(_ examples: [GuardExample]) throws -> GuardHead {
        let harmful = examples.count(where: \.isHarmful)
        guard harmful >= 2, examples.count - harmful >= 2 else {
            throw GuardError.oneSided(harmful: harmful, harmless: examples.count - harmful, needed: 2)
        }
        switch method {
        case .paper: return paper(examples, centred: false)
        case .centred: return paper(examples, centred: true)
        case .weighted: return weighted(examples)
        case .whitened: return try averaged(examples) { try whitenedHead($0, reading: $1) }
        case .ensemble: return try averaged(examples) { probeHead($0, readings: [$1]) }
        case .joint: return probeHead(examples, readings: readings)
        case .probe: return try best(examples) { probeHead($0, readings: [$1]) }
        case .distilled:
            let known = examples.filter { $0.refusal != nil }
            return try best(known) { try distilledHead($0, reading: $1) }
        }
    }

    private func rows(_ examples: [GuardExample], _ reading: Int) -> [[Double]] {
        examples.map { $0.values[reading].map(Double.init) }
    }

    private func mean(_ examples: [GuardExample], _ reading: Int, harmful: Bool) -> [Double] {
        var mean = MeanAccumulator(width: examples[0].values[reading].count)
        for example in examples where example.isHarmful == harmful { mean.add(example.values[reading]) }
        return mean.mean
    }

    private func paper(_ examples: [GuardExample], centred: Bool) -> GuardHead {
        var weights: [[Float]] = []
        var centres: [[Float]] = []
        for reading in readings {
            let (a, b) = (mean(examples, reading, harmful: true), mean(examples, reading, harmful: false))
            let centre = centred ? zip(a, b).map { ($0 + $1) / 2 } : [Double](repeating: 0, count: a.count)
            let first = VectorArithmetic.unit(zip(a, centre).map { $0 - $1 }) ?? a
            let second = VectorArithmetic.unit(zip(b, centre).map { $0 - $1 }) ?? b
            weights.append(zip(first, second).map { Float(($0 - $1) / Double(readings.count)) })
            centres.append(centre.map { Float($0) })
        }
        return GuardHead(normalization: .unit, readings: readings, weights: weights, centres: centres, bias: 0)
    }

    /// Logistic regression on the layers' own scores; its weights multiply those of the layers.
    private func weighted(_ examples: [GuardExample]) -> GuardHead {
        var head = paper(examples, centred: true)
        let scores = examples.map { example in
            readings.indices.map { index in
                GuardHead(
                    normalization: .unit, readings: [readings[index]], weights: [head.weights[index]],
                    centres: [head.centres[index]], bias: 0
                ).score(example.values)
            }
        }
        let scaling = Standardization(scores)
        let fit = LogisticRegression(
            rows: scores.map(scaling.apply), isPositive: examples.map(\.isHarmful), options: regression)
        head.bias = fit.intercept
        for index in readings.indices {
            let factor = fit.weights[index] / scaling.deviation[index]
            head.weights[index] = head.weights[index].map { Float(Double($0) * factor) }
            head.bias -= factor * scaling.mean[index]
        }
        return head
    }

    private func probeHead(_ examples: [GuardExample], readings: [Int]) -> GuardHead {
        let rows = examples.map { example in readings.flatMap { example.values[$0].map(Double.init) } }
        let scaling = Standardization(rows)
        let fit = LogisticRegression(
            rows: rows.map(scaling.apply), isPositive: examples.map(\.isHarmful), options: regression)
        let scaled = zip(fit.weights, scaling.deviation).map { $0 / $1 }
        let width = examples[0].values[readings[0]].count
        let weights = readings.indices.map { index in
            scaled[(index * width)..<((index + 1) * width)].map { Float($0) }
        }
        return GuardHead(
            readings: readings, weights: weights, bias: fit.intercept - VectorArithmetic.dot(scaled, scaling.mean))
    }

    /// - Throws: ``GuardError/setting(name:value:allowed:)`` for a penalty that leaves the weights undecided.
    private func distilledHead(_ examples: [GuardExample], reading: Int) throws -> GuardHead {
        let rows = rows(examples, reading)
        let scaling = Standardization(rows)
        let found = RidgeRegression(rows: rows.map(scaling.apply), targets: examples.compactMap(\.refusal), c: c)
        guard let fit = found else {
            throw GuardError.setting(name: "penalty", value: "\(c)", allowed: "one that decides, such as 0.001")
        }
        let scaled = zip(fit.weights, scaling.deviation).map { $0 / $1 }
        return GuardHead(
            readings: [reading], weights: [scaled.map { Float($0) }],
            bias: fit.intercept - VectorArithmetic.dot(scaled, scaling.mean))
    }

    private func whitenedHead(_ examples: [GuardExample], reading: Int) throws -> GuardHead {
        let (a, b) = (examples.filter(\.isHarmful), examples.filter { !$0.isHarmful })
        let (positives, negatives) = (rows(a, reading), rows(b, reading))
        let vector = try DirectionFit(DirectionOptions(.discriminant)).vector(
            positives: positives, negatives: negatives)
        let middle = zip(mean(examples, reading, harmful: true), mean(examples, reading, harmful: false)).map {
            ($0 + $1) / 2
        }
        return GuardHead(
            readings: [reading], weights: [vector.map { Float($0) }], bias: -VectorArithmetic.dot(vector, middle))
    }

    /// The mean of one head for each reading, each divided by the standard deviation of its scores.
    private func averaged(
        _ examples: [GuardExample], _ make: ([GuardExample], Int) throws -> GuardHead
    ) throws -> GuardHead {
        var whole = GuardHead(readings: readings, weights: [], bias: 0)
        for reading in readings {
            let head = try make(examples, reading)
            let scores = Standardization(examples.map { [head.score($0.values)] })
            let factor = 1 / (scores.deviation[0] * Double(readings.count))
            whole.weights.append(head.weights[0].map { Float(Double($0) * factor) })
            whole.bias += head.bias * factor
        }
        return whole
    }

    /// A head of one reading, which is chosen by half of the groups; fitted on all.
    private func best(
        _ examples: [GuardExample], _ make: ([GuardExample], Int) throws -> GuardHead
    ) throws -> GuardHead {
        let folds = GroupedFolds(examples, count: 2, seed: 1)
        let (train, test) = (folds.training(examples, without: 0), folds.held(examples, fold: 0))
        guard train.contains(where: \.isHarmful), train.contains(where: { !$0.isHarmful }) else {
            return try make(examples, readings[0])
        }
        let areas = try readings.map { reading in
            let head = try make(train, reading)
            return (reading, ScoredExamples(test, test.map { head.score($0.values) }).metrics?.auroc ?? 0)
        }
        return try make(examples, areas.max { $0.1 < $1.1 }?.0 ?? readings[0])
    }
}
