import Checkpoints
import Foundation
import TestSupport
import Testing

/// Small files of both formats, and ways to damage them.
enum SampleFiles {
    static let metadata: [(key: String, value: MetadataValue)] = [
        ("general.architecture", .string("llama")),
        ("sample.uint8", .uint8(200)),
        ("sample.int8", .int8(-100)),
        ("sample.uint16", .uint16(60_000)),
        ("sample.int16", .int16(-30_000)),
        ("sample.uint32", .uint32(4_000_000_000)),
        ("sample.int32", .int32(-2_000_000_000)),
        ("sample.float32", .float32(0.1)),
        ("sample.bool", .bool(true)),
        ("sample.uint64", .uint64(1 << 63)),
        ("sample.int64", .int64(.min)),
        ("sample.float64", .float64(0.1)),
        ("sample.text", .string("naïve ✓")),
        ("arrays.uint8", .array(.uint8([1, 255]))),
        ("arrays.int8", .array(.int8([-1]))),
        ("arrays.uint16", .array(.uint16([1, 2]))),
        ("arrays.int16", .array(.int16([-1, 2]))),
        ("arrays.uint32", .array(.uint32([7]))),
        ("arrays.int32", .array(.int32([-7, 8, 9]))),
        ("arrays.float32", .array(.float32([0.5, -0.25]))),
        ("arrays.bool", .array(.bool([true, false]))),
        ("arrays.string", .array(.string(["<s>", "", "Ġthe"]))),
        ("arrays.nested", .array(.array([.int32([1, 2]), .array([.string(["x"])]), .uint8([])]))),
        ("arrays.uint64", .array(.uint64([1, 2]))),
        ("arrays.int64", .array(.int64([-3]))),
        ("arrays.float64", .array(.float64([2.5]))),
    ]

    static let matrix: [Float] = (0..<6).map { Float($0) }
    static let blocks: [Float] = (0..<128).map { Float($0) - 60 }

    static func gguf() throws -> [UInt8] {
        try bytes { path in
            let writer = try GGUFWriter(
                path: path,
                metadata: GGUFMetadata(metadata),
                tensors: [
                    TensorDeclaration(name: "matrix", shape: [2, 3], elementType: .f32),
                    TensorDeclaration(name: "blocks", shape: [2, 64], elementType: .q8_0),
                    TensorDeclaration(name: "counts", shape: [2], elementType: .i32),
                ]
            )
            try writer.append(matrix, to: "matrix")
            try writer.append(blocks, to: "blocks")
            try writer.append(integers: [7, -8], to: "counts")
            try writer.finish()
        }
    }

    static func safetensors() throws -> [UInt8] {
        try bytes { path in
            let writer = try SafetensorsWriter(
                path: path,
                metadata: ["format": "pt", "quote \" and \\": "line\nend\u{1}"],
                tensors: [
                    TensorDeclaration(name: "ids", shape: [2], elementType: .i64),
                    TensorDeclaration(name: "matrix", shape: [2, 3], elementType: .f32),
                    TensorDeclaration(name: "empty", shape: [0, 4], elementType: .f32),
                    TensorDeclaration(name: "scalar", shape: [], elementType: .f32),
                    TensorDeclaration(name: "half", shape: [1, 2], elementType: .bf16),
                ]
            )
            try writer.append(integers: [3, -4], to: "ids")
            try writer.append(Array(matrix[..<4]), to: "matrix")
            try writer.append(Array(matrix[4...]), to: "matrix")
            try writer.append([2.5], to: "scalar")
            try writer.append([0.5, -1.5], to: "half")
            try writer.finish()
        }
    }

    /// The bytes of the file that `write` makes.
    static func bytes(_ write: (String) throws -> Void) throws -> [UInt8] {
        try Places.withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("sample")
            try write(url.path)
            return [UInt8](try Data(contentsOf: url))
        }
    }
}

/// Reads every tensor, so that a file which opens is also used.
func readEverything(_ file: some TensorFile) throws {
    for tensor in file.tensors {
        #expect(tensor.byteCount == tensor.elementType.byteCount(ofShape: tensor.shape))
        if tensor.elementType.isReadable {
            #expect(try file.floats(of: tensor.name).count == tensor.elementCount)
        } else {
            try file.withBytes(of: tensor) { #expect($0.byteCount == tensor.byteCount) }
        }
    }
}

func openGGUF(_ bytes: [UInt8]) throws -> GGUFFile { try GGUFFile(bytes: bytes) }

func openSafetensors(_ bytes: [UInt8]) throws -> SafetensorsFile { try SafetensorsFile(bytes: bytes) }

/// Opens and reads what may be damaged: true where it parsed, false where it threw a `CheckpointError`.
func parses(_ bytes: [UInt8], with open: ([UInt8]) throws -> some TensorFile) throws -> Bool {
    do {
        try readEverything(open(bytes))
        return true
    } catch let error as CheckpointError {
        #expect(!error.description.isEmpty && error.description != "the checkpoint is damaged")
        return false
    }
}

extension [UInt8] {
    init(littleEndian value: some FixedWidthInteger) {
        self = (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
