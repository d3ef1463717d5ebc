internal import Steering

/// The statistics of a fit, from what was read. Knows no model.
struct FitCore {
    let options: FitOptions
    let readings: [Reading]
    let layerCount: Int

    private struct Choice {
        var fit: HeadFit
        var auroc: Double
        var tried: [String: Double]
    }

    func profile(
        _ examples: [GuardExample], model: String, template: String?, dataSets: [FitRecord.DataSet],
        progress: (GuardFitter.Progress) -> Void
    ) throws -> GuardProfile {
        let harmful = examples.count(where: \.isHarmful)
        guard harmful >= 10, examples.count - harmful >= 10 else {
            throw GuardError.oneSided(harmful: harmful, harmless: examples.count - harmful, needed: 10)
        }
        let choice = try choose(examples, progress)
        let folds = GroupedFolds(examples, count: options.folds, seed: options.seed)
        progress(.fitting("threshold"))
        let held = try heldOut(choice.fit, examples, folds)
        let threshold = options.keepsThresholdAtZero ? 0 : threshold(held.scores(harmful: false))
        progress(.fitting("categories"))
        let (categories, leftOut) = try CategoryFit(options: options, readings: categoryReadings).fit(examples, folds)
        for name in leftOut { progress(.leftOut(category: name)) }
        progress(.fitting("novelty"))
        let noveltyReading = index(.instruction) ?? 0
        let novelty = NoveltyFit.fit(
            examples, folds: folds, reading: noveltyReading, components: options.noveltyComponents,
            share: options.noveltyShare)
        let profile = GuardProfile(
            model: model, template: template, readings: readings, width: examples[0].values[0].count,
            harmful: try choice.fit.head(examples), threshold: threshold, calibration: calibration(held),
            refusal: refusalHead(examples), categories: categories, novelty: novelty,
            record: record(choice, held, threshold, dataSets))
        return profile.withoutUnusedReadings()
    }

    // MARK: the method

    private func choose(_ examples: [GuardExample], _ progress: (GuardFitter.Progress) -> Void) throws -> Choice {
        var best: Choice?
        var tried: [String: Double] = [:]
        for method in options.methods where !readings(of: method).isEmpty {
            for c in method.hasPenalty ? options.penalties : [1] {
                let fit = HeadFit(method: method, c: c, readings: readings(of: method))
                let auroc = try leftOutArea(fit.draft, examples)
                tried[method.rawValue + (method.hasPenalty ? " c=\(c)" : "")] = auroc
                progress(.tried(method: method, c: method.hasPenalty ? c : nil, auroc: auroc))
                if auroc > best?.auroc ?? -1 { best = Choice(fit: fit, auroc: auroc, tried: [:]) }
            }
        }
        guard var best else {
            throw GuardError.setting(
                name: "methods", value: options.methods.map(\.rawValue).joined(separator: ","),
                allowed: "distilled where t_post_inst is read, or another method")
        }
        best.tried = tried
        return best
    }

    /// Mean over prompt sets of the area under the ROC curve on the set, fitted on the others. Sets of one side only
    /// are always fitted on; where there is one set with both sides, its groups are divided instead.
    private func leftOutArea(_ fit: HeadFit, _ examples: [GuardExample]) throws -> Double {
        let sets = Dictionary(grouping: examples, by: \.set).filter { _, members in
            members.contains(where: \.isHarmful) && members.contains { !$0.isHarmful }
        }.keys.sorted()
        guard sets.count > 1 else {
            let folds = GroupedFolds(examples, count: options.folds, seed: options.seed)
            return try heldOut(fit, examples, folds).metrics?.auroc ?? 0
        }
        let areas = try sets.map { set in
            let tested = examples.filter { $0.set == set }
            let groups = Set(tested.map(\.group))
            let head = try fit.head(examples.filter { !groups.contains($0.group) })
            return ScoredExamples(tested, tested.map { head.score($0.values) }).metrics?.auroc ?? 0
        }
        return areas.reduce(0, +) / Double(areas.count)
    }

