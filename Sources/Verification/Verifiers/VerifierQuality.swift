internal import Foundation
internal import Statistics

/// How often a verifier is wrong, measured against a stronger one.
public struct VerifierQuality: Codable, Hashable, Sendable {
    /// Both pass.
    public var truePositives: Int
    /// Only the weaker one passes.
    public var falsePositives: Int
    /// Both fail.
    public var trueNegatives: Int
    /// Only the stronger one passes.
    public var falseNegatives: Int
    /// At least one of the two did not judge; in none of the rates.
    public var unscored: Int

    public init(
        truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int, unscored: Int = 0
    ) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.trueNegatives = trueNegatives
        self.falseNegatives = falseNegatives
        self.unscored = unscored
    }

    /// Counts pairs of verdicts on the same samples.
    public init(_ pairs: some Sequence<(weak: Verdict, strong: Verdict)>) {
        self.init(truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0)
        for pair in pairs {
            switch (pair.weak.passed, pair.strong.passed) {
            case (true, true): truePositives += 1
            case (true, false): falsePositives += 1
            case (false, false): trueNegatives += 1
            case (false, true): falseNegatives += 1
            default: unscored += 1
            }
        }
    }

    /// The share of right samples that pass; nil without any.
    public var sensitivity: MeasuredRate? {
        MeasuredRate(count: truePositives, of: truePositives + falseNegatives)
    }

    /// The share of wrong samples that fail; nil without any.
    public var specificity: MeasuredRate? {
        MeasuredRate(count: trueNegatives, of: trueNegatives + falsePositives)
    }

    /// The share of passed samples that are right (the paper's conditional accuracy); nil without any.
    public var precision: MeasuredRate? {
        MeasuredRate(count: truePositives, of: truePositives + falsePositives)
    }

    /// Whether it tells right from wrong at all: sensitivity + specificity above 1. Nil where one is unknown.
    public var isBetterThanChance: Bool? {
        guard let sensitivity, let specificity else { return nil }
        return sensitivity.value + specificity.value > 1
    }
}

/// A share with both of the usual 95% intervals. Samples count as independent; where several come from one prompt, resample
/// prompts instead.
public struct MeasuredRate: Codable, Hashable, Sendable {
    public var count: Int
    public var total: Int

    /// Nil where nothing was counted.
    public init?(count: Int, of total: Int) {
        guard total > 0, (0...total).contains(count) else { return nil }
        self.count = count
        self.total = total
    }

    public var value: Double { Double(count) / Double(total) }

    /// Wilson's score interval (1927): close to 95% on average.
    public var wilson: ClosedRange<Double> { WilsonInterval.bounds(count, of: total) }

    /// Clopper and Pearson's interval (1934): never less than 95%.
    public var clopperPearson: ClosedRange<Double> {
        let lower = count == 0 ? 0 : Self.root { Binomial.upperTail(count, of: total, probability: $0) - 0.025 }
        let upper =
            count == total ? 1 : Self.root { 0.025 - Binomial.upperTail(total - count, of: total, probability: 1 - $0) }
        return lower...max(lower, upper)
    }

    /// Where an increasing function crosses zero, by bisection to the last bit.
    private static func root(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// Tails of the binomial distribution.
enum Binomial {
    /// P(X >= count), summed from its largest term outwards.
    static func upperTail(_ count: Int, of total: Int, probability p: Double) -> Double {
        guard count > 0 else { return 1 }
        guard p > 0 else { return 0 }
        guard p < 1 else { return 1 }
        // Start at the mode within the tail, where the term is largest, and scale by it at the end.
        let mode = min(total, max(count, Int(Double(total + 1) * p)))
        let ratio = p / (1 - p)
        var sum = 1.0
        var term = 1.0
        for k in stride(from: mode, to: total, by: 1) {
            term *= Double(total - k) / Double(k + 1) * ratio
            sum += term
            if term < sum * 1e-18 { break }
        }
        term = 1
        for k in stride(from: mode, to: count, by: -1) {
            term *= Double(k) / (Double(total - k + 1) * ratio)
            sum += term
            if term < sum * 1e-18 { break }
        }
        return min(1, sum * mass(mode, of: total, probability: p))
    }

    private static func mass(_ k: Int, of total: Int, probability p: Double) -> Double {
        let (n, k) = (Double(total), Double(k))
        let ways: Double = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        let chance: Double = k * log(p) + (n - k) * log1p(-p)
        return exp(ways + chance)
    }
}
