internal import Tensors

/// Scratch space of a forward pass, made once and used again. One forward pass uses it at a time.
public final class Workspace {
    /// Most rows of one batch.
    public let rowCapacity: Int
    public let threads: Int
    let multiplier: MatrixMultiplier
    let residual: Matrix
    let scale: Matrix
    let normalized: Matrix
    let queryKeyValue: Matrix
    let z: Matrix
    let sublayerOut: Matrix
    let gateUp: Matrix
    let mlpPost: Matrix
    private(set) var attentionScratch: Matrix
    /// What adapters make of a batch, [rows, ranks or outputs of the widest]; without elements while there are none.
    private var adapterHidden = Matrix(rows: 0, columns: 0)
    private var adapterDelta = Matrix(rows: 0, columns: 0)
    private var logitHidden = Matrix(rows: 0, columns: 0)
    private var logitDelta = Matrix(rows: 0, columns: 0)
    /// The position of each row of the batch in its sequence.
    private(set) var positions: [Int32] = []
    /// What attention does for the rows of the batch.
    private(set) var schedule = CausalAttention.Schedule()

    public init(_ configuration: TransformerConfiguration, rows: Int, threads: Int) {
        rowCapacity = rows
        self.threads = threads
        multiplier = MatrixMultiplier(threads: threads)
        let width = configuration.modelDimension
        residual = Matrix(rows: rows, columns: width)
        scale = Matrix(rows: rows, columns: 1)
        normalized = Matrix(rows: rows, columns: width)
        queryKeyValue = Matrix(rows: rows, columns: configuration.queryWidth + 2 * configuration.keyValueWidth)
        z = Matrix(rows: rows, columns: configuration.queryWidth)
        sublayerOut = Matrix(rows: rows, columns: width)
        gateUp = Matrix(rows: rows, columns: (configuration.isGated ? 2 : 1) * configuration.feedForwardDimension)
        mlpPost = Matrix(rows: rows, columns: configuration.feedForwardDimension)
        attentionScratch = Matrix(rows: threads, columns: 1)
    }

    /// Says what is to be done for a batch, in the memory of the last one.
    ///
    /// - Parameter heads: heads of keys and values.
    func plan(_ batch: TokenBatch, heads: Int) {
        positions.removeAll(keepingCapacity: true)
        schedule.removeAll()
        for sequence in batch.sequences {
            let (first, cache) = (sequence.cache.length, sequence.cache)
            for position in first..<(first + sequence.rows.count) { positions.append(Int32(position)) }
            schedule.append(CausalAttention.Job(rows: sequence.rows, first: first, segments: cache.segments))
        }
        schedule.cut(heads: heads)
    }

    /// Room for what an adapter makes of a batch: [rows, rank] and [rows, outputs].
    func adapterScratch(rows: Int, rank: Int, outputs: Int) -> (hidden: MatrixSlice, delta: MatrixSlice) {
        if adapterHidden.columnCount < rank { adapterHidden = Matrix(rows: rowCapacity, columns: rank) }
        if adapterDelta.columnCount < outputs { adapterDelta = Matrix(rows: rowCapacity, columns: outputs) }
        return (
            adapterHidden.reshaped(rows: rows, columns: rank), adapterDelta.reshaped(rows: rows, columns: outputs)
        )
    }

    /// The same for rows of logits.
    func logitScratch(rows: Int, rank: Int, outputs: Int) -> (hidden: MatrixSlice, delta: MatrixSlice) {
        func grow(_ matrix: inout Matrix, _ columns: Int) -> MatrixSlice {
            if matrix.rowCount * matrix.columnCount < rows * columns { matrix = Matrix(rows: rows, columns: columns) }
            return matrix.reshaped(rows: rows, columns: columns)
        }
        return (grow(&logitHidden, rank), grow(&logitDelta, outputs))
    }

    /// Makes room for scores of `positions` positions.
    func reserveAttention(_ attention: CausalAttention, positions: Int) {
        let columns = attention.scratchColumns(positions: positions)
        guard columns > attentionScratch.columnCount else { return }
        let room = attention.scratchColumns(positions: max(512, 2 * positions))
        attentionScratch = Matrix(rows: threads, columns: room)
    }
}
