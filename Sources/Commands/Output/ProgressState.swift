internal import Foundation

/// How far long work has come, and what follows from that: the text of a progress line.
struct ProgressState: Hashable {
    var total: Int
    /// Units finished before this work began; they do not count for the rate.
    var initial = 0
    /// Units finished, those before this work included.
    var done = 0
    /// How much of the units under way is done, in units.
    var underWay = 0.0
    /// Whether `underWay` is enough to tell from how long the rest takes; units finished always are.
    var canEstimate = false
    /// Tokens decoded by this work; nil where they are not shown.
    var tokens: Int?

    /// Units finished and the parts of those under way; never more than there are.
    var reached: Double { min(Double(done) + max(0, underWay), Double(max(done, total))) }

    /// Nil as long as there is nothing to tell it from, and where nothing is left.
    ///
    /// - Parameter elapsed: seconds of this work.
    func secondsLeft(elapsed: Double) -> Double? {
        let made = reached - Double(initial)
        guard done > initial || canEstimate, made > 0, done < total else { return nil }
        return elapsed * (Double(total) - reached) / made
    }

    /// `label ████░░░░ 20% 3/15 units  1.5/s  0:08 left  40 tokens, 20.0 tokens/s  note`.
    func text(_ label: String, unit: String, elapsed: Double, note: String = "") -> String {
        let fraction = total > 0 ? min(1, reached / Double(total)) : 1
        let filled = Int(fraction * 20)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        var parts = ["\(label) \(bar) \(Int(fraction * 100))% \(done)/\(total) \(unit)"]
        if done > initial { parts.append(String(format: "%.1f/s", Double(done - initial) / max(elapsed, 1e-9))) }
        if let seconds = secondsLeft(elapsed: elapsed) { parts.append("\(Self.duration(seconds)) left") }
        if let tokens {
            parts.append("\(tokens) tokens" + String(format: ", %.1f tokens/s", Double(tokens) / max(elapsed, 1e-9)))
        }
        return (note.isEmpty ? parts : parts + [note]).joined(separator: "  ")
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        if hours > 0 { return String(format: "%d:%02d:%02d", hours, minutes, rest) }
        return String(format: "%d:%02d", minutes, rest)
    }
}
