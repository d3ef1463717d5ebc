internal import Foundation

/// A claim of "Inference Scaling fLaws" and what the samples at hand say about it.
public struct ClaimFinding: Hashable, Sendable {
    public enum Verdict: String, Codable, Hashable, Sendable {
        case seen
        case notSeen = "not seen"
        case undecided
    }

    /// `1`, `1b`, …: the numbering of the paper's digest.
    public var number: String
    public var claim: String
    public var verdict: Verdict
    /// The figures that decide, or what is missing.
    public var evidence: String
}

/// Decides the paper's claims for a set of generators. A claim is seen, or not seen, where intervals say so; where they
/// leave it open, or too few generators or samples are there, it is undecided.
public struct ScalingClaims: Sendable {
    public struct Generator: Sendable {
        public var label: String
        public var analysis: PairAnalysis
        public var styles: [StyleAdherence]

        public init(label: String, analysis: PairAnalysis, styles: [StyleAdherence] = []) {
            self.label = label
            self.analysis = analysis
            self.styles = styles
        }
    }

    /// Strongest first, by single-sample accuracy.
    public let generators: [Generator]
    public let fit: GeneratorFit?
    /// The same over tasks whose mean conditional accuracy is below 0.9.
    public let hardFit: GeneratorFit?
    /// For every generator but the strongest: whether resampling it can match one sample of the strongest.
    public let impossibility: [(label: String, test: ImpossibilityTest)]

    /// Generators that the paper's claim about a line needs.
    public static let generatorsForFit = 6

    public init(_ generators: [Generator], bootstrap: Bootstrap = .standard) {
        let sorted = generators.sorted {
            $0.analysis.statistics.singleSampleAccuracy.value > $1.analysis.statistics.singleSampleAccuracy.value
        }
        self.generators = sorted
        let tasks = sorted.map(\.analysis.tasks)
        fit = try? GeneratorFit(tasks, bootstrap: bootstrap)
        let hard = Self.tasksBelow(0.9, tasks)
        hardFit =
            hard.isEmpty
            ? nil : try? GeneratorFit(tasks.map { $0.filter { hard.contains($0.task) } }, bootstrap: bootstrap)
        impossibility = sorted.dropFirst().compactMap { weak in
            guard let strong = tasks.first else { return nil }
            let test = try? ImpossibilityTest(weak: weak.analysis.tasks, strong: strong, bootstrap: bootstrap)
            return test.map { (weak.label, $0) }
        }
    }

    /// Tasks whose conditional accuracy, averaged over the generators that have one, is below `limit`.
    private static func tasksBelow(_ limit: Double, _ generators: [[VerdictTally]]) -> Set<String> {
        var values: [String: [Double]] = [:]
        for task in generators.joined() {
            if let value = task.conditionalAccuracy { values[task.task, default: []].append(value) }
        }
        return Set(values.filter { $0.value.reduce(0, +) / Double($0.value.count) < limit }.keys)
    }

    public var findings: [ClaimFinding] {
        [line, steeper, impossible, fewTries, noTries, freeTries, lateStops, style, perfectVerifier, simulation]
    }
}

// MARK: - Over generators

extension ScalingClaims {
    private var line: ClaimFinding {
        let claim =
            "Weaker generators have more false positives among what passes: conditional accuracy rises with "
            + "single-sample accuracy over six or more generators (slope 0.1 to 0.4, R² at least 0.7)."
        guard let fit else {
            return finding("1", claim, .undecided, "a line needs three generators.")
        }
        let interval = fit.slopeInterval.bounds
        let determination = fit.fit.determination ?? 0
        let text =
            "slope \(number(fit.fit.slope))\(range(interval)), R² \(number(determination)), "
            + "\(fit.generators.count) generators."
        if let interval, interval.upper < 0 { return finding("1", claim, .notSeen, text) }
        guard fit.generators.count >= Self.generatorsForFit, let interval else {
            return finding("1", claim, .undecided, text)
        }
        let isRising = interval.lower > 0 && determination >= 0.7
        if isRising && (0.1...0.4).contains(fit.fit.slope) { return finding("1", claim, .seen, text) }
        // A rise of another slope is not what the paper found, nor its opposite.
        return finding("1", claim, interval.upper < 0.1 ? .notSeen : .undecided, text)
    }

