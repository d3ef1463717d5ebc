/// The matrix products of backward passes. One thread uses it at a time.
///
/// Work is cut in pieces that depend on the sizes alone, and each piece is computed by one thread: results do not depend
/// on the number of threads.
public final class GradientMultiplier {
    public let threads: Int
    private let backend: MatrixBackend
    private let contexts: [PlainProducts]

    /// Rows of the result of one piece.
    private static let rowChunk = 256

    public init(backend: MatrixBackend, threads: Int) {
        precondition(threads >= 1 && threads <= parallelLimit, "\(threads) threads of \(parallelLimit)")
        self.backend = backend
        self.threads = threads
        contexts = (0..<threads).map { _ in PlainProducts() }
    }

    /// `out = a * b`, or `out += a * b`: the gradient of a linear layer's input is `dy * weights`.
    ///
    /// - Parameters:
    ///   - a: [m, k]
    ///   - b: [k, n]
    ///   - out: [m, n], not overlapping the others
    /// - Throws: ``TensorError``.
    public func multiply(_ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice, adding: Bool = false) throws {
        precondition(
            a.columnCount == b.rowCount && out.rowCount == a.rowCount && out.columnCount == b.columnCount,
            "\(a.rowCount) x \(a.columnCount) times \(b.rowCount) x \(b.columnCount)")
        try run(rows: out.rowCount, chunk: min(Self.rowChunk, max(64, (out.rowCount + 1) / 2))) { rows in
            PlainProduct(
                a: a.rows(rows), aTransposed: false, b: b, bTransposed: false, out: out.rows(rows), adding: adding)
        }
    }

    /// `out = transpose(a) * b`, or `out += transpose(a) * b`: the gradient of a linear layer's weights is
    /// `transpose(dy) * x`.
    ///
    /// - Parameters:
    ///   - a: [k, m]
    ///   - b: [k, n]
    ///   - out: [m, n]
    /// - Throws: ``TensorError``.
    public func multiplyTransposed(
        _ a: MatrixSlice, _ b: MatrixSlice, into out: MatrixSlice, adding: Bool = false
    ) throws {
        precondition(
            a.rowCount == b.rowCount && out.rowCount == a.columnCount && out.columnCount == b.columnCount,
            "transposed \(a.rowCount) x \(a.columnCount) times \(b.rowCount) x \(b.columnCount)")
        try run(rows: out.rowCount, chunk: min(Self.rowChunk, max(16, (out.rowCount + 1) / 2))) { rows in
            PlainProduct(
                a: a.columns(rows), aTransposed: true, b: b, bTransposed: false, out: out.rows(rows), adding: adding)
        }
    }

    /// `out = a * transpose(b)`, or `out += a * transpose(b)`: a small linear layer whose weights are not packed.
    ///
    /// - Parameters:
    ///   - a: [m, k]
    ///   - b: [n, k]
    ///   - out: [m, n]
    /// - Throws: ``TensorError``.
    public func multiply(
        _ a: MatrixSlice, transposed b: MatrixSlice, into out: MatrixSlice, adding: Bool = false
    ) throws {
        precondition(
            a.columnCount == b.columnCount && out.rowCount == a.rowCount && out.columnCount == b.rowCount,
            "\(a.rowCount) x \(a.columnCount) times transposed \(b.rowCount) x \(b.columnCount)")
        try run(rows: out.rowCount, chunk: min(Self.rowChunk, max(64, (out.rowCount + 1) / 2))) { rows in
            PlainProduct(
                a: a.rows(rows), aTransposed: false, b: b, bTransposed: true, out: out.rows(rows), adding: adding)
        }
    }

    private func run(rows: Int, chunk: Int, _ product: @Sendable (Range<Int>) -> PlainProduct) throws {
        let failures = Failures()
        let contexts = UncheckedBox(contexts)
        let backend = backend
        parallelFor(tasks: (rows + chunk - 1) / chunk, threads: threads) { task, worker in
            let piece = product((task * chunk)..<min(rows, (task + 1) * chunk))
            do {
                switch backend {
                // Gradients are float32 whatever the products of the forward pass are computed in.
                case .oneDNN, .bf16, .native: try contexts.value[worker].execute(piece)
                case .openBLAS: piece.executeOpenBLAS()
                case .reference: piece.executeReference()
                }
            } catch {
                failures.record(error)
            }
        }
        try failures.throwFirst()
    }
}
