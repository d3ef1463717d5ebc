internal import Foundation

/// One line on standard error that says how far long work has come, how fast it goes, and how long it will take.
///
/// On a terminal the line is drawn again in place; elsewhere a new one is written every ten seconds.
struct ProgressLine {
    private let label: String
    private let total: Int
    private let unit: String
    private let start = DispatchTime.now()
    private var initial: Int
    private var lastDrawn: DispatchTime?
    private var drewInPlace = false

    /// - Parameter done: units finished before this work began; they do not count for the rate.
    init(_ label: String, total: Int, unit: String, done: Int = 0) {
        self.label = label
        self.total = total
        self.unit = unit
        initial = done
    }

    /// Draws the line, but not more often than somebody can read it.
    mutating func update(_ done: Int, note: String = "") {
        let now = DispatchTime.now()
        let pause = StandardError.isTerminal ? 0.1 : 10
        if let last = lastDrawn, seconds(last, now) < pause, done < total { return }
        if lastDrawn == nil && !StandardError.isTerminal {
            lastDrawn = now
            return
        }
        lastDrawn = now
        draw(line(done, elapsed: seconds(start, now), note: note))
    }

    /// Leaves the last state standing.
    mutating func finish() {
        if drewInPlace { StandardError.write("\n") }
        drewInPlace = false
    }

    private mutating func draw(_ text: String) {
        if StandardError.isTerminal {
            StandardError.write("\r\u{1B}[K" + text)
            drewInPlace = true
        } else {
            StandardError.write(text + "\n")
        }
    }

    private func line(_ done: Int, elapsed: Double, note: String) -> String {
        let fraction = total > 0 ? Double(done) / Double(total) : 1
        let filled = Int(fraction * 20)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        var text = "\(label) \(bar) \(Int(fraction * 100))% \(done)/\(total) \(unit)"
        let rate = Double(done - initial) / max(elapsed, 1e-9)
        if done > initial {
            text += String(format: "  %.1f/s", rate)
            if done < total { text += "  \(Self.duration(Double(total - done) / rate)) left" }
        }
        return note.isEmpty ? text : text + "  " + note
    }

    private func seconds(_ from: DispatchTime, _ to: DispatchTime) -> Double {
        Double(to.uptimeNanoseconds - from.uptimeNanoseconds) / 1e9
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        if hours > 0 { return String(format: "%d:%02d:%02d", hours, minutes, rest) }
        return String(format: "%d:%02d", minutes, rest)
    }
}
