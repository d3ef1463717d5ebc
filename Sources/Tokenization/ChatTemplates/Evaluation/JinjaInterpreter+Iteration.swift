extension JinjaInterpreter {
    /// Python's `iter(value)`.
    func iterator(over value: JinjaValue) throws -> JinjaIterator {
        switch value {
        case .iterator(let iterator): return iterator
        case .text(let text):
            var index = 0
            return JinjaIterator {
                guard index < text.count else { return nil }
                defer { index += 1 }
                return .text(text[index..<index + 1])
            }
        case .range(let range):
            var index = 0
            return JinjaIterator {
                guard index < range.count else { return nil }
                defer { index += 1 }
                return .integer(range[index])
            }
        default:
            return JinjaIterator(try sizedItems(of: value))
        }
    }

    /// Python's `list(value)`.
    func items(of value: JinjaValue) throws -> [JinjaValue] {
        switch value {
        case .iterator, .text, .range:
            let iterator = try iterator(over: value)
            var items: [JinjaValue] = []
            while let item = try iterator.next() {
                try charge(1)
                items.append(item)
            }
            return items
        default:
            return try sizedItems(of: value)
        }
    }

    private func sizedItems(of value: JinjaValue) throws -> [JinjaValue] {
        switch value {
        case .list(let sequence), .tuple(let sequence): return sequence.items
        case .mapping(let mapping): return mapping.keys
        case .view(let view):
            try charge(view.mapping.count)
            return try view.items(limits: limits)
        case .undefined: return []
        default: throw JinjaFailure.typeError("\(value.typeName.pythonQuoted) object is not iterable")
        }
    }

    func list(_ items: [JinjaValue]) throws -> JinjaValue {
        .list(try JinjaSequence(items, limits: limits))
    }

    /// Python's `len(value)`.
    func count(of value: JinjaValue) throws -> Int {
        if case .loop(let loop) = value { return try loop.length() }
        guard let count = value.knownCount else {
            throw JinjaFailure.typeError("object of type \(value.typeName.pythonQuoted) has no len()")
        }
        return count
    }

    /// `value[start:stop:step]`; an absent bound is none.
    func slice(of value: JinjaValue, bounds: [JinjaValue]) throws -> JinjaValue {
        if case .undefined(let undefined) = value { throw undefined.failure }
        let numbers = try bounds.map { try sliceBound($0) }
        switch value {
        case .text(let text):
            let indices = try sliceIndices(numbers, count: text.count)
            if indices.step == 1 { return .text(text[indices.start..<max(indices.start, indices.stop)]) }
            var result = TracedText()
            result.isMarkup = text.isMarkup
            indices.forEach { result.append(text.scalars[$0], origin: text.origin(at: $0)) }
            return .text(result)
        case .list(let sequence): return .list(try slice(sequence, numbers))
        case .tuple(let sequence): return .tuple(try slice(sequence, numbers))
        case .range: return try list(try slice(JinjaSequence(items(of: value), limits: limits), numbers).items)
        case .mapping: throw JinjaFailure.typeError("unhashable type: 'slice'")
        default: throw JinjaFailure.typeError("\(value.typeName.pythonQuoted) object is not subscriptable")
        }
    }

    private func slice(_ sequence: JinjaSequence, _ numbers: [Int?]) throws -> JinjaSequence {
        var items: [JinjaValue] = []
        try sliceIndices(numbers, count: sequence.items.count).forEach { items.append(sequence.items[$0]) }
        return try JinjaSequence(items, limits: limits)
    }

    private func sliceBound(_ value: JinjaValue) throws -> Int? {
        if value.isNone { return nil }
        guard let number = value.integerValue else {
            throw JinjaFailure.typeError(
                "slice indices must be integers or None or have an __index__ method"
            )
        }
        return number
    }

    private func sliceIndices(_ bounds: [Int?], count: Int) throws -> SliceIndices {
        let step = bounds[2] ?? 1
        guard step != 0 else { throw JinjaFailure.valueError("slice step cannot be zero") }
        return SliceIndices(start: bounds[0], stop: bounds[1], step: step, count: count)
    }
}

/// The indices that a Python slice visits.
struct SliceIndices {
    let start: Int
    let stop: Int
    let step: Int

    init(start: Int?, stop: Int?, step: Int, count: Int) {
        let low = step < 0 ? -1 : 0
        let high = step < 0 ? count - 1 : count
        func clamp(_ bound: Int) -> Int {
            let index = bound < 0 ? bound.addingReportingOverflow(count).partialValue : bound
            return min(max(index, low), high)
        }
        self.step = step
        self.start = start.map(clamp) ?? (step < 0 ? high : low)
        self.stop = stop.map(clamp) ?? (step < 0 ? low : high)
    }

    func forEach(_ body: (Int) -> Void) {
        var index = start
        while step > 0 ? index < stop : index > stop {
            body(index)
            let (next, overflow) = index.addingReportingOverflow(step)
            if overflow { return }
            index = next
        }
    }
}
