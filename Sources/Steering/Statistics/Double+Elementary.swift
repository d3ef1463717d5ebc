internal import Foundation

extension Double {
    static func exponential(_ x: Double) -> Double { Foundation.exp(x) }

    static func logarithm(_ x: Double) -> Double { Foundation.log(x) }
}
