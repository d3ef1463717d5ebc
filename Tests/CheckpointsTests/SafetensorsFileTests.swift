import Checkpoints
import Foundation
import TestSupport
import Testing

struct SafetensorsFileTests {
    @Test func aWrittenFileReadsBackWhole() throws {
        let file = try openSafetensors(SampleFiles.safetensors())
        #expect(file.metadata == ["format": "pt", "quote \" and \\": "line\nend\u{1}"])
        #expect(file.tensors.map(\.name) == ["ids", "matrix", "empty", "scalar", "half"])
        #expect(try file.floats(of: "matrix") == SampleFiles.matrix)
        #expect(try file.floats(of: "half") == [0.5, -1.5])
        #expect(try file.floats(of: "scalar") == [2.5])
        #expect(try file.floats(of: "empty") == [])
        #expect(try file.integers(of: "ids") == [3, -4])
        #expect(file.tensor(named: "scalar")?.shape == [])
        #expect(file.tensor(named: "scalar")?.rowCount == 1)
    }

    @Test func theReferenceWritersFileIsRead() throws {
        let file = try SafetensorsFile(path: Places.fixture("checkpoints/reference.safetensors").path)
        #expect(file.metadata == ["\"q\"": "\n"])
        #expect(Set(file.tensors.map(\.name)) == ["matrix", "half", "ids", "scalar", "empty", "flags"])
        #expect(file.tensor(named: "matrix")?.shape == [2, 3])
        #expect(try file.floats(of: "matrix") == [0, 1, 2, 3, 4, 5])
        #expect(try file.floats(of: "half") == [0.5, -1.5])
        #expect(try file.floats(of: "scalar") == [2.5])
        #expect(try file.floats(of: "empty") == [])
        #expect(try file.integers(of: "ids") == [3, -4])
        #expect(try file.integers(of: "flags") == [1, 0, 255])
    }

    @Test func everyTruncationThrows() throws {
        let bytes = try SampleFiles.safetensors()
        for length in bytes.indices {
            let parsed = try parses(Array(bytes[..<length]), with: openSafetensors)
            #expect(!parsed, "length \(length)")
        }
        #expect(throws: CheckpointError.trailingBytes(1)) { try openSafetensors(bytes + [0]) }
    }

    @Test(arguments: [UInt64(6), 7, 8])
    func damagedBytesThrowOrParse(seed: UInt64) throws {
        let bytes = try SampleFiles.safetensors()
        let interesting = Array("{}[]\",:\\0123456789u-.eE \u{0}".utf8) + [0x80, 0xFF]
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<1500 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    mutant[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                } else {
                    mutant[position] = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                }
            }
            if try !parses(mutant, with: openSafetensors) { refused += 1 }
        }
        #expect(refused > 700, "seed \(seed)")
    }

    static let malformedHeaders: [(String, CheckpointError)] = [
        ("", .malformedHeader(at: 0, expected: "'{'")),
        (" {}", .malformedHeader(at: 0, expected: "'{'")),
        ("{", .malformedHeader(at: 1, expected: "'\"'")),
        ("{}x", .malformedHeader(at: 2, expected: "the end of the header")),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#, .malformedHeader(at: 54, expected: "'\"'")),
        (#"{"__metadata__":{"k":1}}"#, .malformedHeader(at: 21, expected: "'\"'")),
        (#"{"__metadata__":{"k":"1","k":"2"}}"#, .duplicateKey("k")),
        (#"{"__metadata__":{},"__metadata__":{}}"#, .duplicateTensor("__metadata__")),
        (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, .missingField(tensor: "a", field: "dtype")),
        (#"{"a":{"dtype":"F32","dtype":"F32"}}"#, .duplicateField(tensor: "a", field: "dtype")),
        (#"{"a":{"size":1}}"#, .unknownField(tensor: "a", field: "size")),
        (
            #"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,4]}}"#,
            .unsupportedElementType(tensor: "a", elementType: "F4")
        ),
        (
            #"{"a":{"dtype":"Q8_0","shape":[32],"data_offsets":[0,34]}}"#,
            .unsupportedElementType(tensor: "a", elementType: "Q8_0")
        ),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
            .wrongByteCount(tensor: "a", found: 4, needed: 8)
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
            .wrongByteCount(tensor: "a", found: 0, needed: 4)
        ),
        (
            #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}"#,
            .invalidShape(tensor: "a", shape: [1 << 32, 1 << 32, 0])
        ),
        (#"{"a":{"shape":[-1]}}"#, .malformedHeader(at: 15, expected: "a whole number")),
        (#"{"a":{"shape":[01]}}"#, .malformedHeader(at: 17, expected: "a whole number")),
        (#"{"a":{"shape":[1.0]}}"#, .malformedHeader(at: 16, expected: "']'")),
        (#"{"a":{"shape":[9223372036854775808]}}"#, .malformedHeader(at: 33, expected: "a number below 2^63")),
        (#"{"":{}}"#, .invalidTensorName("")),
        (#"{"a\ud800":{}}"#, .malformedHeader(at: 9, expected: "a pair of surrogates")),
    ]

    @Test(arguments: malformedHeaders)
    func malformedHeadersAreRefused(_ header: String, _ expected: CheckpointError) throws {
        #expect(throws: expected) { try openSafetensors(file(header, dataCount: 4)) }
    }

    @Test func twoTensorsMayNeitherOverlapNorLeaveAGap() throws {
        func header(_ start: Int) -> String {
            """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
            "b":{"dtype":"F32","shape":[1],"data_offsets":[\(start),\(start + 4)]}}
            """
        }
        #expect(try openSafetensors(file(header(4), dataCount: 8)).floats(of: "b") == [0])
        #expect(throws: CheckpointError.gapOrOverlap(tensor: "b", start: 0, expected: 4)) {
            try openSafetensors(file(header(0), dataCount: 4))
        }
        #expect(throws: CheckpointError.gapOrOverlap(tensor: "b", start: 8, expected: 4)) {
            try openSafetensors(file(header(8), dataCount: 12))
        }
        #expect(throws: CheckpointError.tensorOutsideFile("b", end: 123, fileSize: 119)) {
            try openSafetensors(file(header(4), dataCount: 4))
        }
    }

    @Test func aNameMayHoldEscapesAndTheHeaderSpace() throws {
        let name = #"\"\\\/\u00e9\ud83d\ude00"#
        let header = "{ \"\(name)\" :\t{\"data_offsets\": [0, 4], \"shape\": [ ], \"dtype\": \"F32\"} }  \n"
        #expect(try openSafetensors(file(header, dataCount: 4)).tensors.map(\.name) == ["\"\\/é😀"])
    }

    @Test func aHeaderLongerThanTheFileIsRefused() throws {
        #expect(throws: CheckpointError.headerTooLong(bytes: .max, limit: 2)) {
            try openSafetensors([UInt8](repeating: 255, count: 8) + Array("{}".utf8))
        }
        #expect(try openSafetensors(file("{}", dataCount: 0)).tensors.isEmpty)
    }

    private func file(_ header: String, dataCount: Int) -> [UInt8] {
        [UInt8](littleEndian: UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: dataCount)
    }
}
