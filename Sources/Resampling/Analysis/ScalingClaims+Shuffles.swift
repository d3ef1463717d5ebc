internal import Foundation

/// How far shuffles may lie from the exact curves by chance alone.
///
/// Each point is the mean over `orders` independent orders of whether the search has stopped there, so that it is off by
/// t or more with a chance of at most 2 exp(-2 orders t^2) (Hoeffding, 1963). Over all points together the chance is at
/// most ``level``.
struct ShuffleTolerance {
    /// Points that are looked at, over all curves.
    var points: Int

    /// Chance that correct code exceeds the tolerance anywhere.
    static let level = 0.01

    /// - Parameter orders: tasks times shuffles.
    func callAsFunction(orders: Double) -> Double {
        guard points > 0, orders > 0 else { return .infinity }
        return (log(2 * Double(points) / Self.level) / (2 * orders)).squareRoot()
    }
}

extension ScalingClaims {
    /// Up to this tolerance the control says something; it is the one published.
    private static let largestTolerance = 0.01

    var simulation: ClaimFinding {
        let claim =
            "Control: shuffling gives the curves of the exact formula, within the error of the shuffles and that within "
            + "0.01."
        // Two curves each, and every K.
        let tolerance = ShuffleTolerance(points: generators.reduce(0) { $0 + 2 * $1.analysis.curve.budget })
        let found = generators.map { generator in
            let orders = Double(generator.analysis.tasks.count) * Double(generator.analysis.options.shuffles)
            return (deviation: generator.analysis.shuffleDeviation, allowed: tolerance(orders: orders))
        }
        guard let worst = found.max(by: { $0.deviation / $0.allowed < $1.deviation / $1.allowed }) else {
            return ClaimFinding(number: "6b", claim: claim, verdict: .undecided, evidence: "no generator.")
        }
        let isExceeded = worst.deviation > worst.allowed
        let isSharp = found.allSatisfy { $0.allowed <= Self.largestTolerance }
        let shuffles = generators.first?.analysis.options.shuffles ?? 0
        return ClaimFinding(
            number: "6b", claim: claim, verdict: isExceeded ? .notSeen : isSharp ? .seen : .undecided,
            evidence: String(
                format: "difference %.5f, by chance up to %.5f, over %ld shuffles of each task.", worst.deviation,
                worst.allowed, shuffles))
    }
}
