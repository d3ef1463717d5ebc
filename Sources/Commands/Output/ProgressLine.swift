internal import Foundation

/// One line on standard error that says how far long work has come, how fast it goes, and how long it will take.
///
/// On a terminal the line is drawn again in place; elsewhere a new one is written every ten seconds.
struct ProgressLine {
    private let label: String
    private let unit: String
    private let start = DispatchTime.now()
    private var state: ProgressState
    private var lastDrawn: DispatchTime?
    private var drewInPlace = false

    /// - Parameter done: units finished before this work began; they do not count for the rate.
    init(_ label: String, total: Int, unit: String, done: Int = 0) {
        self.label = label
        self.unit = unit
        state = ProgressState(total: total, initial: done, done: done)
    }

    /// Draws the line before the first unit has finished; where no terminal is, the ten seconds begin.
    mutating func begin() {
        lastDrawn = DispatchTime.now()
        if StandardError.isTerminal { draw(state.text(label, unit: unit, elapsed: 0)) }
    }

    /// Draws the line, but not more often than somebody can read it.
    mutating func update(_ done: Int, note: @autoclosure () -> String = "") {
        state.done = done
        update(note: note())
    }

    /// - Parameters:
    ///   - underWay: how much of the units under way is done, in units
    ///   - canEstimate: whether that is enough to tell from how long the rest takes
    ///   - tokens: decoded so far; nil where they are not shown
    mutating func update(
        _ done: Int, underWay: Double, canEstimate: Bool, tokens: Int? = nil, note: @autoclosure () -> String = ""
    ) {
        (state.done, state.underWay, state.canEstimate, state.tokens) = (done, underWay, canEstimate, tokens)
        update(note: note())
    }

    private mutating func update(note: @autoclosure () -> String) {
        let now = DispatchTime.now()
        let pause = StandardError.isTerminal ? 0.1 : 10
        if let last = lastDrawn, seconds(last, now) < pause, state.done < state.total { return }
        if lastDrawn == nil && !StandardError.isTerminal {
            lastDrawn = now
            return
        }
        lastDrawn = now
        draw(state.text(label, unit: unit, elapsed: seconds(start, now), note: note()))
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

    private func seconds(_ from: DispatchTime, _ to: DispatchTime) -> Double {
        Double(to.uptimeNanoseconds - from.uptimeNanoseconds) / 1e9
    }
}
