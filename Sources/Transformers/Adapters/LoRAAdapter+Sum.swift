internal import Tensors

extension LoRAAdapter {
    /// The sum of what adapters add, each matrix with the ranks of all that change it.
    ///
    /// - Precondition: there is an adapter, and all have the same convention.
    /// - Throws: ``TransformerError/shape(tensor:found:expected:)`` where two change a matrix in another shape;
    ///   ``TransformerError/adapterKind(_:)`` for adapters of embeddings, and those with whole matrices.
    public static func sum(_ adapters: [LoRAAdapter]) throws -> LoRAAdapter {
        precondition(Set(adapters.map(\.convention)).count == 1, "adapters of several conventions, or none")
        for adapter in adapters {
            try TransformerError.naming(adapter: adapter.path) {
                guard let other = adapter.embeddings.keys.min() ?? adapter.wholes.map(\.module).min() else { return }
                throw TransformerError.adapterSum(other)
            }
        }
        var parts: [String: [Change]] = [:]
        for adapter in adapters {
            for (name, change) in adapter.changes { parts[name, default: []].append(change) }
        }
        return LoRAAdapter(
            adapters[0].convention,
            changes: try Dictionary(uniqueKeysWithValues: parts.map { ($0, try $1.joined($0)) }),
            architecture: adapters.lazy.compactMap(\.architecture).first, path: nil, baseModel: commonModel(adapters))
    }

    /// The model that all of them were trained on; nil where one does not say it, or says another.
    private static func commonModel(_ adapters: [LoRAAdapter]) -> BaseModelMark? {
        guard let first = adapters.first?.baseModel else { return nil }
        return adapters.allSatisfy { $0.baseModel?.matches(first) ?? false } ? first : nil
    }

    /// The nearest adapter, in the sum of squares of what it adds to each matrix, whose changes have this rank (Eckart and
    /// Young, 1936); lower ranks are filled up with zeros.
    ///
    /// - Parameter rank: at least 1
    /// - Returns: the adapter, with scale 1, and the share of the sum of squares that it keeps.
    /// - Throws: ``TransformerError/adapterNotFinite(_:)``.
    public func truncated(rank: Int) throws(TransformerError) -> (adapter: LoRAAdapter, kept: Double) {
        precondition(rank >= 1, "rank \(rank)")
        var (kept, total) = (0.0, 0.0)
        var found: [String: Change] = [:]
        for (name, change) in changes.sorted(by: { $0.key < $1.key }) {
            try change.checkNumbers(name)
            let decomposed = LowRankDecomposition(change)
            total += decomposed.squares.reduce(0, +)
            kept += decomposed.squares.prefix(rank).reduce(0, +)
            found[name] = decomposed.change(rank: rank)
        }
        let adapter = LoRAAdapter(
            convention, changes: found, architecture: architecture, path: nil, baseModel: baseModel)
        return (adapter, total > 0 ? kept / total : 1)
    }
}

extension LoRAAdapter.Change {
    fileprivate func checkNumbers(_ name: String) throws(TransformerError) {
        for (matrix, half, factor) in [(a, "A", 1), (b, "B", scale)] {
            guard matrix.slice.copy().allSatisfy({ ($0 * factor).isFinite }) else {
                throw .adapterNotFinite("\(name) lora \(half)")
            }
        }
    }
}

extension [LoRAAdapter.Change] {
    /// Side by side, with the scales in `b`.
    fileprivate func joined(_ name: String) throws -> LoRAAdapter.Change {
        let rank = reduce(0) { $0 + $1.a.rowCount }
        let (inputs, outputs) = (self[0].a.columnCount, self[0].b.rowCount)
        let joined = LoRAAdapter.Change(
            a: Matrix(rows: rank, columns: inputs), b: Matrix(rows: outputs, columns: rank), scale: 1)
        var first = 0
        for change in self {
            guard change.a.columnCount == inputs, change.b.rowCount == outputs else {
                throw TransformerError.shape(
                    tensor: name, found: [change.b.rowCount, change.a.columnCount], expected: [outputs, inputs])
            }
            let own = first..<(first + change.a.rowCount)
            joined.a.rows(own).assign(change.a.slice)
            for row in 0..<outputs {
                joined.b.row(row).columns(own).assign(change.b.row(row).copy().map { $0 * change.scale })
            }
            first = own.upperBound
        }
        return joined
    }
}

/// The singular values and vectors of `scale * b * a`, without ever holding the product: those of a small matrix between
/// the orthonormal rows that span `a` and the columns of `b`.
private struct LowRankDecomposition {
    /// Squares of the singular values, largest first.
    let squares: [Double]
    private let outputs, inputs: Int
    /// For each singular value, its left vector times it, [outputs].
    private let left: [[Double]]
    /// For each singular value, its right vector, [inputs].
    private let right: [[Double]]

    init(_ change: LoRAAdapter.Change) {
        (outputs, inputs) = (change.b.rowCount, change.a.columnCount)
        let a = (0..<change.a.rowCount).map { change.a.row($0).copy().map(Double.init) }
        let b = (0..<change.b.rowCount).map { change.b.row($0).copy().map { Double($0) * Double(change.scale) } }
        let rows = SymmetricEigen(a.map { x in a.map { dot(x, $0) } })
        let spanning = rows.values.indices.filter { rows.values[$0] > 1e-14 * max(rows.values[0], 1e-300) }
        let lengths = spanning.map { rows.values[$0].squareRoot() }
        // Orthonormal rows with a = lower * basis, and b * lower.
        let basis = zip(spanning, lengths).map { index, length in
            combined(a, rows.vectors[index].map { $0 / length })
        }
        let products = b.map { row in
            zip(spanning, lengths).map { index, length in dot(row, rows.vectors[index]) * length }
        }
        let width = spanning.count
        let inner = (0..<width).map { i in (0..<width).map { j in products.reduce(0) { $0 + $1[i] * $1[j] } } }
        let eigen = width == 0 ? nil : SymmetricEigen(inner)
        squares = (eigen?.values ?? []).map { max(0, $0) }
        left = (eigen?.vectors ?? []).map { vector in products.map { dot($0, vector) } }
        right = (eigen?.vectors ?? []).map { vector in combined(basis, vector) }
    }

    /// The first `rank` parts, the singular values shared out evenly.
    func change(rank: Int) -> LoRAAdapter.Change {
        let a = Matrix(rows: rank, columns: inputs)
        let b = Matrix(rows: outputs, columns: rank)
        for part in 0..<min(rank, squares.count) where squares[part] > 0 {
            let root = squares[part].squareRoot().squareRoot()
            a.row(part).assign(right[part].map { Float($0 * root) })
            for row in 0..<outputs { b.row(row).columns(part..<(part + 1)).assign([Float(left[part][row] / root)]) }
        }
        return LoRAAdapter.Change(a: a, b: b, scale: 1)
    }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

/// The sum of rows, each with its weight.
private func combined(_ rows: [[Double]], _ weights: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: rows.first?.count ?? 0)
    for (row, weight) in zip(rows, weights) {
        for index in sum.indices { sum[index] += weight * row[index] }
    }
    return sum
}
