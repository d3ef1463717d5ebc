internal import Foundation
internal import Tensors

/// Angles per position of each rotated pair, rounded to float32 where the reference implementation rounds.
struct RotaryFrequencies {
    var frequencies: [Float]
    /// Factor on cosines and sines.
    var magnitude: Float = 1

    init(base: Float, dimension: Int, scaling: RotaryScaling) {
        let plain = stride(from: 0, to: dimension, by: 2).map { component in
            1 / Float(pow(Double(base), Double(Float(component) / Float(dimension))))
        }
        switch scaling {
        case .none: frequencies = plain
        case .linear(let factor): frequencies = plain.map { $0 / factor }
        case .divisors(let divisors, let magnitude):
            frequencies = zip(plain, divisors).map { $0 / $1 }
            self.magnitude = magnitude
        case .llama3(let factor, let low, let high, let context):
            frequencies = plain.map {
                Self.llama3($0, factor: factor, low: low, high: high, context: Float(context))
            }
        case .yarn(let yarn):
            frequencies = Self.yarn(plain, yarn, base: Double(base), dimension: dimension)
            magnitude = yarn.magnitude
        }
    }

    /// Between the two wavelengths the change is smooth.
    private static func llama3(_ frequency: Float, factor: Float, low: Float, high: Float, context: Float) -> Float {
        let wavelength = 2 * Float.pi / frequency
        if wavelength < context / high { return frequency }
        if wavelength > context / low { return frequency / factor }
        let smooth = (context / wavelength - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
    }

    private static func yarn(_ plain: [Float], _ yarn: RotaryScaling.Yarn, base: Double, dimension: Int) -> [Float] {
        /// The component that turns `rotations` times within the original context.
        func component(_ rotations: Float) -> Double {
            let context = Double(yarn.originalContext)
            return Double(dimension) * log(context / (Double(rotations) * 2 * .pi)) / (2 * log(base))
        }
        var low = component(yarn.fastRotations)
        var high = component(yarn.slowRotations)
        if yarn.truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        low = max(low, 0)
        high = min(high, Double(dimension - 1))
        if low == high { high += 0.001 }
        return plain.enumerated().map { pair, frequency in
            let ramp = min(max((Float(pair) - Float(low)) / Float(high - low), 0), 1)
            return frequency / yarn.factor * ramp + frequency * (1 - ramp)
        }
    }
}

extension TransformerConfiguration {
    /// The table of layers that see everything.
    var rotaryTable: RotaryTable? {
        guard positionEncoding == .rotary else { return nil }
        return table(RotaryFrequencies(base: rotaryBase, dimension: rotaryDimension, scaling: rotaryScaling))
    }

    /// The table of layers with a sliding window, where it is another one.
    var slidingRotaryTable: RotaryTable? {
        guard positionEncoding == .rotary, let base = slidingWindow?.rotaryBase else { return nil }
        return table(RotaryFrequencies(base: base, dimension: rotaryDimension, scaling: .none))
    }

    private func table(_ frequencies: RotaryFrequencies) -> RotaryTable {
        RotaryTable(
            headDimension: headDimension, frequencies: frequencies.frequencies, magnitude: frequencies.magnitude,
            pairing: rotaryPairing, contextLength: contextLength)
    }
}
