/// Columns of a product: some rows of a weight matrix, in one of the forms that can be multiplied a few at a time.
struct WeightColumns: Sendable {
    enum Form: Sendable {
        case oneDNN(OneDNNWeights)
        case expanding(ExpandingWeights)
        case bf16(BF16Weights)
        case quantized(QuantizedWeights)
    }

    /// What a form wants activations to be.
    enum Input: Hashable, Sendable {
        case floats
        case rounded
        case quantized
    }

    let form: Form
    /// The first of them, counted in the whole matrix.
    let first: Int
    let count: Int
    /// Columns that lie together: a piece begins with a multiple of it, counted from `first`.
    let block: Int

    /// All columns; nil where they cannot be cut.
    init?(_ weights: PackedWeights) {
        self.init(weights, columns: 0..<weights.outputs)
    }

    private init?(_ weights: PackedWeights, columns: Range<Int>) {
        switch weights.storage {
        case .oneDNN(let packed):
            guard let columnBlock = packed.columnBlock else { return nil }
            (form, block) = (.oneDNN(packed), columnBlock)
        case .expanding(let packed): (form, block) = (.expanding(packed), packed.columnBlock)
        case .bf16(let packed), .mastered(_, let packed): (form, block) = (.bf16(packed), BF16Weights.panel)
        case .quantized(let packed): (form, block) = (.quantized(packed), QuantizedWeights.panel)
        case .plain, .stacked: return nil
        }
        guard columns.lowerBound % block == 0 else { return nil }
        first = columns.lowerBound
        count = columns.count
    }

    /// The upper and the lower half of a matrix; nil where they cannot be multiplied side by side.
    static func halves(_ weights: PackedWeights) -> (upper: WeightColumns, lower: WeightColumns)? {
        guard weights.outputs % 2 == 0 else { return nil }
        let half = weights.outputs / 2
        var pair = (
            WeightColumns(weights, columns: 0..<half), WeightColumns(weights, columns: half..<weights.outputs)
        )
        if case .stacked(let parts) = weights.storage {
            guard parts.count == 2, parts[0].outputs == half else { return nil }
            pair = (WeightColumns(parts[0]), WeightColumns(parts[1]))
        }
        guard let upper = pair.0, let lower = pair.1, upper.input == lower.input, upper.block == lower.block
        else { return nil }
        return (upper, lower)
    }

    var input: Input {
        switch form {
        case .oneDNN, .expanding: .floats
        case .bf16: .rounded
        case .quantized: .quantized
        }
    }

    /// Pieces of a product with these columns, and with as many others beside them.
    ///
    /// - Parameter parts: how many products are computed side by side
    func pieces(rows: Int, threads: Int, parts: Int) -> ProductPieces {
        switch form {
        case .oneDNN, .expanding:
            return ProductPieces.blocks(
                rows: rows, columns: count, columnBlock: block, threads: threads, parts: parts)
        case .bf16(let packed): return panels(packed.panelByteCount)
        case .quantized(let packed): return panels(packed.panelByteCount)
        }

        func panels(_ byteCount: Int) -> ProductPieces {
            ProductPieces.panels(
                rows: rows, columns: count, panel: block, panelByteCount: parts * byteCount, threads: threads)
        }
    }
}
