import Checkpoints
import Foundation
import TestSupport
import Testing

struct GGUFFileTests {
    @Test func aWrittenFileReadsBackWhole() throws {
        let file = try openGGUF(SampleFiles.gguf())
        #expect(file.metadata.keys == SampleFiles.metadata.map(\.key))
        for (key, value) in SampleFiles.metadata { #expect(file.metadata[key] == value) }
        #expect(file.tensors.map(\.name) == ["matrix", "blocks", "counts"])
        #expect(file.tensors.map(\.shape) == [[2, 3], [2, 64], [2]])
        #expect(file.tensors.map(\.elementType) == [.f32, .q8_0, .i32])
        #expect(try file.floats(of: "matrix") == SampleFiles.matrix)
        expectClose(try file.floats(of: "blocks"), SampleFiles.blocks, absolute: 68.0 / 127 / 2 + 0.05, relative: 0)
        #expect(try file.integers(of: "counts") == [7, -8])
    }

    @Test func theReferenceWritersFileIsRead() throws {
        let file = try GGUFFile(path: Places.fixture("checkpoints/reference.gguf").path)
        let metadata = file.metadata
        #expect(try metadata.string("general.architecture") == "llama")
        #expect(try metadata.string("test.string") == "naïve ✓")
        let integers = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "int64"]
        let expected = [200, -100, 60_000, -30_000, 4_000_000_000, -2_000_000_000, -(1 << 62)]
        #expect(try integers.map { try metadata.integer("test.\($0)") } == expected)
        #expect(try metadata.float("test.float32") == 0.1)
        #expect(try metadata.float("test.float64") == 0.1)
        #expect(try metadata.bool("test.bool") == true)
        #expect(try metadata.strings("test.strings") == ["<s>", "", "Ġthe"])
        #expect(try metadata.integers("test.integers") == [1, -2, 3])
        #expect(try metadata.floats("test.floats") == [0.5, -0.25])
        #expect(metadata["test.nested"] == .array(.array([.int32([1, 2]), .int32([3])])))
        #expect(file.tensor(named: "matrix")?.shape == [2, 3])
        #expect(try file.floats(of: "matrix") == [0, 1, 2, 3, 4, 5])
        #expect(try file.floats(of: "half") == [0.5, -1.5])
        expectClose(try file.floats(of: "blocks"), (0..<128).map { Float($0) }, absolute: 0.55, relative: 0)
        #expect(try file.integers(of: "counts") == [7, -8])
    }

    @Test func getsAreNilForMissingKeysAndThrowForOtherTypes() throws {
        let metadata = try GGUFMetadata(SampleFiles.metadata)
        #expect(try metadata.string("absent") == nil)
        #expect(try metadata.bools("arrays.bool") == [true, false])
        #expect(throws: CheckpointError.missingMetadata(key: "absent")) { try metadata.requiredString("absent") }
        #expect(
            throws: CheckpointError.wrongMetadataType(
                key: "sample.uint64", found: "uint64", expected: "an integer below 2^63")
        ) { try metadata.integer("sample.uint64") }
        #expect(
            throws: CheckpointError.wrongMetadataType(
                key: "arrays.string", found: "an array of string", expected: "an array of floating-point numbers")
        ) { try metadata.floats("arrays.string") }
    }

    @Test func versionTwoIsReadAndOthersAreNot() throws {
        var bytes = try SampleFiles.gguf()
        bytes[4] = 2
        #expect(try openGGUF(bytes).floats(of: "matrix") == SampleFiles.matrix)
        bytes[4] = 1
        #expect(throws: CheckpointError.unsupportedGGUFVersion(1)) { try openGGUF(bytes) }
        bytes[4] = 4
        #expect(throws: CheckpointError.unsupportedGGUFVersion(4)) { try openGGUF(bytes) }
        bytes[4...7] = [0, 0, 0, 3]
        #expect(throws: CheckpointError.bigEndianGGUF) { try openGGUF(bytes) }
        bytes[0] = 0
        #expect(throws: CheckpointError.notGGUF(firstBytes: [0, 0x47, 0x55, 0x46])) { try openGGUF(bytes) }
    }

    @Test func aPartOfASplitModelIsRefused() throws {
        let metadata = try GGUFMetadata([("split.no", .uint16(1)), ("split.count", .uint16(3))])
        let bytes = try SampleFiles.bytes { path in
            try GGUFWriter(path: path, metadata: metadata, tensors: []).finish()
        }
        #expect(throws: CheckpointError.splitModel(part: 1, parts: 3)) { try openGGUF(bytes) }
    }

    @Test func alignmentIsKept() throws {
        let metadata = try GGUFMetadata([("general.alignment", .uint32(256))])
        let declarations = ["a", "b"].map { TensorDeclaration(name: $0, shape: [3], elementType: .f16) }
        let bytes = try SampleFiles.bytes { path in
            let writer = try GGUFWriter(path: path, metadata: metadata, tensors: declarations)
            try writer.append([1, 2, 3], to: "a")
            try writer.append([4, 5, 6], to: "b")
            try writer.finish()
        }
        let file = try openGGUF(bytes)
        #expect(file.tensors.map(\.offset) == [256, 512])
        #expect(bytes.count == 768)
        #expect(try file.floats(of: "b") == [4, 5, 6])
    }

    @Test func aFileOfMetadataAloneIsRead() throws {
        let bytes = try SampleFiles.bytes { path in
            try GGUFWriter(path: path, metadata: GGUFMetadata(), tensors: []).finish()
        }
        #expect(try openGGUF(bytes).tensors.isEmpty)
        #expect(try openGGUF(Array(bytes[..<24])).tensors.isEmpty)
    }

    @Test func aFileOnDiskEqualsItsBytes() throws {
        let path = Places.fixture("checkpoints/reference.gguf").path
        let onDisk = try GGUFFile(path: path)
        let inMemory = try GGUFFile(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        #expect(onDisk.path == path && inMemory.path == "(memory)")
        #expect(onDisk.tensors == inMemory.tensors && onDisk.metadata == inMemory.metadata)
    }

    @Test func whatIsNoRegularFileIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            #expect(throws: CheckpointError.notARegularFile(path: folder.path)) { try GGUFFile(path: folder.path) }
            let absent = folder.appendingPathComponent("absent").path
            #expect(throws: CheckpointError.cannotOpen(path: absent, reason: "No such file or directory")) {
                try GGUFFile(path: absent)
            }
        }
        #expect(throws: CheckpointError.truncated(reading: "the magic number", needed: 4, available: 0)) {
            try openGGUF([])
        }
    }
}
