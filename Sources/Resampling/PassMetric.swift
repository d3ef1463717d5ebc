/// What is asked of k samples of a task.
public enum PassMetric: String, Codable, Hashable, Sendable, CaseIterable {
    /// At least one of k is right.
    case passAtK = "pass@k"
    /// All k are right.
    case passHatK = "pass^k"

    /// The name at one k: `pass@8`, `pass^8`.
    public func name(at k: Int) -> String {
        rawValue.dropLast() + String(k)
    }

    /// The unbiased estimate from `correct` right samples out of `samples`, in 0...1.
    ///
    /// With n samples, c of them right, a random choice of k holds no right one with probability
    /// C(n-c, k) / C(n, k) = prod (1 - k/i) for i in n-c+1 ... n, and only right ones with C(c, k) / C(n, k)
    /// (Chen et al., 2021, "Evaluating Large Language Models Trained on Code"; Yao et al., 2024, "tau-bench").
    ///
    /// Cost: min(c, k) steps for pass@k, min(n - c, k) for pass^k.
    ///
    /// - Throws: ``ResamplingError/notEnoughSamples(k:short:count:)`` when k is above n.
    public func estimate(samples: Int, correct: Int, k: Int) throws(ResamplingError) -> Double {
        let total = TaskTotal(task: "", scored: samples, correct: correct)
        try total.validate()
        guard k >= 1 else { throw .invalidK(k) }
        guard k <= samples else { throw .notEnoughSamples(k: k, short: [total], count: 1) }
        return checkedEstimate(samples: samples, correct: correct, k: k)
    }

    /// ``estimate(samples:correct:k:)`` of counts that are known to be in range.
    func checkedEstimate(samples: Int, correct: Int, k: Int) -> Double {
        switch self {
        case .passAtK: hitProbability(samples: samples, correct: correct, k: k)
        case .passHatK: allProbability(samples: samples, correct: correct, k: k)
        }
    }
}

/// Probability that k of n samples, drawn without return, hold at least one of the c right ones.
private func hitProbability(samples: Int, correct: Int, k: Int) -> Double {
    guard samples - correct >= k else { return 1 }
    // The product is symmetric in c and k: walk along the shorter side.
    let steps = min(correct, k)
    let width = Double(max(correct, k))
    var hit = 0.0
    for step in 0..<steps {
        // Adding up the hits, not multiplying the misses, keeps every digit of a small probability.
        hit += (1 - hit) * (width / Double(samples - step))
    }
    return min(hit, 1)
}

/// Probability that k of n samples, drawn without return, are all among the c right ones.
private func allProbability(samples: Int, correct: Int, k: Int) -> Double {
    guard correct >= k else { return 0 }
    let wrong = samples - correct
    let steps = min(wrong, k)
    let width = Double(max(wrong, k))
    var all = 1.0
    for step in 0..<steps {
        all *= 1 - width / Double(samples - step)
    }
    return all
}
