/// The operators between two values that give a new one.
enum JinjaOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"

    /// The operator as Python names it when it fits neither operand.
    var unsupportedName: String { self == .power ? "** or pow()" : rawValue }
}

extension JinjaNumber {
    /// Python's arithmetic: `/` gives a float, `//` and `%` round towards minus infinity.
    func applying(_ operation: JinjaOperator, to other: JinjaNumber) throws -> JinjaValue {
        if case .integer(let left) = self, case .integer(let right) = other {
            return try Self.integers(operation, left, right)
        }
        return .float(try Self.floats(operation, double, other.double))
    }

    private static func integers(_ operation: JinjaOperator, _ left: Int, _ right: Int) throws -> JinjaValue {
        switch operation {
        case .add: return .integer(try checked(left.addingReportingOverflow(right)))
        case .subtract: return .integer(try checked(left.subtractingReportingOverflow(right)))
        case .multiply: return .integer(try checked(left.multipliedReportingOverflow(by: right)))
        case .divide:
            guard right != 0 else { throw zeroDivision("division by zero") }
            return .float(Double(left) / Double(right))
        case .floorDivide:
            guard right != 0 else { throw zeroDivision("integer division or modulo by zero") }
            return .integer(try floorDivision(left, right).quotient)
        case .modulo:
            guard right != 0 else { throw zeroDivision("integer modulo by zero") }
            return .integer(try floorDivision(left, right).remainder)
        case .power: return try power(left, right)
        }
    }

    private static func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
        guard !result.overflow else { throw JinjaFailure.integerOverflow }
        return result.partialValue
    }

    private static func floorDivision(_ left: Int, _ right: Int) throws -> (quotient: Int, remainder: Int) {
        let division = left.dividedReportingOverflow(by: right)
        guard !division.overflow else {
            if right == -1 { return (try checked((0 as Int).subtractingReportingOverflow(left)), 0) }
            throw JinjaFailure.integerOverflow
        }
        let remainder = left % right
        let isBelow = remainder != 0 && (remainder < 0) != (right < 0)
        return isBelow ? (division.partialValue - 1, remainder + right) : (division.partialValue, remainder)
    }

    private static func power(_ base: Int, _ exponent: Int) throws -> JinjaValue {
        guard exponent >= 0 else { return .float(try floats(.power, Double(base), Double(exponent))) }
        var result = 1
        var square = base
        var remaining = exponent
        while remaining > 0 {
            if remaining & 1 == 1 { result = try checked(result.multipliedReportingOverflow(by: square)) }
            remaining >>= 1
            guard remaining > 0, square != 1, square != 0 else {
                if square == 0 { result = 0 }
                break
            }
            square = try checked(square.multipliedReportingOverflow(by: square))
        }
        return .integer(result)
    }

    private static func floats(_ operation: JinjaOperator, _ left: Double, _ right: Double) throws -> Double {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            guard right != 0 else { throw zeroDivision("float division by zero") }
            return left / right
        case .floorDivide:
            guard right != 0 else { throw zeroDivision("float floor division by zero") }
            return ((left - floorRemainder(left, right)) / right).rounded()
        case .modulo:
            guard right != 0 else { throw zeroDivision("float modulo") }
            return floorRemainder(left, right)
        case .power:
            guard left != 0 || right >= 0 else {
                throw zeroDivision("0.0 cannot be raised to a negative power")
            }
            let result = Double.raising(left, to: right)
            guard result.isFinite || !left.isFinite || !right.isFinite else {
                throw JinjaFailure.python(type: "OverflowError", message: "(34, 'Numerical result out of range')")
            }
            return result
        }
    }

    private static func floorRemainder(_ left: Double, _ right: Double) -> Double {
        let remainder = left.truncatingRemainder(dividingBy: right)
        return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
    }

    private static func zeroDivision(_ message: String) -> JinjaFailure {
        .python(type: "ZeroDivisionError", message: message)
    }
}

extension JinjaInterpreter {
    /// `left operation right`.
    func apply(_ operation: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue) throws -> JinjaValue {
        if let left = JinjaNumber(left), let right = JinjaNumber(right) {
            return try left.applying(operation, to: right)
        }
        if operation == .modulo, case .text(let format) = left {
            return .text(try PercentFormat(interpreter: self).apply(format, to: right))
        }
        if case .undefined(let undefined) = left { throw undefined.failure }
        if case .undefined(let undefined) = right { throw undefined.failure }
        switch operation {
        case .add: return try concatenate(left, right)
        case .multiply:
            if let count = right.integerValue, left.isRepeatable { return try repeating(left, count: count) }
            if let count = left.integerValue, right.isRepeatable { return try repeating(right, count: count) }
        default: break
        }
        throw unsupported(operation, left, right)
    }

    private func concatenate(_ left: JinjaValue, _ right: JinjaValue) throws -> JinjaValue {
        switch (left, right) {
        case (.text(let first), .text(let second)):
            try checkTextLength(first.count + second.count)
            guard first.isMarkup || second.isMarkup else { return .text(first + second) }
            var result = first.escapedUnlessMarkup() + second.escapedUnlessMarkup()
            result.isMarkup = true
            return .text(result)
        case (.list(let first), .list(let second)):
            return .list(try JinjaSequence(first.items + second.items, limits: limits))
        case (.tuple(let first), .tuple(let second)):
            return .tuple(try JinjaSequence(first.items + second.items, limits: limits))
        case (.text, _):
            throw JinjaFailure.typeError("can only concatenate str (not \"\(right.typeName)\") to str")
        case (.list, _), (.tuple, _):
            let type = left.typeName
            throw JinjaFailure.typeError("can only concatenate \(type) (not \"\(right.typeName)\") to \(type)")
        default:
            throw unsupported(.add, left, right)
        }
    }

    private func repeating(_ value: JinjaValue, count: Int) throws -> JinjaValue {
        let count = max(0, count)
        switch value {
        case .text(let text):
            let (length, overflow) = text.count.multipliedReportingOverflow(by: count)
            try checkTextLength(overflow ? .max : length)
            var result = TracedText()
            result.isMarkup = text.isMarkup
            for _ in 0..<(text.isEmpty ? 0 : count) { result.append(text) }
            return .text(result)
        case .list(let sequence): return .list(try repeating(sequence, count: count))
        case .tuple(let sequence): return .tuple(try repeating(sequence, count: count))
        default: return value
        }
    }

    private func repeating(_ sequence: JinjaSequence, count: Int) throws -> JinjaSequence {
        let (weight, overflow) = sequence.weight.multipliedReportingOverflow(by: count)
        guard !overflow, weight <= limits.containerSize else {
            throw JinjaFailure.limit(.containerSize, allowed: limits.containerSize)
        }
        return try JinjaSequence((0..<count).flatMap { _ in sequence.items }, limits: limits)
    }

    private func unsupported(_ operation: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue) -> JinjaFailure {
        if operation == .multiply, left.isRepeatable || right.isRepeatable {
            let other = left.isRepeatable ? right : left
            return .typeError("can't multiply sequence by non-int of type \(other.typeName.pythonQuoted)")
        }
        return .typeError(
            "unsupported operand type(s) for \(operation.unsupportedName): "
                + "\(left.typeName.pythonQuoted) and \(right.typeName.pythonQuoted)"
        )
    }
}

extension JinjaValue {
    fileprivate var isRepeatable: Bool {
        switch self {
        case .text, .list, .tuple: true
        default: false
        }
    }
}
