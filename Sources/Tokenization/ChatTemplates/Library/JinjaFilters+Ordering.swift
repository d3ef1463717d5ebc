extension JinjaFilters {
    static let orderings: [String: Body] = [
        "sort": sort,
        "dictsort": dictsort,
        "groupby": groupby,
        "min": { try extreme($0, $1, $2, name: "do_min", .less) },
        "max": { try extreme($0, $1, $2, name: "do_max", .greater) },
    ]

    /// Sorts by keys, equal ones staying in their order.
    private static func sorted(
        _ items: [JinjaValue],
        keys: [JinjaValue],
        descending: Bool,
        _ interpreter: JinjaInterpreter
    ) throws -> [JinjaValue] {
        let order = try items.indices.sorted { first, second in
            try interpreter.charge(1 + min(keys[first].weight, keys[second].weight) / 4)
            let (left, right) = descending ? (second, first) : (first, second)
            if try keys[left].isOrdered(.less, keys[right]) { return true }
            let isAfter = try keys[right].isOrdered(.less, keys[left])
            return first < second && !isAfter
        }
        return order.map { items[$0] }
    }

    private static let sort: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["reverse", "case_sensitive", "attribute"], of: "do_sort")
        let isCaseSensitive = values[1]?.isTrue ?? false
        var paths = [attributePath(values[2] ?? .none)]
        if case .text(let attributes)? = values[2] {
            paths = attributes.split(at: TracedText(","), limit: .max, fromEnd: false).map { attributePath(.text($0)) }
        }
        let items = try interpreter.items(of: value)
        let keys = try items.map { item in
            try interpreter.list(
                paths.map { try interpreter.follow($0, from: item).comparable(isCaseSensitive: isCaseSensitive) }
            )
        }
        return try interpreter.list(
            sorted(items, keys: keys, descending: values[0]?.isTrue ?? false, interpreter)
        )
    }

    private static let dictsort: Body = { interpreter, value, arguments in
        let values = try arguments.bound(to: ["case_sensitive", "by", "reverse"], of: "do_dictsort")
        guard case .text(let by) = values[1] ?? .text("key"), by == "key" || by == "value" else {
            throw JinjaFailure.filterArgument("You can only sort by either \"key\" or \"value\"")
        }
        guard case .mapping(let mapping) = value else {
            if case .undefined(let undefined) = value { throw undefined.failure }
            throw JinjaFailure.python(
                type: "AttributeError",
                message: "\(value.typeName.pythonQuoted) object has no attribute 'items'"
            )
        }
        let isCaseSensitive = values[0]?.isTrue ?? false
        let keys = (by == "key" ? mapping.keys : mapping.values).map {
            $0.comparable(isCaseSensitive: isCaseSensitive)
        }
        let items = try JinjaMappingView(mapping: mapping, kind: .items).items(limits: interpreter.limits)
        return try interpreter.list(
            sorted(items, keys: keys, descending: values[2]?.isTrue ?? false, interpreter)
        )
    }

    private static let groupby: Body = { interpreter, value, arguments in
        let values = try arguments.bound(
            to: ["attribute", "default", "case_sensitive"],
            of: "do_groupby",
            required: 1
        )
        let path = attributePath(values[0] ?? .none)
        let isCaseSensitive = values[2]?.isTrue ?? false
        func key(_ item: JinjaValue) throws -> JinjaValue {
            try interpreter.follow(path, from: item, default: values[1]).comparable(isCaseSensitive: isCaseSensitive)
        }
        let items = try interpreter.items(of: value)
        let sortedItems = try sorted(items, keys: try items.map(key), descending: false, interpreter)
        var groups: [[JinjaValue]] = []
        for item in sortedItems {
            if let first = groups.last?.first, try key(first).equals(key(item)) {
                groups[groups.count - 1].append(item)
            } else {
                groups.append([item])
            }
        }
        return try interpreter.list(
            groups.map { group in
                let grouper = try interpreter.follow(path, from: group[0], default: values[1])
                let fields = [grouper, try interpreter.list(group)]
                return .tuple(
                    try JinjaSequence(fields, fieldNames: ["grouper", "list"], limits: interpreter.limits)
                )
            }
        )
    }

    private static func extreme(
        _ interpreter: JinjaInterpreter,
        _ value: JinjaValue,
        _ arguments: JinjaArguments,
        name: String,
        _ ordering: JinjaValue.Ordering
    ) throws -> JinjaValue {
        let values = try arguments.bound(to: ["case_sensitive", "attribute"], of: name)
        let path = values[1].map { attributePath($0) } ?? []
        let isCaseSensitive = values[0]?.isTrue ?? false
        var best: (item: JinjaValue, key: JinjaValue)?
        for item in try interpreter.items(of: value) {
            let key = try interpreter.follow(path, from: item).comparable(isCaseSensitive: isCaseSensitive)
            if let current = best, !(try key.isOrdered(ordering, current.key)) { continue }
            best = (item, key)
        }
        return best?.item ?? .undefined(JinjaUndefined(message: "No aggregated item, sequence was empty."))
    }
}