    private var steeper: ClaimFinding {
        let claim = "The line is steeper over the tasks where false positives occur."
        guard let fit, let hardFit else { return finding("1b", claim, .undecided, "no such line.") }
        let text =
            "slope \(number(hardFit.fit.slope))\(range(hardFit.slopeInterval.bounds)) there, "
            + "\(number(fit.fit.slope)) over all."
        guard let bounds = hardFit.slopeInterval.bounds, fit.generators.count >= Self.generatorsForFit else {
            return finding("1b", claim, .undecided, text)
        }
        let verdict: ClaimFinding.Verdict =
            bounds.lower > fit.fit.slope ? .seen : bounds.upper < fit.fit.slope ? .notSeen : .undecided
        return finding("1b", claim, verdict, text)
    }

    private var impossible: ClaimFinding {
        let claim =
            "Some weak generator can never match one sample of the strongest, however often it is resampled, and "
            + "its curve stays below that line."
        guard let strongest = generators.first, !impossibility.isEmpty else {
            return finding("2", claim, .undecided, "it takes two generators with the same tasks.")
        }
        let single = strongest.analysis.statistics.singleSampleAccuracy.value
        let under = impossibility.filter { entry in
            guard entry.test.outcome == .impossible, let weak = generators.first(where: { $0.label == entry.label })
            else { return false }
            return (weak.analysis.accuracy.last?.estimate.value ?? 1) < single
        }
        let text =
            "\(strongest.label) is right in \(number(single)) of single samples; below it for good: "
            + (under.isEmpty
                ? "none"
                : under.map {
                    "\($0.label) (margin \(number($0.test.margin.value))\(range($0.test.margin.interval.bounds)))"
                }.joined(separator: ", ")) + "."
        if !under.isEmpty { return finding("2", claim, .seen, text) }
        return finding(
            "2", claim, impossibility.allSatisfy { $0.test.outcome == .possible } ? .notSeen : .undecided, text)
    }
}

// MARK: - Price

extension ScalingClaims {
    /// Weak and middling generators: all but the strongest, or the one there is.
    private var weaker: ArraySlice<Generator> { generators.count > 1 ? generators.dropFirst() : generators[...] }

    private func optimum(_ generator: Generator, at cost: Double) -> CostOptimum? {
        generator.analysis.optima.first { $0.cost == cost }
    }

    private var fewTries: ClaimFinding {
        let claim =
            "With a false positive four times as bad as a right answer is good, weak and middling generators should "
            + "try at most five times."
        let found = weaker.compactMap { generator in optimum(generator, at: 4).map { (generator, $0) } }
        let budget = generators.map(\.analysis.curve.budget).min() ?? 0
        guard !found.isEmpty, budget > 5 else {
            return finding("3", claim, .undecided, "budget \(budget); it takes more than five samples of each task.")
        }
        let text = found.map { "\($0.0.label) \($0.1.attempts)\(range($0.1.range))" }.joined(separator: ", ") + "."
        if found.contains(where: { ($0.1.range?.lowerBound ?? 0) > 5 }) { return finding("3", claim, .notSeen, text) }
        let isSeen = found.allSatisfy { ($0.1.range?.upperBound ?? .max) <= 5 }
        return finding("3", claim, isSeen ? .seen : .undecided, text)
    }

    private var noTries: ClaimFinding {
        let claim = "At a high cost weak generators should not try at all."
        let cost = generators.first?.analysis.options.costs.max() ?? 0
        let found = weaker.compactMap { generator in optimum(generator, at: cost).map { (generator, $0) } }
        guard cost > 4, !found.isEmpty else {
            return finding("3b", claim, .undecided, "no cost above 4 was asked for.")
        }
        let text =
            "at cost \(number(cost)): "
            + found.map { "\($0.0.label) \($0.1.attempts)\(range($0.1.range))" }.joined(separator: ", ") + "."
        if found.contains(where: { $0.1.range == 0...0 }) { return finding("3b", claim, .seen, text) }
        let isRefuted = found.allSatisfy { ($0.1.range?.lowerBound ?? 0) > 0 }
        return finding("3b", claim, isRefuted ? .notSeen : .undecided, text)
    }

    private var freeTries: ClaimFinding {
        let claim = "Where false positives cost nothing, the best number of tries is the whole budget."
        let found = generators.compactMap { generator in optimum(generator, at: 0).map { (generator, $0) } }
        guard !found.isEmpty else { return finding("3c", claim, .undecided, "cost 0 was not asked for.") }
        let accepting = found.filter { $0.0.analysis.statistics.ceiling.value > 0 }
        let missing = accepting.filter { !$0.1.isBestAtBudget }.map(\.0.label)
        let text =
            missing.isEmpty ? "holds for all (\(accepting.count))." : "not for \(missing.joined(separator: ", "))."
        return finding("3c", claim, accepting.isEmpty ? .undecided : missing.isEmpty ? .seen : .notSeen, text)
    }