    private func heldOut(_ fit: HeadFit, _ examples: [GuardExample], _ folds: GroupedFolds) throws -> ScoredExamples {
        var found: [GuardExample] = []
        var scores: [Double] = []
        for fold in 0..<folds.count {
            let held = folds.held(examples, fold: fold)
            let head = try fit.draft.head(folds.training(examples, without: fold))
            found += held
            scores += held.map { head.score($0.values) }
        }
        return ScoredExamples(found, scores)
    }

    private func readings(of method: GuardMethod) -> [Int] {
        if method.readsAllLayers {
            return (0..<layerCount).compactMap { layer in
                readings.firstIndex(of: Reading(layer: layer, position: .instruction))
            }
        }
        let chosen = Array(0..<(options.layers.count * options.positions.count))
        guard method == .distilled else { return chosen }
        return chosen.filter { readings[$0].position == .postInstruction }
    }

    // MARK: what is made of scores

    /// The lowest threshold that flags no more of the harmless prompts than was asked.
    private func threshold(_ harmless: [Double]) -> Double {
        let sorted = harmless.sorted(by: >)
        let flagged = Int(options.targetFalsePositiveRate * Double(sorted.count))
        guard flagged < sorted.count else { return sorted.last ?? 0 }
        return sorted[flagged].nextUp
    }

    private func calibration(_ held: ScoredExamples) -> Calibration {
        let (harmful, harmless) = (held.scores(harmful: true), held.scores(harmful: false))
        return options.isotonic
            ? CalibrationFit.isotonic(harmful: harmful, harmless: harmless)
            : CalibrationFit.platt(harmful: harmful, harmless: harmless)
    }

    private func record(
        _ choice: Choice, _ held: ScoredExamples, _ threshold: Double, _ dataSets: [FitRecord.DataSet]
    ) -> FitRecord {
        let (harmful, harmless) = (held.scores(harmful: true), held.scores(harmful: false))
        return FitRecord(
            method: choice.fit.method.rawValue, c: choice.fit.method.hasPenalty ? choice.fit.c : nil,
            folds: options.folds, seed: options.seed, dataSets: dataSets,
            targetFalsePositiveRate: options.targetFalsePositiveRate,
            falsePositives: RateEstimate(harmless.count { $0 >= threshold }, of: harmless.count),
            truePositives: RateEstimate(harmful.count { $0 >= threshold }, of: harmful.count),
            validation: choice.tried)
    }

    // MARK: the other axes

    private func index(_ position: TokenPosition) -> Int? {
        let layer = options.layers.sorted()[options.layers.count / 2]
        return readings.firstIndex(of: Reading(layer: layer, position: position))
    }

    /// One layer at every position: categories need less than the verdict, and the file stays small.
    private var categoryReadings: [Int] { options.positions.compactMap(index) }

    /// The prompts that the refusal axis is made from, evenly spread: a direction needs no more, and each of them costs a
    /// pass through the whole model.
    static func refusalSample(of count: Int) -> [Int] {
        let size = min(count, 2048)
        return (0..<size).map { $0 * count / size }
    }

    /// Difference of means between the thirds of the prompts with the highest and the lowest log-odds of refusal, in
    /// standard deviations from the mean of all.
    private func refusalHead(_ examples: [GuardExample]) -> GuardHead? {
        let known = examples.filter { $0.refusal != nil }
        let examples = Self.refusalSample(of: known.count).map { known[$0] }
        let refusals = examples.compactMap(\.refusal)
        guard let reading = index(.postInstruction), examples.count >= 3 else { return nil }
        let order = refusals.indices.sorted { refusals[$0] < refusals[$1] }
        let third = order.count / 3
        let rows = { (indices: ArraySlice<Int>) in indices.map { examples[$0].values[reading].map(Double.init) } }
        let (low, high) = (rows(order.prefix(third)), rows(order.suffix(third)))
        guard
            let vector = try? DirectionFit(DirectionOptions(.meanDifference)).vector(positives: high, negatives: low)
        else { return nil }
        let scores = Standardization(
            examples.map { [VectorArithmetic.dot(vector, $0.values[reading].map(Double.init))] })
        return GuardHead(
            readings: [reading], weights: [vector.map { Float($0 / scores.deviation[0]) }],
            bias: -scores.mean[0] / scores.deviation[0])
    }
}
