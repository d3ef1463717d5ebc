internal import Evaluation
internal import Resampling

extension ResamplingReport {
    /// One JSON document with every figure and every task's counts.
    public func json() -> String {
        let impossibility = claims.impossibility.map { entry in
            JSONValue.object([
                ("generator", .string(entry.label)), ("margin", entry.test.margin.json),
                ("outcome", .string(entry.test.outcome.rawValue)),
            ])
        }
        let members: [(String, JSONValue)] = [
            ("report", .string("resampling")),
            ("title", .string(title)),
            ("weak", .string(weak)),
            ("strong", .string(strong)),
            ("generators", .array(generators.map { $0.json })),
            ("fit", claims.fit?.json ?? JSONValue.null),
            ("fit_where_false_positives_occur", claims.hardFit?.json ?? JSONValue.null),
            ("impossibility", .array(impossibility)),
            ("claims", .array(claims.findings.map { $0.json })),
            ("incomplete_runs", .array(incompleteRuns.map(\.json))),
            ("notes", .strings(notes)),
            ("command", .string(command)),
            ("generated", .string(generated)),
        ]
        return JSONValue.object(members).text
    }

    /// One line for each generator and K of its curve.
    public func csv() -> String {
        let header =
            [
                "generator", "model_digest", "settings_digest", "k", "accuracy", "false_positive", "draws",
                "accuracy_shuffled", "false_positive_shuffled",
            ] + costs.map { "reward_c\(cost($0))" }
        let rows = generators.flatMap { generator in
            let analysis = generator.analysis
            let rewards = costs.map { analysis.curve.rewards(analysis.options.utility($0)) }
            return (0...analysis.curve.budget).map { k -> [CSVTable.Cell] in
                [
                    CSVTable.Cell.text(generator.label), .text(generator.group.modelDigest),
                    .text(generator.group.settingsDigest), .integer(k), .number(analysis.curve.truePositive[k]),
                    .number(analysis.curve.falsePositive[k]), .number(analysis.curve.draws[k]),
                    .number(analysis.shuffled.truePositive[k]), .number(analysis.shuffled.falsePositive[k]),
                ] + rewards.map { .number($0[k]) }
            }
        }
        return CSVTable(header: header, rows: rows).text
    }

    /// One line for each generator and task.
    public func tasksCSV() -> String {
        let rows = generators.flatMap { generator in
            generator.analysis.tasks.map { task -> [CSVTable.Cell] in
                [
                    CSVTable.Cell.text(generator.label), .text(generator.group.modelDigest), .text(task.task),
                    .integer(task.truePositives), .integer(task.falsePositives), .integer(task.falseNegatives),
                    .integer(task.trueNegatives), .integer(task.unscored),
                ]
            }
        }
        let header = [
            "generator", "model_digest", "task", "true_positives", "false_positives", "false_negatives",
            "true_negatives", "unscored",
        ]
        return CSVTable(header: header, rows: rows).text
    }
}

extension ResamplingReport.Generator {
    fileprivate var json: JSONValue { .object(identity + figures + curves + models) }

    private var identity: [(String, JSONValue)] {
        [
            ("label", .string(label)),
            ("model", .string(model?.name)),
            ("model_digest", .string(group.modelDigest)),
            ("settings_digest", .string(group.settingsDigest)),
            ("settings", .object(settings.map { ($0.name, JSONValue.string($0.value)) })),
            ("runs", .strings(group.runs)),
            ("repeated_runs", .strings(group.repeatedRuns)),
        ]
    }

    private var figures: [(String, JSONValue)] {
        let statistics = analysis.statistics
        let band = statistics.conditionalBand
        let bounds: [JSONValue] = [.number(band.lowerBound), .number(band.upperBound)]
        return [
            ("tasks", .integer(statistics.taskCount)),
            ("samples", .integer(statistics.sampleCount)),
            ("unscored", .integer(statistics.unscored)),
            ("tasks_never_accepted", .integer(statistics.tasksNeverAccepted)),
            ("single_sample_accuracy", statistics.singleSampleAccuracy.json),
            ("acceptance_rate", statistics.acceptanceRate.json),
            ("conditional_accuracy", statistics.conditionalAccuracy?.json ?? JSONValue.null),
            ("conditional_accuracy_band", .array(bounds)),
            ("false_positive_rate", statistics.falsePositiveRate?.json ?? JSONValue.null),
            ("acceptance_gap", statistics.acceptanceGap.json),
            ("ceiling", statistics.ceiling.json),
        ]
    }

    private var curves: [(String, JSONValue)] {
        let best = zip(analysis.options.heatRatios, analysis.heat).map { ratio, best in
            JSONValue.object([("ratio", .number(ratio)), ("best_k", .string(best.description))])
        }
        return [
            ("budget", .integer(analysis.curve.budget)),
            ("accuracy", .array(analysis.accuracy.map { $0.json })),
            ("pass_at_k", .array(analysis.truePassAtK.map { $0.json })),
            ("stops", .array(analysis.stops.map { $0.json })),
            ("late_less_early", analysis.lateLessEarly?.json ?? JSONValue.null),
            ("optima", .array(analysis.optima.map { $0.json })),
            ("best_k_by_cost_ratio", .array(best)),
            ("shuffle_deviation", .number(analysis.shuffleDeviation)),
        ]
    }

