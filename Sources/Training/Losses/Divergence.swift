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

    /// The divergence of one outcome, and its derivative with respect to the student's probability of it, up to a
    /// constant that is the same for all outcomes.
    ///
    /// - Parameters:
    ///   - logP: of the student
    ///   - logQ: of the teacher
    func term(logP: Double, logQ: Double) -> (value: Double, derivative: Double) {
        let p = exp(logP)
        let q = exp(logQ)
        switch self {
        case .forward:
            return (q > 0 ? q * (logQ - logP) : 0, p > 0 ? -q / p : 0)
        case .reverse:
            return (p > 0 ? p * (logP - logQ) : 0, logP - logQ)
        case .jensenShannon(let share):
            let logMix = log(share * q + (1 - share) * p)
            let teacher = q > 0 ? share * q * (logQ - logMix) : 0
            let student = p > 0 ? (1 - share) * p * (logP - logMix) : 0
            return (teacher + student, (1 - share) * (logP - logMix))
        }
    }
}
