/// What a verifier says about one sample.
public enum Verdict: Codable, Hashable, Sendable {
    case pass
    case fail
    /// No judgement: a timeout, too much memory, a harness error, an answer that cannot be read. Never counted as a fail.
    case unscored(reason: String)

    /// Whether the verifier passed it; nil where it did not judge.
    public var passed: Bool? {
        switch self {
        case .pass: true
        case .fail: false
        case .unscored: nil
        }
    }

    public init(_ passed: Bool) {
        self = passed ? .pass : .fail
    }
}

extension Outcome {
    /// The outcome as a verdict: only a full score passes.
    public var verdict: Verdict {
        switch self {
        case .scored(let value): Verdict(value >= 1)
        case .unscored(let reason): .unscored(reason: reason)
        }
    }

    public init(_ verdict: Verdict) {
        switch verdict {
        case .pass: self = .scored(1)
        case .fail: self = .scored(0)
        case .unscored(let reason): self = .unscored(reason: reason)
        }
    }
}
