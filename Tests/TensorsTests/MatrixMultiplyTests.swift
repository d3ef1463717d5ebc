import TestSupport
import Testing

@testable import Tensors

private let shapes = [(1, 1), (16, 64), (17, 65), (48, 100), (576, 960), (192, 576)]

private func product(_ x: Matrix, _ weights: Matrix, _ backend: MatrixBackend, threads: Int) throws -> [Float] {
    let out = Matrix(rows: x.rowCount, columns: weights.rowCount)
    try MatrixMultiplier(threads: threads)
        .multiply(x.slice, PackedWeights(weights, backend: backend), into: out.slice)
    return out.slice.copy()
}

@Test(arguments: [MatrixBackend.oneDNN, .openBLAS])
func backendsAgreeWithTheDefinition(_ backend: MatrixBackend) throws {
    for (index, (inputs, outputs)) in shapes.enumerated() {
        var random = SeededGenerator(seed: UInt64(index))
        let x = Matrix((0..<7).map { _ in random.floats(inputs) })
        let weights = Matrix((0..<outputs).map { _ in random.floats(inputs) })
        let expected = try product(x, weights, .reference, threads: 1)
        expectClose(try product(x, weights, backend, threads: 2), expected, ofLargest: 2e-6)
    }
}

/// What the whole promise of repeatable results stands on.
@Test func rowsHaveTheSameBitsInAnyCompany() throws {
    for (inputs, outputs) in [(576, 960), (1536, 576), (48, 100)] {
        var random = SeededGenerator(seed: 5)
        let rows = (0..<200).map { _ in random.floats(inputs) }
        let weights = try PackedWeights(
            Matrix((0..<outputs).map { _ in random.floats(inputs) }), backend: .oneDNN)
        func multiplied(_ rows: ArraySlice<[Float]>, threads: Int) throws -> [Float] {
            let x = Matrix(Array(rows))
            let out = Matrix(rows: rows.count, columns: outputs)
            try MatrixMultiplier(threads: threads).multiply(x.slice, weights, into: out.slice)
            return out.slice.copy()
        }
        let all = try multiplied(rows[...], threads: 1)
        for count in [1, 2, 3, 5, 8, 13, 31, 32, 33, 63, 64, 65, 100, 128, 199] {
            for threads in [1, 2, 3] {
                let part = try multiplied(rows.prefix(count), threads: threads)
                expectIdentical(part, Array(all.prefix(count * outputs)), "\(count) rows, \(threads) threads")
            }
        }
    }
}

@Test(arguments: [64, 1536, 10_000]) func piecesCoverTheProductOnce(inputs: Int) {
    for rows in [1, 63, 64, 65, 128, 129, 512] {
        for threads in 1...4 {
            for block in [nil, 16, 64] {
                let pieces = ProductPieces.chunks(
                    rows: rows, columns: 200, inputs: inputs, columnBlock: block, threads: threads)
                expectOnce(pieces, rows, "\(rows) rows, \(threads) threads, blocks of \(block ?? 0)")
                guard let block else { continue }
                for columns in [200, 1000] {
                    expectOnce(
                        ProductPieces.blocks(rows: rows, columns: columns, columnBlock: block, threads: threads),
                        rows, columns: columns, "\(rows) rows, \(threads) threads, whole blocks of \(block)")
                }
            }
        }
    }
}

@Test(arguments: [1, 63, 128, 129, 300]) func panelsCoverTheProductOnce(rows: Int) {
    for threads in 1...4 {
        for columns in [1, 16, 200, 961] {
            for bytes in [1 << 10, 1 << 15, 1 << 20] {
                expectOnce(
                    ProductPieces.panels(
                        rows: rows, columns: columns, panel: 16, panelByteCount: bytes, threads: threads),
                    rows, columns: columns, "\(rows) rows, \(columns) columns, \(threads) threads, \(bytes) bytes")
            }
        }
    }
}

private func expectOnce(_ pieces: ProductPieces, _ rows: Int, columns: Int = 200, _ comment: Comment) {
    var seen = [Int](repeating: 0, count: rows * columns)
    for piece in pieces {
        for row in piece.rows { for column in piece.columns { seen[row * columns + column] += 1 } }
    }
    #expect(seen.allSatisfy { $0 == 1 }, comment)
}
