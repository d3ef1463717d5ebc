/// A fraction in lowest terms with a positive denominator; arithmetic gives nil where 128 bits do not suffice.
struct Rational: Hashable, Sendable {
    let numerator: Int128
    let denominator: Int128

    init(_ integer: Int128) {
        numerator = integer
        denominator = 1
    }

    init?(_ numerator: Int128, over denominator: Int128) {
        guard denominator != 0, numerator > .min, denominator > .min else { return nil }
        let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
        guard let shared = Int128(exactly: divisor) else { return nil }
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.numerator = sign * (numerator / shared)
        self.denominator = sign * (denominator / shared)
    }

    var negated: Rational? { Rational(0 - numerator, over: denominator) }

    var magnitude: Rational? { numerator < 0 ? negated : self }

    func adding(_ other: Rational) -> Rational? {
        guard let left = product(numerator, other.denominator), let right = product(other.numerator, denominator),
            let bottom = product(denominator, other.denominator)
        else { return nil }
        let (top, overflows) = left.addingReportingOverflow(right)
        return overflows ? nil : Rational(top, over: bottom)
    }

    func subtracting(_ other: Rational) -> Rational? {
        other.negated.flatMap { adding($0) }
    }

    func multiplied(by other: Rational) -> Rational? {
        guard let top = product(numerator, other.numerator), let bottom = product(denominator, other.denominator)
        else { return nil }
        return Rational(top, over: bottom)
    }

    func divided(by other: Rational) -> Rational? {
        Rational(other.denominator, over: other.numerator).flatMap { multiplied(by: $0) }
    }

    func isAtMost(_ other: Rational) -> Bool? {
        guard let left = product(numerator, other.denominator), let right = product(other.numerator, denominator)
        else { return nil }
        return left <= right
    }

    var double: Double { Double(numerator) / Double(denominator) }

    /// 10 to a power, where it fits.
    static func powerOfTen(_ exponent: Int) -> Rational? {
        guard (-36...36).contains(exponent) else { return nil }
        let power = (0..<Swift.abs(exponent)).reduce(Int128(1)) { power, _ in power * 10 }
        return exponent < 0 ? Rational(1, over: power) : Rational(power)
    }

    private func product(_ left: Int128, _ right: Int128) -> Int128? {
        let (value, overflows) = left.multipliedReportingOverflow(by: right)
        return overflows ? nil : value
    }

    private static func greatestCommonDivisor(_ first: UInt128, _ second: UInt128) -> UInt128 {
        var (large, small) = (first, second)
        while small != 0 { (large, small) = (small, large % small) }
        return large
    }
}

extension Rational: CustomStringConvertible {
    /// `12`, `-0.75`, or `1/3` where the decimals would not end.
    var description: String {
        if denominator == 1 { return String(numerator) }
        var (scaled, digits) = (self, 0)
        while scaled.denominator != 1, digits < 36, let next = scaled.multiplied(by: Rational(10)) {
            (scaled, digits) = (next, digits + 1)
        }
        guard scaled.denominator == 1 else { return "\(numerator)/\(denominator)" }
        let text = String(scaled.numerator.magnitude)
        let padded = String(repeating: "0", count: Swift.max(0, digits + 1 - text.count)) + text
        return "\(numerator < 0 ? "-" : "")\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}
