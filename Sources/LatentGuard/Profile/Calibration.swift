internal import Foundation

/// From scores to probabilities.
public enum Calibration: Codable, Hashable, Sendable {
    /// `1 / (1 + exp(-(slope * score + intercept)))` (Platt 1999).
    case platt(slope: Double, intercept: Double)
    /// Linear between knots of rising score and probability, flat beyond them.
    case isotonic(scores: [Double], probabilities: [Double])

    public func probability(_ score: Double) -> Double {
        switch self {
        case .platt(let slope, let intercept):
            let x = slope * score + intercept
            return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
        case .isotonic(let scores, let probabilities):
            guard let upper = scores.firstIndex(where: { $0 > score }) else { return probabilities.last ?? 0.5 }
            guard upper > 0 else { return probabilities[0] }
            let part = (score - scores[upper - 1]) / (scores[upper] - scores[upper - 1])
            return probabilities[upper - 1] + part * (probabilities[upper] - probabilities[upper - 1])
        }
    }

    var isValid: Bool {
        switch self {
        case .platt(let slope, let intercept): slope.isFinite && intercept.isFinite && slope >= 0
        case .isotonic(let scores, let probabilities):
            !scores.isEmpty && scores.count == probabilities.count && scores.count <= 1 << 16
                && scores.allSatisfy(\.isFinite) && probabilities.allSatisfy { (0...1).contains($0) }
                && zip(scores, scores.dropFirst()).allSatisfy { $0 < $1 }
                && zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 }
        }
    }
}
