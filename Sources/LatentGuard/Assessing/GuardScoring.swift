internal import Steering

/// From what was read to a verdict. Arithmetic only.
struct GuardScoring: Sendable {
    let profile: GuardProfile

    init(_ profile: GuardProfile) { self.profile = profile }

    /// - Parameter values: [readings][width]
    /// - Throws: ``GuardError/scoreNotFinite``: a score that is no number must not pass for a low one.
    func verdict(_ values: [[Float]], milliseconds: Double) throws(GuardError) -> Verdict {
        let raw = profile.harmful.score(values)
        let score = raw - profile.threshold
        let novelty = profile.novelty.distance(values) / profile.novelty.limit
        guard score.isFinite, novelty.isFinite else { throw .scoreNotFinite }
        let categories = profile.categories.map { ($0.name, $0.calibration.probability($0.head.score(values))) }
        let isHarmful = score >= 0
        return Verdict(
            decision: novelty > 1 ? .unsure : isHarmful ? .harmful : .harmless,
            harmful: isHarmful,
            score: score,
            probability: profile.calibration.probability(raw),
            refusal: profile.refusal?.score(values),
            categories: Dictionary(categories) { first, _ in first },
            novelty: novelty,
            milliseconds: milliseconds)
    }
}