    private var lateStops: ClaimFinding {
        let claim = "The later the search stops, the more often what it accepts is wrong."
        let found = generators.compactMap { generator in generator.analysis.lateLessEarly.map { (generator, $0) } }
        guard !found.isEmpty else { return finding("4", claim, .undecided, "no search stopped both early and late.") }
        let text =
            "from the fourth try on, less the first: "
            + found.map { "\($0.0.label) \(number($0.1.value))\(range($0.1.interval.bounds))" }.joined(separator: ", ")
            + "."
        let rising = found.count { ($0.1.lower ?? -1) > 0 }
        if rising * 2 > found.count { return finding("4", claim, .seen, text) }
        let isRefuted = found.allSatisfy { ($0.1.upper ?? 1) < 0 }
        return finding("4", claim, isRefuted ? .notSeen : .undecided, text)
    }
}

// MARK: - Style and controls

extension ScalingClaims {
    private var style: ClaimFinding {
        let claim = "False positives keep to the style that was asked for less often than right samples do."
        let cells = generators.flatMap { generator in generator.styles.map { (generator.label, $0) } }
        guard !cells.isEmpty else { return finding("5", claim, .undecided, "no style was measured.") }
        let lower = cells.count { $0.1.difference.value < 0 }
        let higher = cells.count { $0.1.difference.value > 0 }
        let sure = cells.count { ($0.1.difference.upper ?? 1) < 0 }
        let ties = cells.count - lower - higher
        let text =
            "lower in \(lower) of \(cells.count) cells, for sure in \(sure)"
            + (ties > 0 ? "; equal in \(ties), which say nothing." : ".")
        // A sign test over the cells that differ; they are not independent, so the bar is high.
        if Self.signTest(lower, of: lower + higher) < 0.01 { return finding("5", claim, .seen, text) }
        let isRefuted = Self.signTest(higher, of: lower + higher) < 0.01
        return finding("5", claim, isRefuted ? .notSeen : .undecided, text)
    }

    /// P(at least `hits` of `count`) at one half.
    private static func signTest(_ hits: Int, of count: Int) -> Double {
        func logFactorial(_ number: Int) -> Double {
            (1...max(number, 1)).reduce(0.0) { $0 + log(Double($1)) }
        }
        let all = logFactorial(count) - Double(count) * log(2.0)
        return (hits...max(hits, count)).reduce(0.0) { sum, k in
            sum + exp(all - logFactorial(k) - logFactorial(count - k))
        }
    }

    /// The samples again with the strong verifier in the place of the weak one.
    private var perfectVerifier: ClaimFinding {
        let claim =
            "Control: with a verifier that makes no errors conditional accuracy is 1 and no cost bounds the tries."
        let broken = generators.filter { generator in
            let tasks = generator.analysis.tasks.map(\.underPerfectVerifier)
            let canPass = tasks.contains { $0.accepted > 0 }
            let conditional = tasks.compactMap(\.conditionalAccuracy).allSatisfy { $0 == 1 }
            let isBounded = generator.analysis.options.costs.contains { cost in
                let optimum = try? GeometricReward(tasks, utility: Utility(falsePositive: cost)).optimum.attempts
                // Where every sample of a solvable task is right, one try earns all there is.
                return optimum != .unbounded && optimum != .attempts(1)
            }
            return canPass && (!conditional || isBounded)
        }
        let text =
            broken.isEmpty
            ? "holds for all (\(generators.count))." : "fails for \(broken.map(\.label).joined(separator: ", "))."
        return finding("6", claim, broken.isEmpty && !generators.isEmpty ? .seen : .notSeen, text)
    }

    private func finding(
        _ name: String, _ claim: String, _ verdict: ClaimFinding.Verdict, _ evidence: String
    ) -> ClaimFinding {
        ClaimFinding(number: name, claim: claim, verdict: verdict, evidence: evidence)
    }

    private func number(_ value: Double) -> String { String(format: "%.3f", value) }

    private func range(_ bounds: (lower: Double, upper: Double)?) -> String {
        bounds.map { " [\(number($0.lower)), \(number($0.upper))]" } ?? ""
    }

    private func range(_ bounds: ClosedRange<Int>?) -> String {
        bounds.map { " [\($0.lowerBound), \($0.upperBound)]" } ?? ""
    }
}

extension IntervalEstimate {
    /// The ends, where there are any.
    public var bounds: (lower: Double, upper: Double)? {
        guard case .bounds(let lower, let upper) = self else { return nil }
        return (lower, upper)
    }
}
