internal import Foundation

/// The value of an expression where its variables have given values; nil where it is not an expression, or has none.
enum MathValue {
    static func of(_ node: MathNode, _ variables: [String: ComplexNumber]) -> ComplexNumber? {
        guard let value = value(node, variables), value.isFinite else { return nil }
        return value
    }

    private static func value(_ node: MathNode, _ variables: [String: ComplexNumber]) -> ComplexNumber? {
        func part(_ node: MathNode) -> ComplexNumber? { value(node, variables) }
        switch node {
        case .number(let value, _): return ComplexNumber(value)
        case .variable(let name): return constants[name] ?? variables[name]
        case .sum(let terms): return fold(terms.map(part), +)
        case .product(let factors): return fold(factors.map(part), *)
        case .negated(let inside): return part(inside).map { ComplexNumber(0) - $0 }
        case .percent(let inside): return part(inside).map { $0 / ComplexNumber(100) }
        case .quotient(let top, let bottom): return combine(part(top), part(bottom), /)
        case .power(let base, let exponent): return combine(part(base), part(exponent), ComplexNumber.power)
        case .function(let name, let arguments):
            let values = arguments.compactMap(part)
            return values.count == arguments.count ? applied(name, values) : nil
        case .list(let items) where items.count == 1: return part(items[0])
        default: return nil
        }
    }

    private static let constants: [String: ComplexNumber] = [
        "π": ComplexNumber(.pi), "e": ComplexNumber(M_E), "i": ComplexNumber(0, 1),
    ]

    static func isConstant(_ name: String) -> Bool { constants[name] != nil }

    private static func fold(
        _ values: [ComplexNumber?], _ operation: (ComplexNumber, ComplexNumber) -> ComplexNumber
    ) -> ComplexNumber? {
        guard var result = values.first ?? nil else { return nil }
        for value in values.dropFirst() {
            guard let value else { return nil }
            result = operation(result, value)
        }
        return result
    }

    private static func combine(
        _ left: ComplexNumber?, _ right: ComplexNumber?, _ operation: (ComplexNumber, ComplexNumber) -> ComplexNumber
    ) -> ComplexNumber? {
        guard let left, let right else { return nil }
        return operation(left, right)
    }

    private static func applied(_ name: String, _ values: [ComplexNumber]) -> ComplexNumber? {
        guard let z = values.first else { return nil }
        switch name {
        case "abs": return ComplexNumber(z.magnitude)
        case "exp": return .exponential(z)
        case "ln": return .logarithm(z)
        case "lg": return .logarithm(z) / ComplexNumber(log(10))
        case "log": return .logarithm(z) / (values.count > 1 ? .logarithm(values[1]) : ComplexNumber(1))
        case "min", "max":
            let reals = values.map(\.real)
            return (name == "min" ? reals.min() : reals.max()).map { ComplexNumber($0) }
        default:
            return real(name, values.map(\.real), isReal: values.allSatisfy { $0.imaginary == 0 }) ?? complex(name, z)
        }
    }

    /// Functions that are only taken of real numbers.
    private static func real(_ name: String, _ x: [Double], isReal: Bool) -> ComplexNumber? {
        guard isReal, let first = x.first else { return nil }
        switch name {
        case "floor": return ComplexNumber(first.rounded(.down))
        case "ceil": return ComplexNumber(first.rounded(.up))
        case "arcsin": return ComplexNumber(asin(first))
        case "arccos": return ComplexNumber(acos(first))
        case "arctan": return ComplexNumber(atan(first))
        case "factorial": return first >= 0 && first <= 170 ? ComplexNumber(tgamma(first + 1)) : nil
        case "binom":
            guard x.count == 2, first >= 0, first <= 170, x[1] >= 0, x[1] <= first else { return nil }
            return ComplexNumber((tgamma(first + 1) / tgamma(x[1] + 1) / tgamma(first - x[1] + 1)).rounded())
        case "gcd", "lcm": return common(name, x)
        default: return nil
        }
    }

    private static func common(_ name: String, _ x: [Double]) -> ComplexNumber? {
        let whole = x.compactMap { Int(exactly: $0.magnitude) }
        guard whole.count == x.count, let first = whole.first else { return nil }
        func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
        var result = first
        for next in whole.dropFirst() {
            let shared = divisor(result, next)
            let (multiple, overflow) = result.multipliedReportingOverflow(by: shared == 0 ? 0 : next / shared)
            guard !overflow else { return nil }
            result = name == "gcd" ? shared : multiple
        }
        return ComplexNumber(Double(result))
    }

    private static func complex(_ name: String, _ z: ComplexNumber) -> ComplexNumber? {
        let i = ComplexNumber(0, 1)
        let (up, down) = (ComplexNumber.exponential(i * z), ComplexNumber.exponential(ComplexNumber(0) - i * z))
        let (sine, cosine) = ((up - down) / ComplexNumber(0, 2), (up + down) / ComplexNumber(2))
        let (grow, fall) = (ComplexNumber.exponential(z), ComplexNumber.exponential(ComplexNumber(0) - z))
        switch name {
        case "sin": return sine
        case "cos": return cosine
        case "tan": return sine / cosine
        case "cot": return cosine / sine
        case "sec": return ComplexNumber(1) / cosine
        case "csc": return ComplexNumber(1) / sine
        case "sinh": return (grow - fall) / ComplexNumber(2)
        case "cosh": return (grow + fall) / ComplexNumber(2)
        case "tanh": return (grow - fall) / (grow + fall)
        default: return nil
        }
    }
}
