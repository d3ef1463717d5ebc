internal import Foundation
internal import TextFormats
internal import Training

/// A run of training in a few lines, with curves of block characters.
struct TrainingReport {
    let record: TrainingRunRecord
    let steps: [StepMetrics]
    let evaluations: [HeldOutMetrics]

    init(_ record: TrainingRunRecord, _ steps: [StepMetrics], _ evaluations: [HeldOutMetrics]) {
        self.record = record
        self.steps = steps
        self.evaluations = evaluations
    }

    var text: String {
        var lines = [
            visible("\(record.kind) of \(record.model), run \(record.id.prefix(8)), \(record.status.rawValue)")
        ]
        if let reason = record.reason { lines.append(visible("reason    \(reason)")) }
        guard let first = steps.first, let last = steps.last else {
            return (lines + ["no step was recorded"]).joined(separator: "\n") + "\n"
        }
        let tokens = steps.reduce(0) { $0 + Double($1.tokens) }
        let seconds = steps.reduce(0) { $0 + $1.seconds }
        lines.append(
            String(
                format: "%d steps, %.0f tokens, %.0f s, %.0f tokens/s", steps.count, tokens, seconds,
                tokens / max(seconds, 1e-9)))
        lines.append(curve("loss", first.loss, last.loss, steps.map(\.loss)))
        lines.append(curve("gradient", first.gradientNorm, last.gradientNorm, steps.map(\.gradientNorm)))
        lines.append(curve("rate", first.learningRate, last.learningRate, steps.map(\.learningRate)))
        let accuracies = steps.compactMap(\.accuracy)
        if let begin = accuracies.first, let end = accuracies.last {
            lines.append(curve("accuracy", begin, end, accuracies))
        }
        return (lines + heldOut).joined(separator: "\n") + "\n"
    }

    /// What the held-out examples have said, and after which step last.
    private var heldOut: [String] {
        guard let last = evaluations.last else { return [] }
        let title = "held out, \(evaluations.count) times, last after step \(last.step)"
        let quantities: [(String, [Double])] = [
            ("loss", evaluations.map(\.loss)), ("accuracy", evaluations.compactMap(\.accuracy)),
            ("margin", evaluations.compactMap(\.margin)),
        ]
        return [title]
            + quantities.compactMap { name, values in
                guard let begin = values.first, let end = values.last else { return nil }
                return curve("  \(name)", begin, end, values)
            }
    }

    /// Means of equal stretches of steps, each as a bar between the smallest and the largest; the lowest bar where the
    /// distance between them is too large for a number.
    private func curve(_ name: String, _ first: Double, _ last: Double, _ values: [Double]) -> String {
        let columns = min(60, values.count)
        let means = (0..<columns).map { column in
            let part = values[(column * values.count / columns)..<((column + 1) * values.count / columns)]
            return part.reduce(0, +) / Double(part.count)
        }
        let low = means.min() ?? 0
        let span = max((means.max() ?? 0) - low, 1e-300)
        let bars = Array("▁▂▃▄▅▆▇█")
        let drawn = means.map { mean in
            let height = (mean - low) / span * 8
            return bars[height.isFinite ? Int(min(max(height, 0), 7)) : 0]
        }
        let label = name.padding(toLength: max(9, name.count), withPad: " ", startingAt: 0)
        return String(format: "%@ %.5g → %.5g  ", label, first, last) + String(drawn)
    }
}
