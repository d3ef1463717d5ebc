extension JinjaFilters {
    static let sequences: [String: Body] = [
        "length": { interpreter, value, _ in .integer(try interpreter.count(of: value)) },
        "count": { interpreter, value, _ in .integer(try interpreter.count(of: value)) },
        "default": orDefault,
        "d": orDefault,
        "list": { interpreter, value, _ in try interpreter.list(interpreter.items(of: value)) },
        "items": { interpreter, value, _ in
            if value.isUndefined { return try interpreter.keep(JinjaIterator([])) }
            guard case .mapping(let mapping) = value else {
                throw JinjaFailure.typeError("Can only get item pairs from a mapping.")
            }
            let view = JinjaMappingView(mapping: mapping, kind: .items)
            return try interpreter.keep(JinjaIterator(view.items(limits: interpreter.limits)))
        },
        "first": { interpreter, value, _ in
            try interpreter.iterator(over: value).next()
                ?? .undefined(JinjaUndefined(message: "No first item, sequence was empty."))
        },
        "last": { interpreter, value, _ in
            try reversed(value, interpreter).first
                ?? .undefined(JinjaUndefined(message: "No last item, sequence was empty."))
        },
        "reverse": { interpreter, value, _ in
            if case .text = value {
                return try interpreter.slice(of: value, bounds: [.none, .none, .integer(-1)])
            }
            if case .iterator = value { return try interpreter.list(interpreter.items(of: value).reversed()) }
            return try interpreter.keep(JinjaIterator(reversed(value, interpreter)))
        },
        "sum": { interpreter, value, arguments in
            let values = try arguments.bound(to: ["attribute", "start"], of: "do_sum")
            let path = values[0].map { attributePath($0) } ?? []
            var sum = values[1] ?? .integer(0)
            if case .text = sum {
                throw JinjaFailure.typeError("sum() can't sum strings [use ''.join(seq) instead]")
            }
            for item in try interpreter.items(of: value) {
                try interpreter.charge(1 + sum.weight / 16)
                sum = try interpreter.apply(.add, sum, interpreter.follow(path, from: item))
            }
            return sum
        },
        "batch": batch,
        "slice": slice,
        "attr": { interpreter, value, arguments in
            guard case .text(let name)? = try arguments.bound(to: ["name"], of: "do_attr", required: 1)[0] else {
                throw JinjaFailure.typeError("attribute name must be string")
            }
            let found = try interpreter.attribute(name.string, of: value)
            guard case .mapping(let mapping) = value, mapping.value(ofText: name.string) != nil else { return found }
            if case .function = found { return found }
            return .undefined(.attribute(name.redacted, of: value))
        },
    ]

    private static let orDefault: Body = { _, value, arguments in
        let values = try arguments.bound(to: ["default_value", "boolean"], of: "do_default")
        let isReplaced = value.isUndefined || (values[1]?.isTrue ?? false && !value.isTrue)
        return isReplaced ? values[0] ?? .text("") : value
    }

    private static func reversed(_ value: JinjaValue, _ interpreter: JinjaInterpreter) throws -> [JinjaValue] {
        switch value {
        case .undefined(let undefined): throw undefined.failure
        case .iterator, .none, .boolean, .integer, .float, .namespace, .loop, .macro, .function:
            throw JinjaFailure.typeError("\(value.typeName.pythonQuoted) object is not reversible")
        default: return try interpreter.items(of: value).reversed()
        }
    }

    private static let batch: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["linecount", "fill_with"], of: "do_batch", required: 1)
        let size = try integer(values[0], default: 1)
        let items = try interpreter.items(of: value)
        var groups: [[JinjaValue]] = []
        for item in items {
            if let last = groups.indices.last, groups[last].count != size {
                groups[last].append(item)
            } else {
                groups.append([item])
            }
        }
        if let last = groups.indices.last, let fill = values[1], !fill.isNone, groups[last].count < size {
            let missing = size - groups[last].count
            guard missing <= interpreter.limits.containerSize else {
                throw JinjaFailure.limit(.containerSize, allowed: interpreter.limits.containerSize)
            }
            groups[last] += Array(repeating: fill, count: missing)
        }
        return try interpreter.keep(JinjaIterator(groups.map { try interpreter.list($0) }))
    }

    private static let slice: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["slices", "fill_with"], of: "do_slice", required: 1)
        let count = try integer(values[0], default: 1)
        let items = try interpreter.items(of: value)
        guard count != 0 else {
            throw JinjaFailure.python(
                type: "ZeroDivisionError",
                message: "integer division or modulo by zero"
            )
        }
        guard count > 0 else { return try interpreter.keep(JinjaIterator([])) }
        guard count <= interpreter.limits.containerSize else {
            throw JinjaFailure.limit(.containerSize, allowed: interpreter.limits.containerSize)
        }
        try interpreter.charge(count)
        var rest = items[...]
        let columns = try (0..<count).map { index in
            let isLonger = index < items.count % count
            var column = Array(rest.prefix(items.count / count + (isLonger ? 1 : 0)))
            rest = rest.dropFirst(column.count)
            if let fill = values[1], !fill.isNone, !isLonger { column.append(fill) }
            return try interpreter.list(column)
        }
        return try interpreter.keep(JinjaIterator(columns))
    }
}
