import Foundation
import TestSupport
import Testing

@testable import Checkpoints

private let tensors = [
    TensorDeclaration(name: "lengths", shape: [2], elementType: .i64),
    TensorDeclaration(name: "a", shape: [4, 3], elementType: .f32),
    TensorDeclaration(name: "b", shape: [4], elementType: .f32),
]

private func open(_ folder: URL, key: String = "k") throws -> ResumableTensorFile {
    try ResumableTensorFile(
        path: folder.appendingPathComponent("out.safetensors").path, metadata: ["format": "pt"], tensors: tensors,
        key: key)
}

@Test func aFileIsFilledInAnyOrderAndContinued() throws {
    try Places.withTemporaryFolder { folder in
        let path = folder.appendingPathComponent("out.safetensors").path
        do {
            let file = try open(folder)
            #expect(file.done == 0)
            try file.write(integers: [7, 8], to: "lengths")
            try file.write([9, 10, 11], to: "a", from: 9)
            try file.write([1], to: "b", from: 0)
            try file.mark(done: 2)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let file = try open(folder)
        #expect(file.done == 2)
        try file.write([0, 1, 2, 3, 4, 5, 6, 7, 8], to: "a", from: 0)
        try file.finish()
        let read = try SafetensorsFile(path: path)
        #expect(try read.integers(of: "lengths") == [7, 8])
        #expect(try read.floats(of: "a") == (0..<12).map(Float.init))
        #expect(try read.floats(of: "b") == [1, 0, 0, 0])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.safetensors"])
    }
}

@Test func integersAndBytesAreWrittenInTheirPlaces() throws {
    try Places.withTemporaryFolder { folder in
        let path = folder.appendingPathComponent("out.safetensors").path
        let file = try ResumableTensorFile(
            path: path, metadata: [:],
            tensors: [
                TensorDeclaration(name: "ids", shape: [2, 2], elementType: .i32),
                TensorDeclaration(name: "bytes", shape: [3], elementType: .u8),
            ], key: "k")
        try file.write(int32: [70_000, -1], to: "ids", from: 2)
        try file.write(bytes: [255, 7], to: "bytes", from: 1)
        #expect(throws: CheckpointError.self) { try file.write(int32: [1, 2], to: "ids", from: 3) }
        try file.finish()
        let read = try SafetensorsFile(path: path)
        #expect(try read.integers(of: "ids") == [0, 0, 70_000, -1])
        #expect(try read.integers(of: "bytes") == [0, 255, 7])
    }
}

@Test func anotherKeyBeginsAnew() throws {
    try Places.withTemporaryFolder { folder in
        let first = try open(folder)
        try first.write([1, 2, 3, 4], to: "b", from: 0)
        try first.mark(done: 3)
        let second = try open(folder, key: "other")
        #expect(second.done == 0)
        try second.finish()
        let path = folder.appendingPathComponent("out.safetensors").path
        #expect(try SafetensorsFile(path: path).floats(of: "b") == [0, 0, 0, 0])
    }
}

/// A run with another key that ends before its first mark leaves nothing that the first one could take for its own.
@Test func theProgressOfNumbersThatAreGoneIsForgotten() throws {
    try Places.withTemporaryFolder { folder in
        do {
            let first = try open(folder)
            try first.write([1, 2, 3, 4], to: "b", from: 0)
            try first.mark(done: 3)
        }
        do { #expect(try open(folder, key: "other").done == 0) }
        #expect(try open(folder).done == 0)
    }
}

@Test func nothingIsWrittenOutsideATensor() throws {
    try Places.withTemporaryFolder { folder in
        let file = try open(folder)
        #expect(throws: CheckpointError.tooManyBytes(tensor: "b", excess: 4)) {
            try file.write([1, 2], to: "b", from: 3)
        }
        #expect(throws: CheckpointError.noSuchTensor("c")) { try file.write([1], to: "c", from: 0) }
    }
}
