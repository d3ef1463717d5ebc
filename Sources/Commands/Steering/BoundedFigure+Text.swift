internal import Foundation
internal import Steering

extension BoundedFigure {
    /// `0.412 [0.371, 0.455]`, or the value alone.
    func text(decimals: Int = 3) -> String {
        func number(_ value: Double) -> String { String(format: "%+.\(decimals)f", value) }
        guard let lower, let upper else { return number(value) }
        return "\(number(value)) [\(number(lower)), \(number(upper))]"
    }
}
