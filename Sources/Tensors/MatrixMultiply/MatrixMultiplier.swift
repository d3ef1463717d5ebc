internal import COpenBLAS

/// Multiplies activations with packed weights.
///
/// Keeps what the backend prepares for each shape, for each worker; so one thread uses it at a time. The result of a row
/// depends on that row and the weights alone: work is cut by rows, or by whole blocks of columns, and each piece is
/// computed by one thread.
public final class MatrixMultiplier {
    public let threads: Int
    private let workers: [ProductWorker]
    private let failures = Failures()
    let activations = ActivationBuffer()
    /// What lies between two layers, for the second one.
    let combined = ActivationBuffer()
    /// Results that cannot be used a piece at a time.
    private var whole = Matrix(rows: 1, columns: 1)

    /// - Precondition: 1 ... ``parallelLimit`` threads.
    public init(threads: Int) {
        precondition(threads >= 1 && threads <= parallelLimit, "\(threads) threads of \(parallelLimit)")
        self.threads = threads
        workers = (0..<threads).map { _ in ProductWorker() }
    }

    /// `out = x * transpose(weights)`.
    ///
    /// - Parameters:
    ///   - x: [rows, inputs]
    ///   - out: [rows, outputs], not overlapping x
    /// - Throws: ``TensorError``.
    public func multiply(_ x: MatrixSlice, _ weights: PackedWeights, into out: MatrixSlice) throws {
        precondition(x.columnCount == weights.inputs, "\(x.columnCount) inputs for \(weights.inputs)")
        precondition(out.columnCount == weights.outputs, "\(out.columnCount) outputs for \(weights.outputs)")
        precondition(out.rowCount == x.rowCount, "\(out.rowCount) rows for \(x.rowCount)")
        switch weights.storage {
        case .oneDNN(let packed): try multiply(x, packed, into: out)
        case .expanding(let packed): try multiply(x, packed, into: out)
        case .plain(let plain, .openBLAS): multiplyOpenBLAS(x, plain, into: out)
        case .plain(let plain, _): ReferenceProduct.multiply(x, plain.slice, into: out, threads: threads)
        case .bf16(let packed), .mastered(_, let packed): multiply(x, packed, into: out)
        case .quantized(let packed): multiply(x, packed, into: out)
        case .stacked(let parts):
            var first = 0
            for part in parts {
                try multiply(x, part, into: out.columns(first..<(first + part.outputs)))
                first += part.outputs
            }
        }
    }

    private func multiply(_ x: MatrixSlice, _ packed: OneDNNWeights, into out: MatrixSlice) throws {
        let pieces = ProductPieces.chunks(
            rows: x.rowCount, columns: packed.outputs, inputs: packed.inputs, columnBlock: packed.columnBlock,
            threads: threads)
        try forEach(pieces) { worker, piece in
            try worker.context.multiply(
                x.rows(piece.rows), packed, columns: piece.columns, into: out.rows(piece.rows).columns(piece.columns))
        }
    }

    private func multiply(_ x: MatrixSlice, _ packed: ExpandingWeights, into out: MatrixSlice) throws {
        let pieces = ProductPieces.blocks(
            rows: x.rowCount, columns: packed.outputs, columnBlock: packed.columnBlock, threads: threads)
        try forEach(pieces) { worker, piece in
            try worker.context.multiply(
                x.rows(piece.rows), packed, columns: piece.columns, into: out.rows(piece.rows).columns(piece.columns))
        }
    }

    func forEach(
        _ pieces: ProductPieces, _ body: @Sendable (ProductWorker, ProductPiece) throws -> Void
    ) throws {
        let failures = failures
        let workers = UncheckedBox(workers)
        parallelFor(tasks: pieces.count, threads: threads) { task, worker in
            do {
                try body(workers.value[worker], pieces[task])
            } catch {
                failures.record(error)
            }
        }
        try failures.throwFirst()
    }

    /// Scratch space of a shape, valid until the next call.
    func unstreamed(_ rows: Int, _ columns: Int) -> MatrixSlice {
        if whole.columnCount < rows * columns { whole = Matrix(rows: 1, columns: rows * columns) }
        return unsafe MatrixSlice(whole, pointer: whole.pointer, rows: rows, columns: columns, stride: columns)
    }

    private func multiplyOpenBLAS(_ x: MatrixSlice, _ weights: Matrix, into out: MatrixSlice) {
        let chunk = 64
        parallelFor(tasks: (x.rowCount + chunk - 1) / chunk, threads: threads) { task, _ in
            let rows = (task * chunk)..<min(x.rowCount, (task + 1) * chunk)
            unsafe cob_multiply_transposed(
                rows.count, weights.rowCount, weights.columnCount, x.rows(rows).pointer, x.stride, weights.pointer,
                out.rows(rows).pointer, out.stride)
        }
    }
}
