internal import Foundation

/// Numbers for people to read. Files for programs hold every digit instead.
enum NumberFormat {
    /// Three decimals, and more where three would turn a value between 0 and 1 into 0 or 1: `0.412`, `0.00031`,
    /// `7.4e-08`, `0.99987`.
    static func rate(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        guard (0...1).contains(value) else { return quantity(value) }
        if value > 0, value < 1e-4 { return String(format: "%.1e", value) }
        if value < 1, value > 1 - 1e-6 { return ">0.999999" }
        let decimals = decimals(apart: min(value, 1 - value))
        return fixed(value, decimals: decimals)
    }

    /// `0.412 [0.371, 0.455]`.
    static func rate(_ value: Double, lower: Double?, upper: Double?) -> String {
        guard let interval = interval(lower: lower, upper: upper) else { return rate(value) }
        return "\(rate(value)) \(interval)"
    }

    static func interval(lower: Double?, upper: Double?) -> String? {
        guard let lower, let upper, lower.isFinite, upper.isFinite else { return nil }
        return "[\(rate(lower)), \(rate(upper))]"
    }

    /// Four significant digits, three below 1, whatever the size.
    static func quantity(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        if size != 0, size < 1e-4 || size >= 1e9 { return String(format: "%.3e", value) }
        let whole = size == 0 ? 0 : Int(log10(size))
        return fixed(value, decimals: max(0, 3 - whole))
    }

    /// Digits in groups of three: `41,984`.
    static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// `1 task`, `164 tasks`.
    static func count(_ value: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? singular : plural ?? singular + "s")"
    }

    static func fixed(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        return value < 0 ? text.replacingOccurrences(of: "-", with: "−") : text
    }

    /// `0.25` or `25`: as many decimals as a step of an axis needs.
    static func tick(_ value: Double, step: Double) -> String {
        let decimals = step >= 1 ? 0 : min(8, Int((-log10(step) - 1e-9).rounded(.up)))
        return fixed(value == 0 ? 0 : value, decimals: decimals)
    }

    /// Three decimals, or two significant digits of a smaller distance from 0 or 1.
    private static func decimals(apart distance: Double) -> Int {
        guard distance > 0, distance < 0.001 else { return 3 }
        return min(7, Int((-log10(distance)).rounded(.up)) + 1)
    }
}
