internal import COpenBLAS

/// Multiplies activations with packed weights.
///
/// Keeps what the backend prepares for each shape, for each worker; so one thread uses it at a time. The result of a row
/// depends on that row and the weights alone: work is cut by rows, or by whole blocks of columns, and each piece is
/// computed by one thread.
public final class MatrixMultiplier {
    public let threads: Int
    private let contexts: [OneDNNContext]
    let activations = ActivationBuffer()

    /// - Precondition: 1 ... ``parallelLimit`` threads.
    public init(threads: Int) {
        precondition(threads >= 1 && threads <= parallelLimit, "\(threads) threads of \(parallelLimit)")
        self.threads = threads
        contexts = (0..<threads).map { _ in OneDNNContext() }
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
        case .oneDNN(let packed):
            let pieces = ProductPiece.divide(
                rows: x.rowCount, columns: packed.outputs, inputs: packed.inputs, columnBlock: packed.columnBlock,
                threads: threads)
            try forEach(pieces) { context, piece in
                try context.multiply(
                    x.rows(piece.rows), packed, columns: piece.columns,
                    into: out.rows(piece.rows).columns(piece.columns))
            }
        case .expanding(let packed):
            let pieces = ProductPiece.divideBlocks(
                rows: x.rowCount, columns: packed.outputs, columnBlock: packed.columnBlock, threads: threads)
            try forEach(pieces) { context, piece in
                try context.multiply(
                    x.rows(piece.rows), packed, columns: piece.columns,
                    into: out.rows(piece.rows).columns(piece.columns))
            }
        case .plain(let plain, .openBLAS): multiplyOpenBLAS(x, plain, into: out)
        case .plain(let plain, _): ReferenceProduct.multiply(x, plain.slice, into: out, threads: threads)
        case .bf16(let packed): multiply(x, packed, into: out)
        case .quantized(let packed): multiply(x, packed, into: out)
        case .stacked(let parts):
            var first = 0
            for part in parts {
                try multiply(x, part, into: out.columns(first..<(first + part.outputs)))
                first += part.outputs
            }
        }
    }

    private func forEach(
        _ pieces: [ProductPiece], _ body: @Sendable (OneDNNContext, ProductPiece) throws -> Void
    ) throws {
        let failures = Failures()
        let contexts = UncheckedBox(contexts)
        parallelFor(tasks: pieces.count, threads: threads) { task, worker in
            do {
                try body(contexts.value[worker], pieces[task])
            } catch {
                failures.record(error)
            }
        }
        try failures.throwFirst()
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

/// A part of a product that one thread computes.
struct ProductPiece: Hashable, Sendable {
    var rows: Range<Int>
    var columns: Range<Int>

    /// Most rows of one piece: enough to reuse a block of weights from the cache, few enough to share out.
    static let rowChunk = 64

    /// Bytes of weights that stay in a core's cache while rows pass.
    static let cachedBytes = 1 << 19

    /// Cuts by rows, and by blocks of columns: where rows are few, one for each thread; where they are many, such that
    /// a block stays in the cache while all rows pass.
    static func divide(rows: Int, columns: Int, inputs: Int, columnBlock: Int?, threads: Int) -> [ProductPiece] {
        let rowPieces = (rows + rowChunk - 1) / rowChunk
        let columnRanges = columnRanges(
            rowPieces: rowPieces, columns: columns, inputs: inputs, columnBlock: columnBlock, threads: threads)
        return columnRanges.flatMap { range in
            (0..<rowPieces).map { piece in
                ProductPiece(rows: (piece * rowChunk)..<min(rows, (piece + 1) * rowChunk), columns: range)
            }
        }
    }

    /// Cuts into blocks of columns, several together where there are many; where threads would be left without work at
    /// the end, the last blocks also by rows.
    static func divideBlocks(rows: Int, columns: Int, columnBlock: Int, threads: Int) -> [ProductPiece] {
        let blocks = (columns + columnBlock - 1) / columnBlock
        let width = columnBlock * min(mostBlocks, max(1, blocks / (piecesPerThread * threads)))
        let pieces = (columns + width - 1) / width
        let even = rows < 2 * leastRows ? pieces : pieces / threads * threads
        return (0..<pieces).flatMap { piece in
            let range = (piece * width)..<min(columns, (piece + 1) * width)
            let parts = piece < even ? 1 : min(threads, max(1, rows / leastRows))
            return (0..<parts).map { part in
                ProductPiece(rows: (rows * part / parts)..<(rows * (part + 1) / parts), columns: range)
            }
        }
    }

    /// Pieces for each thread, so that one who is held up leaves work to the others.
    private static let piecesPerThread = 8
    /// More blocks would leave the cache before all rows have passed.
    private static let mostBlocks = 4
    /// Fewer rows are not worth expanding a block twice.
    private static let leastRows = 16

    private static func columnRanges(
        rowPieces: Int, columns: Int, inputs: Int, columnBlock: Int?, threads: Int
    ) -> [Range<Int>] {
        guard let columnBlock else { return [0..<columns] }
        if rowPieces <= 2 {
            return threads > 1 && rowPieces % threads != 0
                ? split(columns, block: columnBlock, pieces: threads) : [0..<columns]
        }
        let cached = max(1, cachedBytes / (inputs * columnBlock * MemoryLayout<Float>.stride)) * columnBlock
        return split(columns, block: columnBlock, pieces: (columns + cached - 1) / cached)
    }

    private static func split(_ columns: Int, block: Int, pieces: Int) -> [Range<Int>] {
        let blocks = (columns + block - 1) / block
        return (0..<min(pieces, blocks)).map { piece in
            let first = blocks * piece / min(pieces, blocks)
            let last = blocks * (piece + 1) / min(pieces, blocks)
            return (first * block)..<min(columns, last * block)
        }
    }
}
