internal import Foundation

/// Random numbers that are not uniform, from a stream of uniform ones.
extension CounterRandom.Stream {
    /// Uniform in (0, 1).
    mutating func uniform() -> Double {
        (Double(index(below: 1 << 53)) + 0.5) / Double(1 << 53)
    }

    /// Standard normal (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// Gamma with scale 1, for any shape above 0 (Marsaglia and Tsang, 2000).
    mutating func gamma(shape: Double) -> Double {
        if shape < 1 { return gamma(shape: shape + 1) * pow(uniform(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            guard v > 0 else { continue }
            if log(uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// Beta: a draw from what is known of a rate after `part` of `whole`, with Jeffreys' prior.
    mutating func rate(_ part: Int, of whole: Int) -> Double {
        let first = gamma(shape: Double(part) + 0.5)
        let second = gamma(shape: Double(whole - part) + 0.5)
        return first / (first + second)
    }
}
