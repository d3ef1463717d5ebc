import TestSupport
import Testing

@testable import Tensors

// Results that are used up a piece at a time have the bits of those that are written first.

private struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var outputs: Int
    /// Whether halves can be multiplied side by side.
    var hasHalves: Bool
    var weights: @Sendable () throws -> PackedWeights

    static let inputs = 256

    static func floats(_ backend: MatrixBackend, outputs: Int, hasHalves: Bool) -> Case {
        Case(testDescription: "\(backend), \(outputs) outputs", outputs: outputs, hasHalves: hasHalves) {
            var random = SeededGenerator(seed: 61)
            return try PackedWeights(
                Matrix((0..<outputs).map { _ in random.floats(inputs) }), backend: backend)
        }
    }

    /// Random Q4_0 blocks, their scales between 2^-7 and 2^-6.
    static func blocks(_ backend: MatrixBackend, outputs: Int, hasHalves: Bool, stacked: Bool = false) -> Case {
        Case(
            testDescription: "Q4_0, \(backend), \(outputs) outputs\(stacked ? ", stacked" : "")", outputs: outputs,
            hasHalves: hasHalves
        ) {
            if stacked {
                return PackedWeights(
                    stacking: try [62, 63].map { try packed(backend, outputs: outputs / 2, seed: $0) })
            }
            return try packed(backend, outputs: outputs, seed: 64)
        }
    }

    private static func packed(_ backend: MatrixBackend, outputs: Int, seed: UInt64) throws -> PackedWeights {
        var random = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        for _ in 0..<(outputs * inputs / 32) {
            bytes += [0, 0x20] + (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        return try PackedWeights(.q4_0, outputs: outputs, inputs: inputs, backend: backend) { pack in
            unsafe pack(bytes.span.bytes, 0..<outputs)
        }
    }
}

private let cases: [Case] = [
    .floats(.oneDNN, outputs: 256, hasHalves: true),
    .floats(.oneDNN, outputs: 200, hasHalves: false),
    .floats(.openBLAS, outputs: 128, hasHalves: false),
    .floats(.bf16, outputs: 384, hasHalves: true),
    .floats(.bf16, outputs: 192, hasHalves: true),
    .floats(.bf16, outputs: 100, hasHalves: false),
    .blocks(.native, outputs: 96, hasHalves: true),
    .blocks(.native, outputs: 72, hasHalves: false),
    .blocks(.oneDNN, outputs: 384, hasHalves: true),
    .blocks(.oneDNN, outputs: 160, hasHalves: false),
    .blocks(.native, outputs: 96, hasHalves: true, stacked: true),
    .blocks(.oneDNN, outputs: 160, hasHalves: true, stacked: true),
]

private func activations(_ rows: Int) -> Matrix {
    var random = SeededGenerator(seed: 65)
    return Matrix((0..<rows).map { _ in random.floats(Case.inputs) })
}

@Test(arguments: cases) private func addedProductsAreProductsThatAreAdded(_ given: Case) throws {
    let weights = try given.weights()
    for rows in [1, 2, 7, 63, 64, 65, 130] {
        let x = activations(rows)
        var random = SeededGenerator(seed: 66)
        let before = Matrix((0..<rows).map { _ in random.floats(given.outputs) })
        let product = Matrix(rows: rows, columns: given.outputs)
        try MatrixMultiplier(threads: 1).multiply(x.slice, weights, into: product.slice)
        let expected = zip(before.slice.copy(), product.slice.copy()).map { $0 + $1 }
        for threads in [1, 2, 3] {
            let sum = Matrix(rows: rows, columns: given.outputs)
            sum.slice.assign(before.slice)
            try MatrixMultiplier(threads: threads).multiply(x.slice, weights, addingTo: sum.slice)
            expectIdentical(sum.slice.copy(), expected, "\(rows) rows, \(threads) threads")
        }
    }
}

@Test(arguments: cases) private func halvesMeetColumnByColumn(_ given: Case) throws {
    let weights = try given.weights()
    #expect((WeightColumns.halves(weights) != nil) == given.hasHalves)
    let half = given.outputs / 2
    for rows in [1, 2, 7, 63, 64, 65, 130] {
        let x = activations(rows)
        let product = Matrix(rows: rows, columns: given.outputs)
        try MatrixMultiplier(threads: 1).multiply(x.slice, weights, into: product.slice)
        let expected = Matrix(rows: rows, columns: half)
        RowOperations.siluMultiply(
            product.slice.columns(0..<half), product.slice.columns(half..<(2 * half)), into: expected.slice, threads: 1)
        for threads in [1, 2, 3] {
            let out = Matrix(rows: rows, columns: half)
            try MatrixMultiplier(threads: threads).multiplyHalves(x.slice, weights, into: out.slice) {
                RowOperations.siluMultiply($0, $1, into: $2, threads: 1)
            }
            expectIdentical(out.slice.copy(), expected.slice.copy(), "\(rows) rows, \(threads) threads")
        }
    }
}

@Test(arguments: cases) private func twoLayersMeetWithoutChangingABit(_ given: Case) throws {
    let weights = try given.weights()
    let half = given.outputs / 2
    var random = SeededGenerator(seed: 71)
    for (backend, outputs) in [(MatrixBackend.bf16, 53), (.bf16, 144), (.oneDNN, 70)] {
        let last = try PackedWeights(Matrix((0..<outputs).map { _ in random.floats(half) }), backend: backend)
        for rows in [1, 2, 7, 9, 64, 130] {
            let x = activations(rows)
            let between = Matrix(rows: rows, columns: half)
            let multiplier = MatrixMultiplier(threads: 1)
            try multiplier.multiplyHalves(x.slice, weights, into: between.slice) {
                RowOperations.siluMultiply($0, $1, into: $2, threads: 1)
            }
            let product = Matrix(rows: rows, columns: outputs)
            try multiplier.multiply(between.slice, last, into: product.slice)
            let before = Matrix((0..<rows).map { _ in random.floats(outputs) })
            let expected = zip(before.slice.copy(), product.slice.copy()).map { $0 + $1 }
            for threads in [1, 2, 3] {
                let sum = Matrix(rows: rows, columns: outputs)
                sum.slice.assign(before.slice)
                try MatrixMultiplier(threads: threads).multiplyHalves(
                    x.slice, weights, through: last, between: Matrix(rows: rows, columns: half).slice,
                    addingTo: sum.slice
                ) {
                    RowOperations.siluMultiply($0, $1, into: $2, threads: 1)
                }
                expectIdentical(sum.slice.copy(), expected, "\(backend), \(rows) rows, \(threads) threads")
            }
        }
    }
}

/// Depths that oneDNN adds up in several stretches.
@Test(arguments: [577, 1536, 4096]) func depthChangesNoBit(inputs: Int) throws {
    var random = SeededGenerator(seed: 68)
    let weights = try PackedWeights(Matrix((0..<256).map { _ in random.floats(inputs) }), backend: .oneDNN)
    for rows in [1, 9, 64, 130] {
        let x = Matrix((0..<rows).map { _ in random.floats(inputs) })
        let product = Matrix(rows: rows, columns: 256)
        try MatrixMultiplier(threads: 1).multiply(x.slice, weights, into: product.slice)
        let sum = Matrix(rows: rows, columns: 256)
        try MatrixMultiplier(threads: 2).multiply(x.slice, weights, addingTo: sum.slice)
        // Zero plus a product is the product, but for the sign of zero.
        expectIdentical(sum.slice.copy(), product.slice.copy().map { 0 + $0 }, "\(rows) rows")
        let halves = Matrix(rows: rows, columns: 128)
        try MatrixMultiplier(threads: 2).multiplyHalves(x.slice, weights, into: halves.slice) {
            RowOperations.add($0, $1, into: $2, threads: 1)
        }
        let expected = (0..<rows).flatMap { row in
            product.row(row).withRow(0) { values in (0..<128).map { values[$0] + values[$0 + 128] } }
        }
        expectIdentical(halves.slice.copy(), expected, "\(rows) rows, halves")
    }
}

@Test func aNormInOnePassHasTheBitsOfItsSteps() {
    var random = SeededGenerator(seed: 67)
    for width in [1, 15, 16, 77, 576] {
        let x = Matrix((0..<5).map { _ in random.floats(width) })
        let weight = Matrix([random.floats(width)])
        let scale = Matrix(rows: 5, columns: 1)
        let steps = Matrix(rows: 5, columns: width)
        RowOperations.rmsScale(x.slice, epsilon: 1e-5, into: scale.slice, threads: 1)
        RowOperations.divide(x.slice, by: scale.slice, into: steps.slice, threads: 1)
        RowOperations.multiply(steps.slice, by: weight.slice, into: steps.slice, threads: 1)
        let whole = Matrix(rows: 5, columns: width)
        RowOperations.rmsNormalize(x.slice, epsilon: 1e-5, weight: weight.slice, into: whole.slice, threads: 2)
        expectIdentical(whole.slice.copy(), steps.slice.copy(), "\(width) columns")
        RowOperations.rmsNormalize(x.slice, epsilon: 1e-5, weight: weight.slice, into: x.slice, threads: 1)
        expectIdentical(x.slice.copy(), steps.slice.copy(), "\(width) columns, in place")
    }
}
