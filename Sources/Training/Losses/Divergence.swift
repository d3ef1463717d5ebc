internal import Foundation

/// How far a student's distribution is from its teacher's.
public enum Divergence: Codable, Hashable, Sendable {
    /// KL(teacher || student): covers all that the teacher may say (Hinton et al. 2015).
    case forward
    /// KL(student || teacher): keeps to what the teacher is sure of (Gu et al. 2024).
    case reverse
    /// `share * KL(teacher || mix) + (1 - share) * KL(student || mix)`, `mix = share * teacher + (1 - share) * student`
    /// (Agarwal et al. 2024, equation 1).
    case jensenShannon(share: Double)

    /// The divergence of one outcome, and `slope`: the student's probability of it times the derivative with respect to
    /// that probability, up to a constant derivative that is the same for all outcomes.
    ///
    /// The product stays finite where probabilities are too small for a double; the derivative alone does not.
    ///
    /// - Parameters:
    ///   - logP: of the student
    ///   - logQ: of the teacher
    func term(logP: Double, logQ: Double) -> (value: Double, slope: Double) {
        let p = exp(logP)
        let q = exp(logQ)
        switch self {
        case .forward:
            return (q > 0 ? q * (logQ - logP) : 0, -q)
        case .reverse:
            let value = p > 0 ? p * (logP - logQ) : 0
            return (value, value)
        case .jensenShannon(let share):
            let logMix = Self.logSum(log(share) + logQ, log(1 - share) + logP)
            let teacher = q > 0 ? share * q * (logQ - logMix) : 0
            let student = p > 0 ? (1 - share) * p * (logP - logMix) : 0
            return (teacher + student, student)
        }
    }

    /// `log(exp(a) + exp(b))`.
    private static func logSum(_ a: Double, _ b: Double) -> Double { max(a, b) + log1p(exp(-abs(a - b))) }
}
