import Checkpoints
import Foundation
import TestSupport
import Testing

struct DequantizationTests {
    static let readable = ElementType.allCases.filter { $0.isReadable && $0 != .f32 }

    /// Blocks of a fixture that holds them before or after their float32 elements.
    struct Blocks {
        let blocks: [UInt8]
        let elements: [Float]

        init(_ path: String, _ type: ElementType, blocksFirst: Bool) throws {
            let bytes = [UInt8](try Data(contentsOf: Places.fixture("checkpoints/\(path)/\(type.rawValue).bin")))
            let count = bytes.count / (type.blockByteCount + 4 * type.blockElementCount)
            let split = blocksFirst ? count * type.blockByteCount : bytes.count - count * type.blockByteCount
            blocks = Array(blocksFirst ? bytes[..<split] : bytes[split...])
            let floats = Array(blocksFirst ? bytes[split...] : bytes[..<split])
            elements = stride(from: 0, to: floats.count, by: 4).map { start in
                Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(floats[start + $1]) << ($1 * 8) })
            }
        }
    }

    @Test(arguments: readable)
    func blocksDecodeToTheReferenceBits(_ type: ElementType) throws {
        let fixture = try Blocks("blocks", type, blocksFirst: true)
        let decoded = try decode(fixture.blocks, as: type, elementCount: fixture.elements.count)
        #expect(decoded.count >= 1000)
        #expect(decoded.map(\.bitPattern) == fixture.elements.map(\.bitPattern))
    }

    @Test(arguments: [ElementType.q4_0, .q4_1, .q8_0, .f16, .bf16])
    func elementsEncodeToTheReferenceBytes(_ type: ElementType) throws {
        let fixture = try Blocks("quantized", type, blocksFirst: false)
        #expect(try encode(fixture.elements, as: type) == fixture.blocks)
    }

    @Test func everyHalfDecodesExactly() throws {
        let patterns = (0...UInt16.max).map { $0 }
        let decoded = try decode(patterns.flatMap { [UInt8](littleEndian: $0) }, as: .f16, elementCount: 65_536)
        for (pattern, value) in zip(patterns, decoded) {
            let expected = Float(Float16(bitPattern: pattern))
            #expect(expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern, "pattern \(pattern)")
        }
    }

    @Test func everyHalfAndWhatLiesBetweenTwoEncodesToTheNearest() throws {
        let halves = (0..<UInt16(0x7C00)).map { Float(Float16(bitPattern: $0)) }
        var values = halves + zip(halves, halves.dropFirst()).map { ($0 + $1) / 2 }
        values += values.flatMap { [$0.nextUp, $0.nextDown, -$0] }
        values += [.infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0]
        let bytes = try encode(values, as: .f16)
        for (index, value) in values.enumerated() {
            let found = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
            #expect(found == Float16(value).bitPattern, "\(value)")
        }
    }

    @Test func notANumberStaysSo() throws {
        #expect(try encode([.nan], as: .f16) == [0x00, 0x7E])
        #expect(try encode([Float(bitPattern: 0xFF80_0001)], as: .bf16) == [0xC0, 0xFF])
    }

    @Test func anyRowsEqualThoseOfTheWhole() async throws {
        var generator = SeededGenerator(seed: 11)
        let elements = generator.floats(37 * 96)
        let bytes = try SampleFiles.bytes { path in
            let declaration = TensorDeclaration(name: "w", shape: [37, 96], elementType: .q4_1)
            let writer = try GGUFWriter(path: path, metadata: GGUFMetadata(), tensors: [declaration])
            try writer.append(elements, to: "w")
            try writer.finish()
        }
        let file = try openGGUF(bytes)
        let whole = try file.floats(of: "w")
        expectClose(whole, elements, absolute: 2.0 / 15 / 2 + 1e-3, relative: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in 0..<37 {
                group.addTask {
                    let rows = start..<min(start + 5, 37)
                    let tensor = try file.requiredTensor(named: "w")
                    var output = [Float](repeating: 0, count: rows.count * 96)
                    var span = output.mutableSpan
                    try file.dequantize(tensor, rows: rows, into: &span)
                    #expect(output == Array(whole[(rows.lowerBound * 96)..<(rows.upperBound * 96)]))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func rowsAndOutputMustFit() throws {
        let file = try openGGUF(SampleFiles.gguf())
        let matrix = try file.requiredTensor(named: "matrix")
        var output = [Float](repeating: 0, count: 6)
        #expect(throws: CheckpointError.rowsOutOfRange(tensor: "matrix", rows: 1..<3, rowCount: 2)) {
            var span = output.mutableSpan
            try file.dequantize(matrix, rows: 1..<3, into: &span)
        }
        #expect(throws: CheckpointError.wrongOutputSize(tensor: "matrix", elements: 6, needed: 3)) {
            var span = output.mutableSpan
            try file.dequantize(matrix, rows: 0..<1, into: &span)
        }
        #expect(throws: CheckpointError.unreadableElements(tensor: "counts", elementType: .i32, wanted: "float32")) {
            try file.floats(of: "counts")
        }
        #expect(throws: CheckpointError.noSuchTensor("absent")) { try file.floats(of: "absent") }
        let other = try openSafetensors(SampleFiles.safetensors())
        #expect(throws: CheckpointError.noSuchTensor("matrix")) { try other.withBytes(of: matrix) { _ in } }
    }

    private func decode(_ blocks: [UInt8], as type: ElementType, elementCount: Int) throws -> [Float] {
        let bytes = try SampleFiles.bytes { path in
            let declaration = TensorDeclaration(name: "x", shape: [elementCount], elementType: type)
            let writer = try GGUFWriter(path: path, metadata: GGUFMetadata(), tensors: [declaration])
            try writer.append(bytes: blocks, to: "x")
            try writer.finish()
        }
        return try openGGUF(bytes).floats(of: "x")
    }

    private func encode(_ elements: [Float], as type: ElementType) throws -> [UInt8] {
        let bytes = try SampleFiles.bytes { path in
            let declaration = TensorDeclaration(name: "x", shape: [elements.count], elementType: type)
            let writer = try GGUFWriter(path: path, metadata: GGUFMetadata(), tensors: [declaration])
            try writer.append(elements, to: "x")
            try writer.finish()
        }
        let tensor = try openGGUF(bytes).requiredTensor(named: "x")
        return Array(bytes[tensor.offset..<(tensor.offset + tensor.byteCount)])
    }
}
