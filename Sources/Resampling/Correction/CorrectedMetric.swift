/// What is asked of k samples, where the only verdicts are those of a verifier with known errors.
public enum CorrectedMetric: String, Codable, Hashable, Sendable, CaseIterable {
    /// At least one of k samples is right.
    case passAtK = "pass@k"
    /// The sample that the verifier accepts first, of at most k, is right; where it accepts none, a wrong answer.
    case bestOfK = "best-of-k"
    /// More than half of k samples are right; half of them counts one half. A vote of answers wins at least this often.
    case majority = "majority@k"

    /// An unbiased estimate from `accepted` of `samples`, if every sample of the task is accepted with sensitivity Se
    /// where it is right and 1 - Sp where it is wrong.
    ///
    /// A sample stands for "right" with weight w = (1{accepted} - (1 - Sp)) / (Se + Sp - 1), whose expectation is its
    /// chance of being right (Rogan and Gladen, 1978, sample by sample), and for "wrong" with weight 1 - w. Products
    /// over different samples multiply expectations, so that the mean of a product over all k-subsets is unbiased for
    /// the power. It may leave 0...1: only means over many tasks are meant to be read. With Se = Sp = 1 it is the
    /// ordinary estimator.
    func estimate(samples: Int, accepted: Int, k: Int, errors: VerifierErrors) -> Double {
        Self.product(profile(samples: samples, accepted: accepted, k: k), values(k: k, errors: errors))
    }

    static func product(_ profile: [Double], _ values: [Double]) -> Double {
        var sum = 0.0
        for index in profile.indices { sum += profile[index] * values[index] }
        return sum
    }

    /// What the samples bring to an estimate: it is the product of this with ``values(k:errors:)``.
    func profile(samples: Int, accepted: Int, k: Int) -> [Double] {
        switch self {
        case .passAtK: return [1] + SubsetCounts(samples: samples, accepted: accepted, k: k).shares
        case .majority: return SubsetCounts(samples: samples, accepted: accepted, k: k).shares
        case .bestOfK:
            let kind = AttemptKind(
                VerdictTally(
                    task: "", truePositives: accepted, falsePositives: 0, trueNegatives: samples - accepted))
            let survival = kind.survival(through: k)
            return [1 - survival[k], survival.prefix(k).reduce(0, +)]
        }
    }

    /// What the error rates bring.
    func values(k: Int, errors: VerifierErrors) -> [Double] {
        let youden = errors.youden
        let rejected = errors.sensitivity / youden
        let accepted = -(1 - errors.sensitivity) / youden
        switch self {
        case .passAtK: return [1] + (0...k).map { -power(accepted, $0) * power(rejected, k - $0) }
        case .majority: return (0...k).map { Self.majority(accepted: $0, of: k, wrong: (accepted, rejected)) }
        case .bestOfK:
            // Se p (1 + (1-q) + … + (1-q)^(k-1)) with p = (q + Sp - 1) / J, from unbiased powers of 1 - q.
            return [rejected, -rejected * (1 - errors.specificity)]
        }
    }

    /// The signed weight of "more than half of k are right", where `accepted` of the k were accepted.
    private static func majority(accepted: Int, of k: Int, wrong: (accepted: Double, rejected: Double)) -> Double {
        // Coefficients of prod (w_i + (1 - w_i) y): entry j stands for j wrong samples.
        var coefficients = [1.0]
        for index in 0..<k {
            let weight = index < accepted ? wrong.accepted : wrong.rejected
            var next = Array(repeating: 0.0, count: coefficients.count + 1)
            for (count, value) in coefficients.enumerated() {
                next[count] += value * (1 - weight)
                next[count + 1] += value * weight
            }
            coefficients = next
        }
        return coefficients.enumerated().reduce(0) { sum, entry in
            sum + (2 * entry.offset < k ? entry.element : 2 * entry.offset == k ? entry.element / 2 : 0)
        }
    }
}

/// How many accepted samples a random subset of k of n holds, c of the n being accepted: hypergeometric.
private struct SubsetCounts {
    let samples: Int
    let accepted: Int
    let k: Int

    /// The chance of 0...k accepted samples.
    var shares: [Double] {
        var shares = Array(repeating: 0.0, count: k + 1)
        let low = max(0, k - (samples - accepted))
        let high = min(k, accepted)
        // Ratios from the mode outwards keep every weight below 1.
        let mode = min(max((k + 1) * (accepted + 1) / (samples + 2), low), high)
        shares[mode] = 1
        for hits in stride(from: mode, to: high, by: 1) { shares[hits + 1] = shares[hits] * ratio(hits) }
        for hits in stride(from: mode, to: low, by: -1) { shares[hits - 1] = shares[hits] / ratio(hits - 1) }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
    }

    /// P(hits + 1) / P(hits).
    private func ratio(_ hits: Int) -> Double {
        Double(accepted - hits) * Double(k - hits)
            / (Double(hits + 1) * Double(samples - accepted - k + hits + 1))
    }
}
