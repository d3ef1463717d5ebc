internal import Foundation

/// The learning rate as a function of the step.
public struct LearningRateSchedule: Codable, Hashable, Sendable {
    /// What follows the warm-up.
    public enum Shape: String, Codable, Hashable, Sendable, CaseIterable {
        case constant
        /// Straight down to the floor.
        case linear
        /// Half a cosine down to the floor (Loshchilov and Hutter 2017).
        case cosine
    }

    public var peak: Double
    public var shape: Shape
    /// Steps in which the rate rises from 0 to its peak.
    public var warmup: Int
    /// Steps in all.
    public var steps: Int
    /// Share of the peak that is reached at the end.
    public var floor: Double

    public init(peak: Double, shape: Shape, warmup: Int, steps: Int, floor: Double = 0) {
        self.peak = peak
        self.shape = shape
        self.warmup = warmup
        self.steps = steps
        self.floor = floor
    }

    /// The rate of a step, from 0.
    public func rate(step: Int) -> Double {
        if step < warmup { return peak * Double(step + 1) / Double(warmup + 1) }
        let progress = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
        switch shape {
        case .constant: return peak
        case .linear: return peak * (floor + (1 - floor) * (1 - progress))
        case .cosine: return peak * (floor + (1 - floor) * (1 + cos(.pi * progress)) / 2)
        }
    }

    /// What makes sense in no training, in sentences.
    var warnings: [String] {
        if peak == 0 { return ["learning_rate is 0: no weight will change"] }
        guard warmup >= steps else { return [] }
        return [
            "warmup is \(warmup) steps and the training has \(steps): the learning rate never reaches \(peak); "
                + "lower warmup, or train longer"
        ]
    }
}
