/// Rewritings that do not change what an answer means.
enum MathForm {
    /// Plus-minus becomes two values; sets in sets and lists of one are opened; small unions of points become sets.
    static func normal(_ node: MathNode) -> MathNode {
        switch node {
        case .list(let items):
            let flat = items.flatMap(alternatives)
            return flat.count == 1 ? flat[0] : .list(flat)
        case .set(let items): return .set(items.flatMap(alternatives))
        case .plusMinus:
            let both = alternatives(node)
            return both.count == 1 ? both[0] : .list(both)
        case .tuple(let open, let close, let items): return .tuple(open: open, close: close, items.map(normal))
        case .union(let parts): return union(parts.map(normal))
        case .relation(let nodes, let operators): return relation(nodes.map(normal), operators)
        case .negated(let inside):
            if case .number(let value, let isDecimal) = inside { return .number(-value, isDecimal: isDecimal) }
            return .negated(normal(inside))
        case .text(let text): return Double(text).map { .number($0, isDecimal: text.contains(".")) } ?? node
        default: return node
        }
    }

    private static func union(_ parts: [MathNode]) -> MathNode {
        var points: [MathNode] = []
        var others: [MathNode] = []
        for part in parts { if case .set(let items) = part { points += items } else { others.append(part) } }
        if others.isEmpty { return .set(points) }
        return .union(points.isEmpty ? others : others + [.set(points)])
    }

    /// `a : b` is a ratio; a chain of equals is what it ends in, before any approximation.
    private static func relation(_ nodes: [MathNode], _ operators: [String]) -> MathNode {
        var (nodes, operators) = ratios(nodes, operators)
        if operators.isEmpty { return nodes[0] }
        if let first = operators.firstIndex(of: "≈") {
            if first > 0 {
                nodes = Array(nodes[...first])
                operators = Array(operators[..<first])
            } else {
                operators = operators.map { $0 == "≈" ? "=" : $0 }
            }
        }
        if operators.count > 1, operators.allSatisfy({ $0 == "=" }) {
            return .relation([nodes[0], nodes[nodes.count - 1]], ["="])
        }
        return .relation(nodes, operators)
    }

    /// `a : b` as a quotient.
    private static func ratios(_ nodes: [MathNode], _ operators: [String]) -> ([MathNode], [String]) {
        var kept = [nodes[0]]
        var left: [String] = []
        for (node, symbol) in zip(nodes.dropFirst(), operators) {
            if symbol == ":" {
                kept[kept.count - 1] = .quotient(kept[kept.count - 1], node)
            } else {
                kept.append(node)
                left.append(symbol)
            }
        }
        return (kept, left)
    }

    private static func alternatives(_ node: MathNode) -> [MathNode] {
        switch node {
        case .plusMinus(let left, let right):
            guard let left else { return [right, normal(.negated(right))] }
            return [.sum([left, right]), .sum([left, .negated(right)])]
        case .relation(let nodes, ["="]):
            if case .plusMinus = nodes[1] { return alternatives(nodes[1]).map { .relation([nodes[0], $0], ["="]) } }
            return [normal(node)]
        default: return [normal(node)]
        }
    }

    /// What an equation or a membership says of the one thing that it names: `x = 5` is 5, `x \in S` is S.
    static func value(_ node: MathNode) -> MathNode {
        switch node {
        case .relation(let nodes, ["="])
        where isName(nodes[0]) || variables(nodes[0]).isEmpty && variables(nodes[1]).isEmpty:
            return normal(nodes[1])
        case .relation(let nodes, ["in"]) where isName(nodes[0]): return normal(nodes[1])
        case .relation(let nodes, let operators):
            return interval(nodes, operators) ?? node
        case .list(let items):
            let values = items.map(value)
            return .list(values)
        default: return node
        }
    }

    /// A letter, a word, or something applied to letters: `x`, `A_1`, `f(x)`, `\text{Area}`.
    private static func isName(_ node: MathNode) -> Bool {
        switch node {
        case .variable, .text: true
        case .product(let parts): parts.count <= 6 && parts.allSatisfy(isName)
        case .quotient(let one, let other): isName(one) && isName(other)
        case .function("abs", let parts): parts.allSatisfy(isName)
        case .tuple(_, _, let items): items.allSatisfy(isName)
        default: false
        }
    }

    /// The interval that inequalities for one variable describe.
    private static func interval(_ nodes: [MathNode], _ operators: [String]) -> MathNode? {
        let isRising = operators.allSatisfy { $0.hasPrefix("<") }
        guard isRising || operators.allSatisfy({ $0.hasPrefix(">") }) else { return nil }
        let (nodes, operators) = isRising ? (nodes, operators) : (nodes.reversed(), operators.reversed())
        func end(_ symbol: String, _ loose: Character, _ strict: Character) -> Character {
            symbol.hasSuffix("=") ? loose : strict
        }
        if nodes.count == 3, isName(nodes[1]) {
            return .tuple(open: end(operators[0], "[", "("), close: end(operators[1], "]", ")"), [nodes[0], nodes[2]])
        }
        guard nodes.count == 2 else { return nil }
        if case .variable(let name) = nodes[0], !variables(nodes[1]).contains(name) {
            return .tuple(open: "(", close: end(operators[0], "]", ")"), [.negated(.infinity), nodes[1]])
        }
        if case .variable(let name) = nodes[1], !variables(nodes[0]).contains(name) {
            return .tuple(open: end(operators[0], "[", "("), close: ")", [nodes[0], .infinity])
        }
        return nil
    }

    // MARK: What an expression holds

    static func variables(_ node: MathNode) -> Set<String> {
        if case .variable(let name) = node { return MathValue.isConstant(name) ? [] : [name] }
        return parts(node).reduce(into: []) { $0.formUnion(variables($1)) }
    }

    static func hasDecimal(_ node: MathNode) -> Bool {
        if case .number(_, let isDecimal) = node { return isDecimal }
        return parts(node).contains(where: hasDecimal)
    }

    /// Whether the value comes out of a sum or a function, which may take large numbers from one another.
    static func cancels(_ node: MathNode) -> Bool {
        switch node {
        case .sum, .function: true
        default: parts(node).contains(where: cancels)
        }
    }

    private static func parts(_ node: MathNode) -> [MathNode] {
        switch node {
        case .number, .variable, .infinity, .text: []
        case .sum(let items), .product(let items), .set(let items), .union(let items), .list(let items),
            .function(_, let items), .tuple(_, _, let items), .relation(let items, _):
            items
        case .quotient(let one, let other), .power(let one, let other), .setOperation(_, let one, let other):
            [one, other]
        case .negated(let inside), .percent(let inside): [inside]
        case .plusMinus(let left, let right): (left.map { [$0] } ?? []) + [right]
        case .matrix(let rows): rows.flatMap(\.self)
        }
    }

    /// Fixed points at which expressions are compared; irrational-looking, so that coincidences are unlikely.
    static func points(_ names: Set<String>) -> [[String: ComplexNumber]] {
        (0..<6).map { row in
            var values: [String: ComplexNumber] = [:]
            for (column, name) in names.sorted().enumerated() {
                let step = Double((row * 7 + column * 13) % 29) * 0.137
                values[name] = ComplexNumber(0.531 + step + 0.0173 * Double(row * column))
            }
            return values
        }
    }

    /// Words in small letters, without punctuation, articles or spaces.
    static func words(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
