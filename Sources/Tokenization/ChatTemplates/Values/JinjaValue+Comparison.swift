extension JinjaValue {
    /// Python's `==`, which never fails.
    func equals(_ other: JinjaValue) -> Bool {
        switch (self, other) {
        case (.undefined, .undefined), (.none, .none): true
        case (.text(let left), .text(let right)): left == right
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            left.items.count == right.items.count && zip(left.items, right.items).allSatisfy { $0.equals($1) }
        case (.mapping(let left), .mapping(let right)): left.equals(right)
        case (.range(let left), .range(let right)): left.equals(right)
        case (.view(let left), .view(let right)): left.kind == right.kind && left.mapping.equals(right.mapping)
        case (.iterator(let left), .iterator(let right)): left === right
        case (.namespace(let left), .namespace(let right)): left === right
        case (.loop(let left), .loop(let right)): left === right
        case (.macro(let left), .macro(let right)): left === right
        default: JinjaNumber(self).flatMap { left in JinjaNumber(other).map { left.equals($0) } } ?? false
        }
    }

    /// The operators `<`, `<=`, `>` and `>=`.
    enum Ordering: String, Sendable {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// Python's ordering of two values; values of different kinds have none.
    func isOrdered(_ ordering: Ordering, _ other: JinjaValue) throws -> Bool {
        if case .undefined(let undefined) = self { throw undefined.failure }
        if case .undefined(let undefined) = other { throw undefined.failure }
        if let left = JinjaNumber(self), let right = JinjaNumber(other) { return left.isOrdered(ordering, right) }
        switch (self, other) {
        case (.text(let left), .text(let right)):
            return ordering.holds(left, right)
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            for (first, second) in zip(left.items, right.items) where !first.equals(second) {
                return try first.isOrdered(ordering, second)
            }
            return ordering.holds(left.items.count, right.items.count)
        default:
            throw JinjaFailure.typeError(
                "\(ordering.rawValue.pythonQuoted) not supported between instances of "
                    + "\(typeName.pythonQuoted) and \(other.typeName.pythonQuoted)"
            )
        }
    }
}

extension JinjaMapping {
    func equals(_ other: JinjaMapping) -> Bool {
        guard count == other.count else { return false }
        return zip(keys, values).allSatisfy { key, value in
            guard let found = try? other.value(of: key) else { return false }
            return found.equals(value)
        }
    }
}

extension JinjaRange {
    func equals(_ other: JinjaRange) -> Bool {
        guard count == other.count else { return false }
        return count == 0 || (start == other.start && (count == 1 || step == other.step))
    }
}

/// An integer or a float; booleans are integers.
enum JinjaNumber {
    case integer(Int)
    case float(Double)

    init?(_ value: JinjaValue) {
        switch value {
        case .boolean(let value): self = .integer(value ? 1 : 0)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        default: return nil
        }
    }

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        }
    }

    func equals(_ other: JinjaNumber) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left == right
        case (.float(let left), .float(let right)): left == right
        case (.integer(let left), .float(let right)): Int(exactly: right) == left
        case (.float(let left), .integer(let right)): Int(exactly: left) == right
        }
    }

    func isOrdered(_ ordering: JinjaValue.Ordering, _ other: JinjaNumber) -> Bool {
        if case .integer(let left) = self, case .integer(let right) = other { return ordering.holds(left, right) }
        return ordering.holds(double, other.double)
    }
}
