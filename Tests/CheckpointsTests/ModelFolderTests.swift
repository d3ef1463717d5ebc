import Foundation
import TestSupport
import Testing

@testable import Checkpoints

private let sharded = Places.fixture("families/llama/folder").path

/// Calls `body` with a copy of the sharded folder.
private func withCopy<Result>(_ body: (URL) throws -> Result) throws -> Result {
    try Places.withTemporaryFolder { folder in
        let copy = folder.appendingPathComponent("model")
        try FileManager.default.copyItem(at: URL(fileURLWithPath: sharded), to: copy)
        return try body(copy)
    }
}

private func write(_ text: String, to name: String, in folder: URL) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
}

@Test func aShardedFolderIsOneSetOfTensors() throws {
    let folder = try HuggingFaceFolder(path: sharded)
    #expect(folder.weightFiles.count == 3)
    #expect(folder.tensors.count == 21)
    #expect(folder.tensor(named: "model.layers.1.mlp.down_proj.weight")?.shape == [32, 48])
    #expect(try folder.floats(of: "model.norm.weight").count == 32)
    #expect(folder.tensor(named: "model.norm") == nil)
    #expect(try folder.configuration.integer("hidden_size") == 32)
    #expect(try folder.configuration.string("rope_parameters.rope_type") == "llama3")
    #expect(throws: CheckpointError.wrongMetadataType(key: "hidden_size", found: "a number", expected: "a string")) {
        try folder.configuration.string("hidden_size")
    }
}

@Test func anIndexCannotLeadOutOfItsFolder() throws {
    for name in ["../x.safetensors", "/etc/passwd", ".hidden.safetensors", "a/b.safetensors", "x.bin"] {
        try withCopy { folder in
            try write(#"{"weight_map": {"t": "\#(name)"}}"#, to: "model.safetensors.index.json", in: folder)
            #expect(throws: CheckpointError.invalidShardName(tensor: "t", name: name)) {
                try HuggingFaceFolder(path: folder.path)
            }
        }
    }
}

/// The one file is what transformers reads, whatever an index beside it says.
@Test func theOneFileComesBeforeAnIndex() throws {
    try withCopy { folder in
        let writer = try SafetensorsWriter(
            path: folder.appendingPathComponent("model.safetensors").path, metadata: [:],
            tensors: [TensorDeclaration(name: "t", shape: [2], elementType: .f32)])
        try writer.append([1, 2], to: "t")
        try writer.finish()
        let opened = try HuggingFaceFolder(path: folder.path)
        #expect(opened.weightFiles == ["model.safetensors"])
        #expect(opened.tensors.map(\.name) == ["t"])
        #expect(try opened.floats(of: "t") == [1, 2])
    }
}

@Test func anIndexMustAgreeWithItsFiles() throws {
    try withCopy { folder in
        let name = "model-00001-of-00003.safetensors"
        try write(#"{"weight_map": {"t": "\#(name)"}}"#, to: "model.safetensors.index.json", in: folder)
        #expect(throws: CheckpointError.notInShard(tensor: "t", shard: name)) {
            try HuggingFaceFolder(path: folder.path)
        }
        try FileManager.default.removeItem(at: folder.appendingPathComponent("model.safetensors.index.json"))
        #expect(throws: CheckpointError.noWeights(folder: folder.path)) { try HuggingFaceFolder(path: folder.path) }
    }
}

/// Thousands of damaged files: each is read or refused with a CheckpointError, and nothing traps.
@Test(arguments: ["config.json", "model.safetensors.index.json"])
func damagedJSONIsReadOrRefused(_ name: String) throws {
    var random = SeededGenerator(seed: 20)
    let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(sharded)/\(name)")))
    try withCopy { folder in
        for _ in 0..<1500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
                case 2: bytes.insert(contentsOf: Array("[{\"1e999,-0null".utf8).shuffled(using: &random), at: place)
                default: bytes = Array(bytes[..<place])
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            try Data(bytes).write(to: folder.appendingPathComponent(name))
            do {
                _ = try HuggingFaceFolder(path: folder.path)
            } catch {
                #expect(error is CheckpointError, "\(error)")
            }
        }
    }
}

@Test func deepJSONIsRefused() {
    let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
    #expect(throws: CheckpointError.self) { try JSONDocument(text: deep) }
}

// GGUF in several files

private func parts(_ folder: URL, count: Int = 2, promised: Int = 2) throws -> [String] {
    try (0..<count).map { number in
        let path = folder.appendingPathComponent("m-0000\(number + 1)-of-0000\(count).gguf").path
        let metadata = try GGUFMetadata([
            ("general.architecture", .string("test")), ("split.no", .uint16(UInt16(number))),
            ("split.count", .uint16(UInt16(count))), ("split.tensors.count", .int32(Int32(promised))),
        ])
        let writer = try GGUFWriter(
            path: path, metadata: metadata,
            tensors: [TensorDeclaration(name: "t\(number)", shape: [2], elementType: .f32)])
        try writer.append([Float(number), 5], to: "t\(number)")
        try writer.finish()
        return path
    }
}

@Test func aModelInSeveralFilesIsOpenedByAnyOfThem() throws {
    try Places.withTemporaryFolder { folder in
        for path in try parts(folder) {
            let file = try GGUFFile(path: path)
            #expect(file.tensors.map(\.name) == ["t0", "t1"])
            #expect(try file.floats(of: "t1") == [1, 5])
            #expect(file.paths.count == 2)
            #expect(file.tensor(named: "t2") == nil)
        }
    }
}

@Test func missingAndMisnamedPartsAreErrors() throws {
    try Places.withTemporaryFolder { folder in
        let paths = try parts(folder, promised: 3)
        #expect(throws: CheckpointError.partsIncomplete(tensors: 2, expected: 3)) { try GGUFFile(path: paths[0]) }
        let other = folder.appendingPathComponent("other.gguf").path
        try FileManager.default.moveItem(atPath: paths[1], toPath: other)
        #expect(throws: CheckpointError.partName(path: other, expected: "…-00001-of-00002.gguf")) {
            try GGUFFile(path: other)
        }
        #expect(throws: CheckpointError.self) { try GGUFFile(path: paths[0]) }
        try FileManager.default.copyItem(atPath: paths[0], toPath: paths[1])
        #expect(throws: CheckpointError.wrongPart(path: paths[1], number: 2, parts: 2)) {
            try GGUFFile(path: paths[0])
        }
    }
}
