internal import Steering

/// Fits probabilities to scores of prompts held out.
public enum CalibrationFit {
    /// Platt's sigmoid with his smoothed targets, each side counting as much as the other.
    public static func platt(harmful: [Double], harmless: [Double]) -> Calibration {
        let (m, n) = (Double(harmful.count), Double(harmless.count))
        let (high, low) = ((m + 1) / (m + 2), 1 / (n + 2))
        let scale = max((harmful + harmless).map(abs).max() ?? 1, 1e-12)
        var (slope, intercept) = (1.0, 0.0)
        for _ in 0..<100 {
            var (g, h) = ((0.0, 0.0), (1e-10, 0.0, 1e-10))
            for (scores, target, weight) in [(harmful, high, 0.5 / m), (harmless, low, 0.5 / n)] {
                for score in scores {
                    let x = score / scale
                    let p = LogisticRegression.sigmoid(slope * x + intercept)
                    g.0 += weight * (p - target) * x
                    g.1 += weight * (p - target)
                    let curvature = weight * p * (1 - p)
                    h.0 += curvature * x * x
                    h.1 += curvature * x
                    h.2 += curvature
                }
            }
            let determinant = h.0 * h.2 - h.1 * h.1
            guard determinant > 0 else { break }
            let step = ((h.2 * g.0 - h.1 * g.1) / determinant, (h.0 * g.1 - h.1 * g.0) / determinant)
            let length = min(1, 10 / max(abs(step.0), abs(step.1), 1e-300))
            slope -= length * step.0
            intercept -= length * step.1
            if abs(step.0) + abs(step.1) < 1e-12 { break }
        }
        return .platt(slope: max(slope / scale, 0), intercept: intercept)
    }

    /// The rising steps of least squares (pool adjacent violators: Ayer et al. 1955), each side counting as much as the
    /// other, with a knot at the middle of each step.
    public static func isotonic(harmful: [Double], harmless: [Double]) -> Calibration {
        let points =
            harmful.map { ($0, 1.0, 0.5 / Double(harmful.count)) }
            + harmless.map { ($0, 0.0, 0.5 / Double(harmless.count)) }
        var steps: [(score: Double, value: Double, weight: Double)] = []
        for point in points.sorted(by: { $0.0 < $1.0 }) {
            var new = (score: point.0, value: point.1, weight: point.2)
            while let last = steps.last, last.value >= new.value || last.score == new.score {
                let weight = last.weight + new.weight
                new.value = (last.value * last.weight + new.value * new.weight) / weight
                new.score = (last.score * last.weight + new.score * new.weight) / weight
                new.weight = weight
                steps.removeLast()
            }
            steps.append(new)
        }
        return .isotonic(scores: steps.map(\.score), probabilities: steps.map { min(1, max(0, $0.value)) })
    }
}