    private var models: [(String, JSONValue)] {
        [
            ("verifier", verifier), ("corrected", corrected), ("two_type", twoType),
            ("styles", .array(styles.map { $0.json })),
        ]
    }

    private var verifier: JSONValue {
        switch (analysis.quality, analysis.rates) {
        case (.failure(let reason), _), (_, .failure(let reason)): .object([("undefined", .string("\(reason)"))])
        case (.success(let quality), .success(let rates)):
            .object([
                ("sensitivity", .number(quality.sensitivity)), ("specificity", .number(quality.specificity)),
                ("sensitivity_interval", rates.sensitivity.interval.json),
                ("specificity_interval", rates.specificity.interval.json),
                ("right", .integer(quality.right)), ("wrong", .integer(quality.wrong)),
            ])
        }
    }

    private var corrected: JSONValue {
        switch analysis.corrected {
        case .failure(let reason): .object([("undefined", .string("\(reason)"))])
        case .success(let curve):
            .array(
                curve.points.map { point in
                    .object([
                        ("k", .integer(point.k)), ("observed", .number(point.observed)),
                        ("corrected", .number(point.corrected)), ("raw", .number(try? point.raw.get())),
                        ("undefined", point.refusal.map { .string("\($0)") } ?? .null),
                        ("interval", point.interval.json), ("says_nothing", .boolean(point.saysNothing)),
                    ])
                })
        }
    }

    private var twoType: JSONValue {
        switch analysis.twoType {
        case .failure(let reason): .object([("undefined", .string("\(reason)"))])
        case .success(let model):
            .object([
                ("shares", .array([.number(model.easy.share), .number(model.hard.share)])),
                ("accuracies", .array([.number(model.easy.accuracy), .number(model.hard.accuracy)])),
                ("completeness", .number(model.completeness)), ("soundness", .number(model.soundness)),
                ("unbounded_below_ratio", .number(model.unboundedRatio)),
                ("best_k", .array(analysis.options.heatRatios.map { row(model, $0) })),
            ])
        }
    }

    private func row(_ model: TwoTypeModel, _ ratio: Double) -> JSONValue {
        let utility = analysis.options.utility(ratio)
        let optimum = model.reward(utility).optimum
        let published = model.rewards(utility, upTo: 800, reach: .posterior).max()
        return .object([
            ("ratio", .number(ratio)), ("best_k", .string(optimum.attempts.description)),
            ("reward", .number(optimum.reward)), ("reward_with_published_reach_factor", .number(published)),
        ])
    }
}

extension Estimate {
    fileprivate var json: JSONValue { .object([("value", .number(value)), ("interval", interval.json)]) }
}

extension IntervalEstimate {
    fileprivate var json: JSONValue {
        switch self {
        case .bounds(let lower, let upper): .array([.number(lower), .number(upper)])
        case .absent(let reason): .string(reason.rawValue)
        }
    }
}

extension AccuracyPoint {
    fileprivate var json: JSONValue { .object([("k", .integer(k)), ("estimate", estimate.json)]) }
}

extension StopBucket {
    fileprivate var json: JSONValue {
        .object([
            ("from", .integer(positions.lowerBound)), ("to", .integer(positions.upperBound)),
            ("stop_share", .number(stopShare)), ("false_positive_share", falsePositiveShare?.json ?? .null),
        ])
    }
}

extension CostOptimum {
    fileprivate var json: JSONValue {
        .object([
            ("cost", .number(cost)), ("best_k", .integer(attempts)), ("reward", .number(reward)),
            ("range", range.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) } ?? .null),
            ("best_at_budget", .boolean(isBestAtBudget)), ("best_k_without_budget", .string(unlimited.description)),
            ("reward_without_budget", .number(unlimitedReward)),
        ])
    }
}

extension StyleAdherence {
    fileprivate var json: JSONValue {
        .object([
            ("style", .string(style)), ("right", .number(right)), ("wrong", .number(wrong)),
            ("true_positives", .integer(truePositives)), ("false_positives", .integer(falsePositives)),
            ("difference", difference.json),
        ])
    }
}

extension GeneratorFit {
    fileprivate var json: JSONValue {
        .object([
            ("slope", .number(fit.slope)), ("slope_interval", slopeInterval.json),
            ("intercept", .number(fit.intercept)),
            ("r_squared", .number(fit.determination)), ("p", .number(fit.pValue)), ("generators", .integer(fit.count)),
        ])
    }
}

extension ClaimFinding {
    fileprivate var json: JSONValue {
        .object([
            ("number", .string(number)), ("claim", .string(claim)), ("verdict", .string(verdict.rawValue)),
            ("evidence", .string(evidence)),
        ])
    }
}
