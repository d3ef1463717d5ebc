/// The parts that a product is cut into. They are computed where they are asked for: a product of one row is too short
/// for a list of them.
struct ProductPieces: RandomAccessCollection, Sendable {
    /// A range that is cut, into widths of its own or evenly.
    enum Cuts: Sendable {
        /// Each of so many elements, but the last.
        case widths(of: Int, width: Int)
        /// So many ranges of whole blocks, as even as can be.
        case shares(of: Int, block: Int, count: Int)

        var count: Int {
            switch self {
            case .widths(let total, let width): (total + width - 1) / width
            case .shares(_, _, let count): count
            }
        }

        subscript(index: Int) -> Range<Int> {
            switch self {
            case .widths(let total, let width):
                return (index * width)..<Swift.min(total, (index + 1) * width)
            case .shares(let total, let block, let count):
                let blocks = (total + block - 1) / block
                return (blocks * index / count * block)..<Swift.min(total, blocks * (index + 1) / count * block)
            }
        }
    }

    let rows: Cuts
    let columns: Cuts
    /// Whether all columns of some rows come before the next rows.
    let rowsAreOutermost: Bool
    /// So many ranges of columns come first, each with all rows.
    let wholeColumns: Int
    private let rowCount: Int
    /// Divisors of every index.
    private let (rowCuts, columnCuts): (Int, Int)

    init(rowCount: Int, rows: Cuts, columns: Cuts, rowsAreOutermost: Bool = false, wholeColumns: Int = 0) {
        self.rowCount = rowCount
        self.rows = rows
        self.columns = columns
        self.rowsAreOutermost = rowsAreOutermost
        self.wholeColumns = wholeColumns
        (rowCuts, columnCuts) = (rows.count, columns.count)
    }

    var startIndex: Int { 0 }

    var endIndex: Int { wholeColumns + rowCuts * (columnCuts - wholeColumns) }

    subscript(index: Int) -> ProductPiece {
        guard index >= wholeColumns else { return ProductPiece(rows: 0..<rowCount, columns: columns[index]) }
        let rest = index - wholeColumns
        let (row, column) =
            rowsAreOutermost ? (rest / columnCuts, rest % columnCuts) : (rest % rowCuts, wholeColumns + rest / rowCuts)
        return ProductPiece(rows: rows[row], columns: columns[column])
    }
}

extension ProductPieces {
    /// Cuts by rows, and by blocks of columns: where rows are few, one for each thread; where they are many, such that
    /// a block stays in the cache while all rows pass.
    static func chunks(rows: Int, columns: Int, inputs: Int, columnBlock: Int?, threads: Int) -> ProductPieces {
        let rowCuts = Cuts.widths(of: rows, width: ProductPiece.rowChunk)
        return ProductPieces(
            rowCount: rows, rows: rowCuts,
            columns: columnCuts(
                rowPieces: rowCuts.count, columns: columns, inputs: inputs, columnBlock: columnBlock, threads: threads))
    }

    /// Cuts into blocks of columns, several together where there are many; where threads would be left without work at
    /// the end, the last blocks also by rows.
    ///
    /// - Parameter parts: how many products share the cache
    static func blocks(
        rows: Int, columns: Int, columnBlock: Int, threads: Int, parts: Int = 1
    ) -> ProductPieces {
        let blocks = (columns + columnBlock - 1) / columnBlock
        let width = columnBlock * Swift.min(mostBlocks / parts, Swift.max(1, blocks / (blocksPerThread * threads)))
        let cuts = Cuts.widths(of: columns, width: width)
        let shares = Swift.min(threads, Swift.max(1, rows / leastRows))
        return ProductPieces(
            rowCount: rows, rows: .shares(of: rows, block: 1, count: shares), columns: cuts,
            wholeColumns: rows < 2 * leastRows ? cuts.count : cuts.count / threads * threads)
    }

    /// Cuts into whole panels and, where there are many, by rows.
    static func panels(
        rows: Int, columns: Int, panel: Int, panelByteCount: Int, threads: Int, rowChunk: Int = panelRowChunk
    ) -> ProductPieces {
        let panels = (columns + panel - 1) / panel
        let share = (panels + panelsPerThread * threads - 1) / (panelsPerThread * threads)
        let width = panel * (threads == 1 ? panels : Swift.max(1, share))
        let cached = panel * Swift.max(1, cachedPanelBytes / panelByteCount)
        return ProductPieces(
            rowCount: rows, rows: .widths(of: rows, width: rowChunk),
            columns: .widths(of: columns, width: rows == 1 ? width : Swift.min(width, cached)), rowsAreOutermost: true)
    }

    /// Rows whose activations stay in the cache while panels pass.
    static let panelRowChunk = 128

    /// Pieces for each thread, so that one who is held up leaves work to the others.
    private static let blocksPerThread = 8
    private static let panelsPerThread = 4
    /// More blocks would leave the cache before all rows have passed.
    private static let mostBlocks = 4
    /// Fewer rows are not worth expanding a block twice.
    private static let leastRows = 16
    /// Bytes of weights that stay in a core's cache while rows pass.
    private static let cachedBytes = 1 << 19
    /// Bytes of panels that stay in the cache while rows pass.
    private static let cachedPanelBytes = 1 << 18

    private static func columnCuts(
        rowPieces: Int, columns: Int, inputs: Int, columnBlock: Int?, threads: Int
    ) -> Cuts {
        guard let columnBlock else { return .widths(of: columns, width: Swift.max(1, columns)) }
        let blocks = (columns + columnBlock - 1) / columnBlock
        func shares(_ count: Int) -> Cuts {
            .shares(of: columns, block: columnBlock, count: Swift.min(count, blocks))
        }
        if rowPieces <= 2 { return shares(threads > 1 && rowPieces % threads != 0 ? threads : 1) }
        let cached = Swift.max(1, cachedBytes / (inputs * columnBlock * MemoryLayout<Float>.stride)) * columnBlock
        return shares((columns + cached - 1) / cached)
    }
}
