import CKernels
import TestSupport
import Testing

@testable import Tensors

/// Row counts around the sizes of tiles, chunks and vectors.
private let rowCounts = [1, 2, 3, 5, 8, 9, 17, 33, 64, 65, 129]

/// Random blocks of a quantised matrix, and what they stand for.
private struct QuantizedMatrix {
    let type: QuantizedType
    let outputs: Int
    let inputs: Int
    let bytes: [UInt8]

    init(_ type: QuantizedType, outputs: Int, inputs: Int, seed: UInt64) throws {
        self.type = type
        self.outputs = outputs
        self.inputs = inputs
        let rowBytes = try #require(type.rowByteCount(inputs: inputs))
        var random = SeededGenerator(seed: seed)
        var bytes = (0..<(outputs * rowBytes)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let blockBytes = ck_quantized_block_bytes(type.kernel)
        // Scales and minima are float16; small positive ones, so that no product is infinite.
        for block in 0..<(bytes.count / blockBytes) {
            for offset in Self.halves(type) {
                bytes[block * blockBytes + offset + 1] = 0x20 | bytes[block * blockBytes + offset + 1] & 7
            }
        }
        self.bytes = bytes
    }

    private static func halves(_ type: QuantizedType) -> [Int] {
        switch type {
        case .q4_0, .q5_0, .q8_0: [0]
        case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
        case .q6_K: [208]
        }
    }

    func packed(backend: MatrixBackend = .native) throws -> PackedWeights {
        try PackedWeights(type, outputs: outputs, inputs: inputs, backend: backend) { pack in
            unsafe pack(bytes.span.bytes, 0..<outputs)
        }
    }

    /// The definition of the format, by the decoder that is tested against the reference.
    func floats() -> [Float] {
        var out = [Float](repeating: 0, count: outputs * inputs)
        let blocks = outputs * inputs / ck_quantized_block_elements(type.kernel)
        switch type {
        case .q4_0: unsafe ck_dequantize_q4_0(bytes, &out, blocks)
        case .q4_1: unsafe ck_dequantize_q4_1(bytes, &out, blocks)
        case .q5_0: unsafe ck_dequantize_q5_0(bytes, &out, blocks)
        case .q5_1: unsafe ck_dequantize_q5_1(bytes, &out, blocks)
        case .q8_0: unsafe ck_dequantize_q8_0(bytes, &out, blocks)
        case .q4_K: unsafe ck_dequantize_q4_k(bytes, &out, blocks)
        case .q5_K: unsafe ck_dequantize_q5_k(bytes, &out, blocks)
        case .q6_K: unsafe ck_dequantize_q6_k(bytes, &out, blocks)
        }
        return out
    }
}

private func product(_ x: Matrix, _ weights: PackedWeights, threads: Int = 1) throws -> [Float] {
    let out = Matrix(rows: x.rowCount, columns: weights.outputs)
    try MatrixMultiplier(threads: threads).multiply(x.slice, weights, into: out.slice)
    return out.slice.copy()
}

/// Activations as 8-bit integers stand for them.
private func rounded(_ row: [Float]) -> [Float] {
    stride(from: 0, to: row.count, by: 32).flatMap { begin in
        let block = row[begin..<(begin + 32)]
        let scale = (block.map(abs).max() ?? 0) / 127
        return block.map { scale == 0 ? 0 : ($0 / scale).rounded(.toNearestOrEven) * scale }
    }
}

@Test(arguments: QuantizedType.allCases)
func quantizedProductsAgreeWithTheDecodedWeights(_ type: QuantizedType) throws {
    // 40 outputs end within a panel.
    let matrix = try QuantizedMatrix(type, outputs: 40, inputs: 512, seed: 21)
    var random = SeededGenerator(seed: 22)
    let rows = (0..<9).map { _ in random.floats(512) }
    let found = try product(Matrix(rows), try matrix.packed(), threads: 2)
    let weights = matrix.floats()
    var expected: [Float] = []
    for row in rows.map(rounded) {
        for output in 0..<40 {
            var sum = 0.0
            for input in 0..<512 { sum += Double(row[input]) * Double(weights[output * 512 + input]) }
            expected.append(Float(sum))
        }
    }
    expectClose(found, expected, ofLargest: 1e-4)
}

@Test(arguments: QuantizedType.allCases)
func quantizedRowsHaveTheSameBitsInAnyCompany(_ type: QuantizedType) throws {
    let weights = try QuantizedMatrix(type, outputs: 72, inputs: 256, seed: 23).packed()
    try expectSameBits(weights, inputs: 256)
}

@Test func bf16RowsHaveTheSameBitsInAnyCompany() throws {
    for (inputs, outputs) in [(576, 96), (77, 100), (1, 1)] {
        var random = SeededGenerator(seed: 24)
        let matrix = Matrix((0..<outputs).map { _ in random.floats(inputs) })
        try expectSameBits(try PackedWeights(matrix, backend: .bf16), inputs: inputs)
    }
}

private func expectSameBits(_ weights: PackedWeights, inputs: Int) throws {
    var random = SeededGenerator(seed: 25)
    let rows = (0..<129).map { _ in random.floats(inputs) }
    let all = try product(Matrix(rows), weights)
    for count in rowCounts {
        for threads in [1, 2, 3] {
            let part = try product(Matrix(Array(rows.prefix(count))), weights, threads: threads)
            expectIdentical(part, Array(all.prefix(count * weights.outputs)), "\(count) rows, \(threads) threads")
        }
    }
}

/// A chain of fused multiply-adds on rounded numbers, the odd input of a pair first.
@Test func bf16ProductsAreTheirDefinition() throws {
    guard unsafe String(cString: ck_backend_name()) != "generic" else { return }
    let inputs = 77
    let outputs = 100
    var random = SeededGenerator(seed: 26)
    let rows = (0..<9).map { _ in random.floats(inputs) }
    let weights = (0..<outputs).map { _ in random.floats(inputs) }
    let found = try product(Matrix(rows), PackedWeights(Matrix(weights), backend: .bf16))
    let expected = rows.flatMap { row in
        weights.map { weight in
            var sum: Float = 0
            for pair in stride(from: 0, to: inputs, by: 2) {
                if pair + 1 < inputs { sum.addProduct(bf16(row[pair + 1]), bf16(weight[pair + 1])) }
                sum.addProduct(bf16(row[pair]), bf16(weight[pair]))
            }
            return sum
        }
    }
    expectIdentical(found, expected, "definition")
}

private func bf16(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
}

@Test func stackedMatricesAreMultipliedLikeOne() throws {
    let first = try QuantizedMatrix(.q4_1, outputs: 48, inputs: 256, seed: 27)
    let second = try QuantizedMatrix(.q8_0, outputs: 20, inputs: 256, seed: 28)
    var random = SeededGenerator(seed: 29)
    let x = Matrix((0..<3).map { _ in random.floats(256) })
    let together = try product(x, PackedWeights(stacking: [first.packed(), second.packed()]), threads: 2)
    let left = try product(x, first.packed())
    let right = try product(x, second.packed())
    var expected: [Float] = []
    for row in 0..<3 {
        expected += left[(row * 48)..<(row * 48 + 48)]
        expected += right[(row * 20)..<(row * 20 + 20)]
    }
    expectIdentical(together, expected, "stacked")
}

@Test func activationsThatAreNotFiniteMakeNaN() throws {
    let weights = try QuantizedMatrix(.q4_1, outputs: 16, inputs: 64, seed: 30).packed()
    for strange in [Float.nan, .infinity, -.infinity] {
        var row = [Float](repeating: 1, count: 64)
        row[40] = strange
        #expect(try product(Matrix([row]), weights).allSatisfy(\.isNaN))
    }
}

/// What is expanded in the cache has the bits of what was decoded before, and so have the products.
@Test(arguments: QuantizedType.allCases)
func expandedProductsHaveTheBitsOfDecodedOnes(_ type: QuantizedType) throws {
    // 136 outputs end within a block of columns, and 40 within a panel; of 1100, several blocks go together. Longer inputs
    // are added up in stretches.
    for (outputs, inputs, seed) in [(136, 512, UInt64(31)), (40, 768, 32), (1100, 512, 33), (72, 1536, 34)] {
        let matrix = try QuantizedMatrix(type, outputs: outputs, inputs: inputs, seed: seed)
        let decoded = Matrix(rows: outputs, columns: inputs)
        decoded.slice.assign(matrix.floats())
        let plain = try PackedWeights(decoded, backend: .oneDNN)
        let expanding = try matrix.packed(backend: .oneDNN)
        let back = Matrix(rows: outputs, columns: inputs)
        try expanding.copyRows(0..<outputs, to: back.slice)
        expectIdentical(back.slice.copy(), matrix.floats(), "\(type), \(outputs) outputs")
        var random = SeededGenerator(seed: seed)
        for rows in [1, 2, 3, 5, 8, 9, 31, 32, 64, 65, 200] {
            let x = Matrix((0..<rows).map { _ in random.floats(inputs) })
            let expected = try product(x, plain)
            for threads in 1...3 {
                expectIdentical(
                    try product(x, expanding, threads: threads), expected,
                    "\(type), \(outputs) outputs, \(inputs) inputs, \(rows) rows, \(threads) threads")
            }
        }
    }
}

/// Blocks that become float32 in registers: stretches of multiply-adds, added in order.
@Test(arguments: QuantizedType.allCases)
func directProductsAreTheirDefinition(_ type: QuantizedType) throws {
    guard unsafe String(cString: ck_backend_name()) != "generic" else { return }
    let inputs = 768
    var random = SeededGenerator(seed: 37)
    for outputs in [7, 16, 64, 100] {
        let matrix = try QuantizedMatrix(type, outputs: outputs, inputs: inputs, seed: 38)
        guard case .quantized(let packed) = try matrix.packed().storage else { return }
        let weights = matrix.floats()
        for (rows, depth) in [(1, 32), (2, 288), (3, 512), (5, 768), (8, 4096)] {
            let x = Matrix((0..<rows).map { _ in random.floats(inputs) })
            let out = Matrix(rows: rows, columns: outputs)
            unsafe ck_product_expanding(
                type.kernel, rows, inputs, outputs, x.pointer, inputs, packed.address(ofColumn: 0), depth, out.pointer,
                outputs)
            var expected: [Float] = []
            for row in x.rowsAsArrays {
                for output in 0..<outputs {
                    let stretches = stride(from: 0, to: inputs, by: depth).map { begin in
                        (begin..<min(inputs, begin + depth)).reduce(into: Float(0)) {
                            $0.addProduct(row[$1], weights[output * inputs + $1])
                        }
                    }
                    expected.append(stretches.dropFirst().reduce(stretches[0], +))
                }
            }
            expectIdentical(out.slice.copy(), expected, "\(type), \(outputs) outputs, \(rows) rows, depth \(depth)")
        }
    }
}

extension Matrix {
    fileprivate var rowsAsArrays: [[Float]] { (0..<rowCount).map { row($0).copy() } }
}

@Test func compactWeightsCanBeTransposed() throws {
    let first = try QuantizedMatrix(.q4_1, outputs: 144, inputs: 256, seed: 34)
    let second = try QuantizedMatrix(.q8_0, outputs: 20, inputs: 256, seed: 35)
    let together = PackedWeights(
        stacking: [try first.packed(backend: .oneDNN), try second.packed(backend: .oneDNN)])
    let expected = first.floats() + second.floats()
    let rows = Matrix(rows: 100, columns: 256)
    try together.copyRows(60..<160, to: rows.slice)
    expectIdentical(rows.slice.copy(), Array(expected[(60 * 256)..<(160 * 256)]), "rows of both parts")
    #expect(together.isCompact)
    let transposed = try together.transposed(backend: .oneDNN)
    #expect(!transposed.isCompact)
    let back = Matrix(rows: 256, columns: 164)
    try transposed.copyRows(0..<256, to: back.slice)
    expectIdentical(
        back.slice.copy(), (0..<256).flatMap { input in (0..<164).map { expected[$0 * 256 + input] } }, "transposed")
}

/// Training in bfloat16 keeps what is too small for it.
@Test func weightsInFloat32StayBesideTheirRounding() throws {
    var random = SeededGenerator(seed: 36)
    let values = Matrix((0..<40).map { _ in random.floats(64) })
    let kept = try PackedWeights(values, backend: .bf16, isEditable: true)
    let x = Matrix((0..<3).map { _ in random.floats(64) })
    expectIdentical(try product(x, kept), try product(x, PackedWeights(values, backend: .bf16)), "as made")
    let row = Matrix([random.floats(64)])
    try kept.replaceRows(21..<22, with: row.slice)
    let back = Matrix(rows: 40, columns: 64)
    try kept.copyRows(0..<40, to: back.slice)
    expectIdentical(back.rows(21..<22).copy(), row.slice.copy(), "the row itself")
    expectIdentical(
        try product(x, kept, threads: 2), try product(x, PackedWeights(back, backend: .bf16)), "after a change")
}
