/// How a guard's score is made.
public enum GuardMethod: String, Codable, CaseIterable, Hashable, Sendable {
    /// Mean over all layers of the difference of cosines to the two centroids at t_inst, threshold 0 (Zhao et al. 2025,
    /// section 5).
    case paper
    /// The same after the midpoint of the two centroids was taken away, so that what all prompts share does not count.
    case centred
    /// ``centred`` with a weight for each layer, found by logistic regression on the layers' scores.
    case weighted
    /// Fisher's discriminant at each reading, averaged in units of its standard deviation.
    case whitened
    /// Logistic regression at the one reading that separates best.
    case probe
    /// The mean of a logistic regression at each reading, each in units of its standard deviation.
    case ensemble
    /// One logistic regression on all readings together.
    case joint
    /// Ridge regression at one reading before the reply, which foretells the log-odds of a refusal that the whole model
    /// arrives at: for a model that refuses. Labels choose the reading, the penalty and the threshold, not the direction.
    case distilled

    /// Whether the score is read at all layers of t_inst, rather than at the chosen readings.
    var readsAllLayers: Bool {
        switch self {
        case .paper, .centred, .weighted: true
        case .whitened, .probe, .ensemble, .joint, .distilled: false
        }
    }

    /// Whether a penalty must be chosen.
    var hasPenalty: Bool {
        switch self {
        case .paper, .centred, .whitened: false
        case .weighted, .probe, .ensemble, .joint, .distilled: true
        }
    }
}
