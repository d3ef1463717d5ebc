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
    ///
    /// - Parameter parts: how many products share the cache
    static func divideBlocks(
        rows: Int, columns: Int, columnBlock: Int, threads: Int, parts: Int = 1
    ) -> [ProductPiece] {
        let blocks = (columns + columnBlock - 1) / columnBlock
        let width = columnBlock * min(mostBlocks / parts, max(1, blocks / (piecesPerThread * threads)))
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
