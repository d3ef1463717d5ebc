import Foundation

extension Double {
    /// Python's `repr` of a float: the shortest digits that give it back.
    var pythonRepresentation: String {
        if isNaN { return "nan" }
        if isInfinite { return self < 0 ? "-inf" : "inf" }
        let (digits, exponent) = shortestDigits
        let sign = self.sign == .minus ? "-" : ""
        guard exponent > -4, exponent <= 16 else {
            let power = exponent - 1
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let magnitude = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
            return "\(sign)\(digits.prefix(1))\(fraction)e\(power < 0 ? "-" : "+")\(magnitude)"
        }
        if exponent <= 0 { return "\(sign)0.\(String(repeating: "0", count: -exponent))\(digits)" }
        if exponent >= digits.count {
            return "\(sign)\(digits)\(String(repeating: "0", count: exponent - digits.count)).0"
        }
        return "\(sign)\(digits.prefix(exponent)).\(digits.dropFirst(exponent))"
    }

    /// The value as 0.digits times ten to the exponent.
    private var shortestDigits: (digits: String, exponent: Int) {
        let parts = magnitude.description.split(separator: "e")
        let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".")
        let whole = String(mantissa[0])
        let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
        let all = whole + fraction
        let leadingZeros = all.prefix { $0 == "0" }.count
        let digits = all.dropFirst(leadingZeros).reversed().drop { $0 == "0" }.reversed()
        guard !digits.isEmpty else { return ("0", 1) }
        return (String(digits), whole.count - leadingZeros + power)
    }

    static func raising(_ base: Double, to exponent: Double) -> Double { Foundation.pow(base, exponent) }

    /// `printf` with one of `e`, `f`, `g` and their capitals.
    func formatted(conversion: Character, precision: Int) -> String {
        String(format: "%.\(min(max(precision, 0), 400))\(conversion)", self)
    }

    /// Python's `round(value, digits)`: half to even, decided on the exact decimal value.
    func rounded(toDigits digits: Int) -> Double {
        guard isFinite, digits <= 350 else { return self }
        if digits == 0 { return rounded(.toNearestOrEven) }
        if digits > 0 { return Double(formatted(conversion: "f", precision: digits)) ?? self }
        guard digits >= -350 else { return 0 }
        let scale = Foundation.pow(10.0, Double(-digits))
        return (self / scale).rounded(.toNearestOrEven) * scale
    }
}
