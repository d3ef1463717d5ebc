internal import Foundation

/// Rows of float32 in one aligned block of memory.
///
/// A reference type: scratch space is made once and written many times. Not safe to write from two threads at once,
/// except to different rows.
@safe
public final class Matrix: @unchecked Sendable {
    public let rowCount: Int
    public let columnCount: Int
    let pointer: UnsafeMutablePointer<Float>

    /// A matrix of zeros.
    ///
    /// - Precondition: both counts are at least 0 and their product is at most 2^40.
    public init(rows: Int, columns: Int) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        precondition(rows >= 0 && columns >= 0 && !overflow && count <= 1 << 40, "matrix of \(rows) x \(columns)")
        rowCount = rows
        columnCount = columns
        let bytes = max(count, 16) * MemoryLayout<Float>.stride
        guard let memory = unsafe allocateAligned(bytes) else {
            preconditionFailure("no memory for a matrix of \(rows) x \(columns)")
        }
        unsafe memset(memory, 0, bytes)
        unsafe pointer = memory.assumingMemoryBound(to: Float.self)
    }

    /// A matrix with the given rows, all of one length.
    public convenience init(_ rows: [[Float]]) {
        self.init(rows: rows.count, columns: rows.first?.count ?? 0)
        for (index, row) in rows.enumerated() {
            precondition(row.count == columnCount, "row \(index) has \(row.count) elements, not \(columnCount)")
            self.row(index).assign(row)
        }
    }

    deinit { unsafe free(pointer) }

    /// All of it.
    public var slice: MatrixSlice { MatrixSlice(self, rows: 0..<rowCount, columns: 0..<columnCount) }

    /// Some rows of it.
    public func rows(_ range: Range<Int>) -> MatrixSlice { MatrixSlice(self, rows: range, columns: 0..<columnCount) }

    /// One row of it.
    public func row(_ index: Int) -> MatrixSlice { rows(index..<(index + 1)) }
}

/// A rectangle of a matrix, as a view: what is written to it is written to the matrix.
@safe
public struct MatrixSlice: @unchecked Sendable {
    let matrix: Matrix
    let pointer: UnsafeMutablePointer<Float>
    public let rowCount: Int
    public let columnCount: Int
    /// Elements from one row to the next.
    public let stride: Int

    init(_ matrix: Matrix, rows: Range<Int>, columns: Range<Int>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount, "rows \(rows) of \(matrix.rowCount)")
        precondition(
            columns.lowerBound >= 0 && columns.upperBound <= matrix.columnCount,
            "columns \(columns) of \(matrix.columnCount)"
        )
        self.matrix = matrix
        unsafe pointer = matrix.pointer + rows.lowerBound * matrix.columnCount + columns.lowerBound
        rowCount = rows.count
        columnCount = columns.count
        stride = matrix.columnCount
    }

    init(_ matrix: Matrix, pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        self.matrix = matrix
        unsafe self.pointer = unsafe pointer
        rowCount = rows
        columnCount = columns
        self.stride = stride
    }

    private init(_ base: MatrixSlice, pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        unsafe self.init(base.matrix, pointer: pointer, rows: rows, columns: columns, stride: base.stride)
    }

    /// Some rows of the slice.
    public func rows(_ range: Range<Int>) -> MatrixSlice {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows \(range) of \(rowCount)")
        return unsafe MatrixSlice(
            self, pointer: pointer + range.lowerBound * stride, rows: range.count, columns: columnCount)
    }

    /// Some columns of the slice.
    public func columns(_ range: Range<Int>) -> MatrixSlice {
        precondition(range.lowerBound >= 0 && range.upperBound <= columnCount, "columns \(range) of \(columnCount)")
        return unsafe MatrixSlice(
            self, pointer: pointer + range.lowerBound, rows: rowCount, columns: range.count)
    }

    /// One row, to read.
    public func withRow<Result>(_ row: Int, _ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try body(unsafe Span(_unsafeStart: address(ofRow: row), count: columnCount))
    }

    /// One row, to write.
    public func withMutableRow<Result>(
        _ row: Int,
        _ body: (inout MutableSpan<Float>) throws -> Result
    ) rethrows -> Result {
        var span = unsafe MutableSpan(_unsafeStart: address(ofRow: row), count: columnCount)
        return try body(&span)
    }

    /// All elements as one stretch of storage, for decoders of files to write to.
    ///
    /// - Precondition: the slice holds whole rows of its matrix.
    public func withContiguousStorage<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        precondition(stride == columnCount || rowCount == 1, "the slice holds parts of rows")
        return try unsafe body(UnsafeMutableBufferPointer(start: pointer, count: rowCount * columnCount))
    }

    /// A copy of all elements, row by row. Most of the time of a large one goes into memory that the system has yet to find,
    /// which threads can do side by side.
    public func copy(threads: Int = 1) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: rowCount * columnCount) { elements, count in
            count = rowCount * columnCount
            guard let first = elements.baseAddress, count > 0 else { return }
            let to = unsafe UncheckedBox(first)
            let chunk = 128
            parallelFor(tasks: (rowCount + chunk - 1) / chunk, threads: threads) { task, _ in
                for row in (task * chunk)..<min(rowCount, (task + 1) * chunk) {
                    unsafe (to.value + row * columnCount).update(from: address(ofRow: row), count: columnCount)
                }
            }
        }
    }

    /// Writes all elements, row by row.
    public func assign(_ elements: [Float]) {
        precondition(
            elements.count == rowCount * columnCount,
            "\(elements.count) elements for \(rowCount) x \(columnCount)"
        )
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                unsafe address(ofRow: row)[column] = elements[row * columnCount + column]
            }
        }
    }

    /// Writes the elements of a slice of the same shape.
    public func assign(_ other: MatrixSlice) {
        precondition(
            other.rowCount == rowCount && other.columnCount == columnCount,
            "\(other.rowCount) x \(other.columnCount) into \(rowCount) x \(columnCount)"
        )
        for row in 0..<rowCount {
            unsafe address(ofRow: row).update(from: other.address(ofRow: row), count: columnCount)
        }
    }

    func address(ofRow row: Int) -> UnsafeMutablePointer<Float> {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return unsafe pointer + row * stride
    }
}
