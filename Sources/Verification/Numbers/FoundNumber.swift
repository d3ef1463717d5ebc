/// A number read from text: exact where 128 bits hold it, otherwise the nearest double.
struct FoundNumber: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case exact(Rational)
        case approximate(Double)
    }

    var value: Value
    /// Whether a per cent sign or word follows.
    var isPercentage = false

    var double: Double {
        switch value {
        case .exact(let rational): rational.double
        case .approximate(let double): double
        }
    }

    var negated: FoundNumber {
        switch value {
        case .exact(let rational):
            rational.negated.map { FoundNumber(value: .exact($0), isPercentage: isPercentage) } ?? approximated(-double)
        case .approximate(let double):
            approximated(-double)
        }
    }

    func adding(_ other: FoundNumber) -> FoundNumber {
        combined(with: other, exactly: { $0.adding($1) }, otherwise: +)
    }

    func multiplied(by other: FoundNumber) -> FoundNumber {
        combined(with: other, exactly: { $0.multiplied(by: $1) }, otherwise: *)
    }

    /// Nil for division by zero.
    func divided(by other: FoundNumber) -> FoundNumber? {
        guard other.double != 0 else { return nil }
        return combined(with: other, exactly: { $0.divided(by: $1) }, otherwise: /)
    }

    /// The number raised to a whole power; nil where that is not finite.
    func raised(to power: Int) -> FoundNumber? {
        guard (-400...400).contains(power) else { return nil }
        var result = FoundNumber(value: .exact(Rational(1)))
        for _ in 0..<Swift.abs(power) { result = result.multiplied(by: self) }
        let raised = power < 0 ? FoundNumber(value: .exact(Rational(1))).divided(by: result) : result
        return raised.flatMap { $0.double.isFinite ? $0 : nil }
    }

    private func combined(
        with other: FoundNumber,
        exactly: (Rational, Rational) -> Rational?,
        otherwise: (Double, Double) -> Double
    ) -> FoundNumber {
        if case .exact(let left) = value, case .exact(let right) = other.value, let result = exactly(left, right) {
            return FoundNumber(value: .exact(result), isPercentage: isPercentage)
        }
        return approximated(otherwise(double, other.double))
    }

    private func approximated(_ double: Double) -> FoundNumber {
        FoundNumber(value: .approximate(double), isPercentage: isPercentage)
    }
}

extension FoundNumber: CustomStringConvertible {
    var description: String {
        switch value {
        case .exact(let rational): "\(rational)\(isPercentage ? "%" : "")"
        case .approximate(let double): "\(double)\(isPercentage ? "%" : "")"
        }
    }
}

/// How far an answer may be from its target.
struct NumericTolerance: Hashable, Sendable {
    var absolute: Rational
    /// Times the size of the target.
    var relative: Rational

    /// Whether the answer is within `absolute + relative * |target|` of the target.
    ///
    /// Where one of the two is a percentage, 50% equals both 50 and 0.5.
    func accepts(_ answer: FoundNumber, for target: FoundNumber) -> Bool {
        if isClose(answer, target) { return true }
        guard answer.isPercentage != target.isPercentage else { return false }
        let hundred = FoundNumber(value: .exact(Rational(100)))
        let (left, right) =
            answer.isPercentage ? (answer.divided(by: hundred), target) : (answer, target.divided(by: hundred))
        guard let left, let right else { return false }
        return isClose(left, right)
    }

    private func isClose(_ answer: FoundNumber, _ target: FoundNumber) -> Bool {
        guard case .exact(let left) = answer.value, case .exact(let right) = target.value else {
            return isRoughlyClose(answer.double, target.double)
        }
        if left == right { return true }
        guard let distance = left.subtracting(right)?.magnitude, let size = right.magnitude,
            let allowance = relative.multiplied(by: size)?.adding(absolute), let accepted = distance.isAtMost(allowance)
        else { return isRoughlyClose(answer.double, target.double) }
        return accepted
    }

    /// For numbers beyond 128 bits: doubles, with a relative slack of 1e-12 for their own rounding.
    private func isRoughlyClose(_ answer: Double, _ target: Double) -> Bool {
        guard answer.isFinite, target.isFinite else { return false }
        return Swift.abs(answer - target) <= absolute.double + (relative.double + 1e-12) * Swift.abs(target)
    }
}
