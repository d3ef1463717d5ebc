/// Whether two answers mean the same.
///
/// Expressions are compared by their values at fixed points, which tells different ones apart with near certainty; sets,
/// intervals, tuples, matrices and relations by their parts.
struct MathEquivalence {
    /// Numbers written with a decimal point are compared to this many digits after it; below 1, to this many from the
    /// first that is not 0 on.
    var decimals = 6

    func agree(_ gold: MathNode, _ answer: MathNode) -> Bool {
        let (gold, answer) = (MathForm.normal(gold), MathForm.normal(answer))
        if gold == answer || same(gold, answer) { return true }
        let (bareGold, bareAnswer) = (MathForm.value(gold), MathForm.value(answer))
        if bareGold == gold && bareAnswer == answer { return false }
        return same(bareGold, bareAnswer)
    }

    private func same(_ gold: MathNode, _ answer: MathNode) -> Bool {
        switch (gold, answer) {
        case (.text(let one), .text(let other)): return MathForm.words(one) == MathForm.words(other)
        case (.text(let text), .variable(let name)), (.variable(let name), .text(let text)):
            return MathForm.words(text) == name.lowercased()
        case (.infinity, .infinity): return true
        case (.negated(let one), .negated(let other)) where one == .infinity || other == .infinity:
            return one == other
        case (.matrix(let one), .matrix(let other)):
            return one.count == other.count && zip(one, other).allSatisfy { inOrder($0, $1) }
        case (.tuple(let open, let close, let one), .tuple(let otherOpen, let otherClose, let other)):
            return open == otherOpen && close == otherClose && inOrder(one, other)
        case (.list(let one), .tuple(_, _, let other)), (.tuple(_, _, let other), .list(let one)):
            return inOrder(one, other)
        case (.set(let one), .set(let other)), (.union(let one), .union(let other)), (.list(let one), .list(let other)),
            (.set(let one), .list(let other)), (.list(let one), .set(let other)):
            return anyOrder(one, other)
        case (.set(let one), _) where one.count == 1: return same(one[0], answer)
        case (_, .set(let other)) where other.count == 1: return same(gold, other[0])
        case (.setOperation(let one, let a, let b), .setOperation(let other, let c, let d)):
            return one == other && same(a, c) && same(b, d)
        case (.relation(let one, let operators), .relation(let other, let others)):
            return sameRelation(one, operators, other, others)
        case (.percent(let inside), .percent(let other)): return same(inside, other)
        case (.percent(let inside), _): return same(inside, answer) || sameValue(gold, answer)
        case (_, .percent(let inside)): return same(gold, inside) || sameValue(gold, answer)
        default: return sameValue(gold, answer)
        }
    }

    private func inOrder(_ one: [MathNode], _ other: [MathNode]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { agree($0, $1) }
    }

    private func anyOrder(_ one: [MathNode], _ other: [MathNode]) -> Bool {
        let (one, other) = (distinct(one), distinct(other))
        guard one.count == other.count, one.count <= 200 else { return false }
        var left = other
        for item in one {
            guard let match = left.firstIndex(where: { agree(item, $0) }) else { return false }
            left.remove(at: match)
        }
        return true
    }

    private func distinct(_ items: [MathNode]) -> [MathNode] {
        guard items.count <= 200 else { return items }
        return items.reduce(into: []) { kept, item in if !kept.contains(where: { same($0, item) }) { kept.append(item) }
        }
    }

    // MARK: Relations

    private func sameRelation(
        _ one: [MathNode], _ operators: [String], _ other: [MathNode], _ others: [String]
    ) -> Bool {
        if operators == others && inOrder(one, other) { return true }
        let turned = (nodes: Array(other.reversed()), operators: others.reversed().map(Self.turned))
        if operators == turned.operators && inOrder(one, turned.nodes) { return true }
        guard operators.count == 1, others.count == 1 else { return false }
        let (left, right) = (difference(one), difference(other))
        if operators[0] == others[0] { return isMultiple(left, right, ofAnySign: ["=", "!="].contains(operators[0])) }
        return Self.turned(operators[0]) == others[0] && isMultiple(left, .negated(right), ofAnySign: false)
    }

    private func difference(_ sides: [MathNode]) -> MathNode { .sum([sides[0], .negated(sides[1])]) }

    private static func turned(_ symbol: String) -> String {
        ["<": ">", ">": "<", "<=": ">=", ">=": "<="][symbol] ?? symbol
    }

    /// Whether two expressions differ by a constant factor.
    private func isMultiple(_ one: MathNode, _ other: MathNode, ofAnySign: Bool) -> Bool {
        let names = MathForm.variables(one)
        guard names == MathForm.variables(other), !names.isEmpty else { return false }
        var ratio: ComplexNumber?
        var count = 0
        for point in MathForm.points(names) {
            guard let a = MathValue.of(one, point), let b = MathValue.of(other, point), b.magnitude > 1e-9 else {
                continue
            }
            let quotient = a / b
            if let ratio, (quotient - ratio).magnitude > 1e-7 * max(1, ratio.magnitude) { return false }
            ratio = quotient
            count += 1
        }
        guard count >= 3, let ratio, ratio.magnitude > 1e-9 else { return false }
        return ofAnySign || (ratio.real > 0 && abs(ratio.imaginary) < 1e-9)
    }

    // MARK: Expressions

    private func sameValue(_ gold: MathNode, _ answer: MathNode) -> Bool {
        // An identity may have lost a variable: sin^2 x + cos^2 x is 1.
        let names = MathForm.variables(gold).union(MathForm.variables(answer))
        let isDecimal = MathForm.hasDecimal(gold) || MathForm.hasDecimal(answer)
        let isComputed = MathForm.cancels(gold) || MathForm.cancels(answer)
        var count = 0
        for point in names.isEmpty ? [[:]] : MathForm.points(names) {
            let (one, other) = (MathValue.of(gold, point), MathValue.of(answer, point))
            // Where one is not defined, the other must not be either.
            guard let one, let other else {
                if (one == nil) != (other == nil) { return false }
                continue
            }
            let isEqual = isEqual(one, other, isComputed: isComputed)
            guard isEqual || isDecimal && agreeInDecimals(one, other) else { return false }
            count += 1
        }
        return count >= (names.isEmpty ? 1 : 3)
    }

    /// Equal but for the rounding of doubles.
    ///
    /// - Parameter isComputed: whether larger numbers may have cancelled, so that what is left of their rounding is taken
    ///   for 0 up to 1e-15. Without it only 0 is 0.
    private func isEqual(_ gold: ComplexNumber, _ answer: ComplexNumber, isComputed: Bool) -> Bool {
        let size = isComputed ? max(1e-5, gold.magnitude) : gold.magnitude
        return (gold - answer).magnitude <= 1e-10 * size
    }

    private func agreeInDecimals(_ gold: ComplexNumber, _ answer: ComplexNumber) -> Bool {
        let size = max(gold.magnitude, answer.magnitude)
        guard size > 0 else { return true }
        var unit = 1.0
        while unit / 10 > size { unit /= 10 }
        for _ in 0..<decimals { unit /= 10 }
        return (gold - answer).magnitude <= unit
    }
}
