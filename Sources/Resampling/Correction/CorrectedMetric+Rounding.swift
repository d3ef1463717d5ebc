/// How far a corrected figure can be trusted to the digit.
///
/// The two weights of a sample have opposite signs. Their products grow with k, while the figure stays near 0...1:
/// above some k the sum keeps no digit that is true.
extension CorrectedMetric {
    /// The most that rounding may add to a corrected figure.
    static let largestRounding = 1e-6

    /// A bound on the rounding error of the estimate at k, for any counts; infinite for rates that correct nothing.
    ///
    /// An estimate is a mean of products of k factors. Each factor has a relative error of about 2^-52 / J, which comes
    /// from J = Se + Sp - 1, and no product is larger than ``growth(_:)`` to the power of k.
    func rounding(k: Int, errors: VerifierErrors) -> Double {
        guard errors.youden > 0 else { return .infinity }
        return 0x1p-52 * Double(k) / errors.youden * power(growth(errors), k)
    }

    /// The largest k whose rounding is small enough; 0 for rates that correct nothing.
    func largestK(errors: VerifierErrors) -> Int {
        let refused = (1...CorrectedCurve.maximumK).first { rounding(k: $0, errors: errors) > Self.largestRounding }
        return (refused ?? CorrectedCurve.maximumK + 1) - 1
    }

    private func growth(_ errors: VerifierErrors) -> Double {
        let sensitivity = errors.sensitivity
        switch self {
        // The larger of the two weights of "wrong".
        case .passAtK: return max(sensitivity, 1 - sensitivity) / errors.youden
        // |w| + |1 - w|, the larger of the two: right and wrong samples are both counted.
        case .majority: return (1 + abs(sensitivity - errors.specificity)) / errors.youden
        // Weights are not multiplied with each other.
        case .bestOfK: return 1
        }
    }
}
