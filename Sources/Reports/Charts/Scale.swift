internal import Foundation

/// Maps values of an axis to coordinates of a drawing.
struct Scale {
    enum Kind {
        case linear
        /// Equal steps for equal ratios; values above 0 only.
        case log2
    }

    var kind: Kind
    var domain: ClosedRange<Double>
    /// Coordinates of the domain's ends; the first may be the larger one.
    var start: Double
    var end: Double

    func callAsFunction(_ value: Double) -> Double {
        let low = transformed(domain.lowerBound)
        let high = transformed(domain.upperBound)
        guard high > low else { return (start + end) / 2 }
        let share = (transformed(min(max(value, domain.lowerBound), domain.upperBound)) - low) / (high - low)
        return start + share * (end - start)
    }

    private func transformed(_ value: Double) -> Double {
        switch kind {
        case .linear: value
        case .log2: log2(max(value, .leastNormalMagnitude))
        }
    }
}

/// Marks of an axis at round numbers.
struct Ticks {
    var values: [Double]
    var step: Double

    /// About `count` multiples of 1, 2 or 5 times a power of ten that cover `range`.
    static func covering(_ range: ClosedRange<Double>, count: Int) -> Ticks {
        let span = range.upperBound - range.lowerBound
        guard span.isFinite, span > 0 else { return Ticks(values: [range.lowerBound], step: 1) }
        let step = roundStep(span / Double(max(count, 1)))
        let first = (range.lowerBound / step + 1e-9).rounded(.down)
        let last = (range.upperBound / step - 1e-9).rounded(.up)
        // A step may vanish beside the smallest of numbers, and the ends may be too many steps away to be counted.
        guard step > 0, last - first <= Double(16 * max(count, 1)) else {
            return Ticks(values: [range.lowerBound], step: 1)
        }
        return Ticks(values: stride(from: first, through: last, by: 1).map { $0 * step }, step: step)
    }

    var range: ClosedRange<Double> { (values.first ?? 0)...(values.last ?? 1) }

    private static func roundStep(_ rough: Double) -> Double {
        let power = pow(10, log10(rough).rounded(.down))
        let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
        return factor * power
    }
}

/// The domain of an axis of rates: 0 to 1, or to a round number well above the largest where all are small. Rewards may
/// be above 1, and the axis covers them.
func rateTicks(upTo largest: Double, count: Int = 5) -> Ticks {
    guard largest > 0, largest.isFinite else { return Ticks.covering(0...1, count: count) }
    let top = largest > 0.6 ? max(largest, 1) : max(largest, 0.01)
    return Ticks.covering(0...top, count: count)
}
