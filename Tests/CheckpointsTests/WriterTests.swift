import Checkpoints
import Foundation
import TestSupport
import Testing

struct WriterTests {
    @Test func anUnfinishedFileLeavesTheOldOneAlone() throws {
        try Places.withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("weights.safetensors")
            try Data("old".utf8).write(to: url)
            try writeHalf(to: url.path)
            #expect(try Data(contentsOf: url) == Data("old".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["weights.safetensors"])
        }
    }

    private func writeHalf(to path: String) throws {
        let declaration = TensorDeclaration(name: "a", shape: [2], elementType: .f32)
        let writer = try SafetensorsWriter(path: path, tensors: [declaration])
        try writer.append([1], to: "a")
        #expect(throws: CheckpointError.unfinishedTensors(next: "a")) { try writer.finish() }
    }

    @Test func aFinishedFileReplacesTheOldOneAndTakesNoMore() throws {
        try Places.withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("weights.safetensors")
            try Data("old".utf8).write(to: url)
            let declaration = TensorDeclaration(name: "a", shape: [1], elementType: .f32)
            let writer = try SafetensorsWriter(path: url.path, tensors: [declaration])
            try writer.append([1], to: "a")
            try writer.finish()
            #expect(try SafetensorsFile(path: url.path).floats(of: "a") == [1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["weights.safetensors"])
            #expect(throws: CheckpointError.writerClosed) { try writer.finish() }
        }
    }

    @Test func aLargeTensorMayComeInPieces() throws {
        var generator = SeededGenerator(seed: 5)
        let elements = generator.floats(700_001)
        let bytes = try SampleFiles.bytes { path in
            let declarations = [
                TensorDeclaration(name: "wide", shape: [700_001], elementType: .f32),
                TensorDeclaration(name: "narrow", shape: [700_001], elementType: .bf16),
            ]
            let writer = try SafetensorsWriter(path: path, tensors: declarations)
            for name in ["wide", "narrow"] {
                try writer.append(Array(elements[..<3]), to: name)
                try writer.append(Array(elements[3..<600_000]), to: name)
                try writer.append(Array(elements[600_000...]), to: name)
            }
            try writer.finish()
        }
        let file = try openSafetensors(bytes)
        #expect(try file.floats(of: "wide") == elements)
        expectClose(try file.floats(of: "narrow"), elements, absolute: 0, relative: 1.0 / 256)
    }

    @Test func elementsMustComeInOrderAndFit() throws {
        try Places.withTemporaryFolder { folder in
            let declarations = ["a", "b"].map { TensorDeclaration(name: $0, shape: [64], elementType: .q8_0) }
            let path = folder.appendingPathComponent("x.gguf").path
            let writer = try GGUFWriter(path: path, metadata: GGUFMetadata(), tensors: declarations)
            let row = [Float](repeating: 1, count: 32)
            #expect(throws: CheckpointError.tensorOutOfOrder(found: "b", expected: "a")) {
                try writer.append(row, to: "b")
            }
            #expect(throws: CheckpointError.partialBlock(tensor: "a", elements: 31, blockElements: 32)) {
                try writer.append(Array(row.dropLast()), to: "a")
            }
            #expect(throws: CheckpointError.tooManyBytes(tensor: "a", excess: 34)) {
                try writer.append(row + row + row, to: "a")
            }
            #expect(throws: CheckpointError.nonFiniteElement(tensor: "a")) {
                try writer.append([.infinity] + row.dropLast(), to: "a")
            }
            #expect(throws: CheckpointError.unreadableElements(tensor: "a", elementType: .q8_0, wanted: "integers")) {
                try writer.append(integers: [1], to: "a")
            }
            try writer.append(row + row, to: "a")
            try writer.append(row, to: "b")
            try writer.append(row, to: "b")
            #expect(throws: CheckpointError.tensorOutOfOrder(found: "c", expected: nil)) {
                try writer.append(row, to: "c")
            }
            try writer.finish()
            #expect(try GGUFFile(path: path).floats(of: "b").allSatisfy { abs($0 - 1) < 1e-3 })
        }
    }

    @Test func anIntegerMustFitItsType() throws {
        try Places.withTemporaryFolder { folder in
            let declaration = TensorDeclaration(name: "a", shape: [1], elementType: .i8)
            let path = folder.appendingPathComponent("x").path
            let writer = try SafetensorsWriter(path: path, tensors: [declaration])
            #expect(throws: CheckpointError.integerOutOfRange(tensor: "a", elementType: .i8)) {
                try writer.append(integers: [128], to: "a")
            }
        }
    }

    static let refusedTensors: [(TensorDeclaration, CheckpointError)] = [
        (.init(name: "", shape: [1], elementType: .f32), .invalidTensorName("")),
        (.init(name: "a\u{1B}", shape: [1], elementType: .f32), .invalidTensorName("a\u{1B}")),
        (.init(name: "a", shape: [], elementType: .f32), .invalidShape(tensor: "a", shape: [])),
        (.init(name: "a", shape: [-1], elementType: .f32), .invalidShape(tensor: "a", shape: [0])),
        (
            .init(name: "a", shape: [2, 16], elementType: .q4_0),
            .rowsNotWholeBlocks(tensor: "a", rowLength: 16, elementType: .q4_0)
        ),
        (
            .init(name: "a", shape: [1], elementType: .bool),
            .unwritableElementType(tensor: "a", elementType: .bool, format: "GGUF")
        ),
    ]

    @Test(arguments: refusedTensors)
    func ggufRefusesWhatReadersWould(_ declaration: TensorDeclaration, _ expected: CheckpointError) {
        #expect(throws: expected) {
            try GGUFWriter(path: "/nonexistent/x.gguf", metadata: GGUFMetadata(), tensors: [declaration])
        }
    }

    @Test func ggufRefusesOddMetadata() throws {
        func write(_ key: String, _ value: MetadataValue) throws {
            _ = try GGUFWriter(path: "/nonexistent/x.gguf", metadata: GGUFMetadata([(key, value)]), tensors: [])
        }
        #expect(throws: CheckpointError.invalidKey("a\nb")) { try write("a\nb", .bool(true)) }
        #expect(throws: CheckpointError.invalidAlignment(24)) { try write("general.alignment", .uint32(24)) }
        #expect(throws: CheckpointError.self) { try write("general.alignment", .uint64(32)) }
        let deep = (0..<5).reduce(MetadataArray.uint8([])) { array, _ in .array([array]) }
        #expect(throws: CheckpointError.arraysTooDeep(key: "k", limit: 4)) { try write("k", .array(deep)) }
        #expect(throws: CheckpointError.cannotOpen(path: "", reason: "it is not the path of a file")) {
            try GGUFWriter(path: "", metadata: GGUFMetadata(), tensors: [])
        }
    }

    @Test func safetensorsRefusesWhatReadersWould() {
        func write(_ declarations: [TensorDeclaration]) throws {
            _ = try SafetensorsWriter(path: "/nonexistent/x", tensors: declarations)
        }
        let byte = TensorDeclaration(name: "a", shape: [1], elementType: .u8)
        #expect(throws: CheckpointError.duplicateTensor("a")) { try write([byte, byte]) }
        #expect(throws: CheckpointError.misalignedTensor("b", offset: 1, alignment: 4)) {
            try write([byte, TensorDeclaration(name: "b", shape: [1], elementType: .f32)])
        }
        #expect(throws: CheckpointError.invalidTensorName("__metadata__")) {
            try write([TensorDeclaration(name: "__metadata__", shape: [1], elementType: .u8)])
        }
        #expect(throws: CheckpointError.unwritableElementType(tensor: "q", elementType: .q8_0, format: "safetensors")) {
            try write([TensorDeclaration(name: "q", shape: [32], elementType: .q8_0)])
        }
    }
}
