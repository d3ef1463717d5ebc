import Checkpoints
import Foundation
import Glibc
import TestSupport
import Testing

/// A trap in any of these ends the test process.
struct GGUFHostileTests {
    @Test func everyTruncationThrows() throws {
        let bytes = try SampleFiles.gguf()
        // The last tensor ends before the padding does.
        let needed = try openGGUF(bytes).tensors.reduce(0) { max($0, $1.offset + $1.byteCount) }
        for length in 0..<needed {
            let parsed = try parses(Array(bytes[..<length]), with: openGGUF)
            #expect(!parsed, "length \(length)")
        }
        let parsed = try parses(Array(bytes[..<needed]), with: openGGUF)
        #expect(parsed)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func flippedBitsThrowOrParse(seed: UInt64) throws {
        let bytes = try SampleFiles.gguf()
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<1500 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                mutant[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            if try !parses(mutant, with: openGGUF) { refused += 1 }
        }
        #expect(refused > 300, "seed \(seed)")
    }

    @Test(arguments: [UInt64(4), 5])
    func extremeNumbersAnywhereThrowOrParse(seed: UInt64) throws {
        let bytes = try SampleFiles.gguf()
        var generator = SeededGenerator(seed: seed)
        let extremes: [UInt64] = [
            0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 60, 1 << 61, 1 << 62, 1 << 63,
            .max >> 1, .max - 7, .max,
        ]
        for position in 0..<(bytes.count - 8) {
            let extreme = extremes[Int.random(in: 0..<extremes.count, using: &generator)]
            let width = [4, 8][Int.random(in: 0..<2, using: &generator)]
            var mutant = bytes
            mutant.replaceSubrange(position..<(position + width), with: [UInt8](littleEndian: extreme)[..<width])
            _ = try parses(mutant, with: openGGUF)
        }
    }

    /// A file of a few kilobytes never asks for megabytes: the process may grow by 16 MB and no more.
    @Test func noMutantNeedsMoreMemoryThanItsSizeExplains() async {
        await #expect(processExitsWith: .success) {
            let bytes = try SampleFiles.gguf()
            _ = try parses(bytes, with: openGGUF)
            try limitMemory(growth: 16 << 20)
            var generator = SeededGenerator(seed: 6)
            let extremes: [UInt64] = [0xFF_FFFF, 0x3FFF_FFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 58]
            for position in 0..<(bytes.count - 8) {
                let extreme = extremes.randomElement(using: &generator) ?? 0
                let width = Bool.random(using: &generator) ? 4 : 8
                var mutant = bytes
                mutant.replaceSubrange(position..<(position + width), with: [UInt8](littleEndian: extreme)[..<width])
                _ = try parses(mutant, with: openGGUF)
            }
        }
    }

    /// The limit is one that a large array runs into.
    @Test func theMemoryLimitIsOne() async {
        await #expect(processExitsWith: .failure) {
            try limitMemory(growth: 16 << 20)
            let large = [UInt8](repeating: 1, count: 64 << 20)
            #expect(large.last == 1)
        }
    }

    @Test func countsBeyondTheFileAreRefusedBeforeRoomIsMade() throws {
        let start: [UInt8] = [0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0]
        let tensors = start + [UInt8](littleEndian: UInt64.max) + [UInt8](littleEndian: UInt64(0))
        #expect(throws: CheckpointError.countTooLarge(of: "tensors", count: .max, available: 8)) {
            try openGGUF(tensors)
        }
        let entries = start + [UInt8](littleEndian: UInt64(0)) + [UInt8](littleEndian: UInt64(1) << 61)
        #expect(throws: CheckpointError.countTooLarge(of: "metadata entries", count: 1 << 61, available: 0)) {
            try openGGUF(entries)
        }
        let array = file(entry: [9, 0, 0, 0, 8, 0, 0, 0] + [UInt8](littleEndian: UInt64(1) << 60) + [0, 0, 0, 0])
        #expect(throws: CheckpointError.countTooLarge(of: "elements of k", count: 1 << 60, available: 4)) {
            try openGGUF(array)
        }
        let text = file(entry: [8, 0, 0, 0] + [UInt8](littleEndian: UInt64.max) + [0x61])
        #expect(throws: CheckpointError.truncated(reading: "k", needed: .max, available: 1)) { try openGGUF(text) }
    }

    @Test func deepArraysAreRefused() throws {
        let nested = [[UInt8]](repeating: [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], count: 4000).flatMap { $0 }
        #expect(throws: CheckpointError.arraysTooDeep(key: "k", limit: 4)) {
            try openGGUF(file(entry: [9, 0, 0, 0] + nested))
        }
    }

    @Test func oddEntriesAreRefused() throws {
        #expect(throws: CheckpointError.unknownMetadataType(key: "k", type: 13)) {
            try openGGUF(file(entry: [13, 0, 0, 0, 0]))
        }
        #expect(throws: CheckpointError.invalidBoolean(key: "k", byte: 2)) {
            try openGGUF(file(entry: [7, 0, 0, 0, 2]))
        }
        #expect(throws: CheckpointError.invalidText(of: "k")) {
            try openGGUF(file(entry: [8, 0, 0, 0] + [UInt8](littleEndian: UInt64(2)) + [0xC3, 0x28]))
        }
        let twice = file(
            entry: [7, 0, 0, 0, 1] + [UInt8](littleEndian: UInt64(1)) + [0x6B, 7, 0, 0, 0, 1], entries: 2)
        #expect(throws: CheckpointError.duplicateKey("k")) { try openGGUF(twice) }
    }

    static let oddTensors: [(TensorField, CheckpointError)] = [
        (.shape([1 << 62, 4]), .invalidShape(tensor: "t", shape: [4, 1 << 62])),
        (.shape([0, 4]), .invalidShape(tensor: "t", shape: [4, 0])),
        (.shape([1, 1, 1, 1, 1]), .invalidShape(tensor: "t", shape: [0, 0, 0, 0, 0])),
        (.shape([.max]), .invalidShape(tensor: "t", shape: [.max])),
        (.shape([1 << 40]), .tensorOutsideFile("t", end: 4_398_046_511_168, fileSize: 160)),
        (.type(99), .unsupportedElementType(tensor: "t", elementType: "number 99")),
        (.type(23), .unsupportedElementType(tensor: "t", elementType: "IQ4_XS")),
        (.type(2), .rowsNotWholeBlocks(tensor: "t", rowLength: 4, elementType: .q4_0)),
        (.offset(8), .misalignedTensor("t", offset: 8, alignment: 32)),
        (.offset(96), .tensorOutsideFile("t", end: 176, fileSize: 160)),
        (.offset(.max - 31), .tensorOutsideFile("t", end: .max, fileSize: 160)),
        (.name(""), .invalidTensorName("")),
        (.name("a\nb"), .invalidTensorName("a\nb")),
        (.name(String(repeating: "n", count: 65)), .invalidTensorName(String(repeating: "n", count: 65))),
    ]

    @Test(arguments: oddTensors)
    func oddTensorsAreRefused(_ field: TensorField, _ expected: CheckpointError) throws {
        #expect(throws: expected) { try openGGUF(tensorFile(field)) }
    }

    @Test func aTensorNamedTwiceIsRefused() throws {
        #expect(throws: CheckpointError.duplicateTensor("t")) { try openGGUF(tensorFile(.twice)) }
        #expect(try openGGUF(tensorFile(.offset(0))).floats(of: "t") == [0, 0, 0, 0])
    }

    enum TensorField: Sendable {
        case shape([UInt64]), type(UInt32), offset(UInt64), name(String), twice
    }

    /// One tensor of four float32 in a file of 160 bytes, with one field changed.
    private func tensorFile(_ field: TensorField) -> [UInt8] {
        var (name, shape, type, offset, count) = ("t", [UInt64(4)], UInt32(0), UInt64(0), 1)
        switch field {
        case .shape(let value): shape = value
        case .type(let value): type = value
        case .offset(let value): offset = value
        case .name(let value): name = value
        case .twice: count = 2
        }
        var entry = [UInt8](littleEndian: UInt64(name.utf8.count)) + Array(name.utf8)
        entry += [UInt8](littleEndian: UInt32(shape.count)) + shape.flatMap { [UInt8](littleEndian: $0) }
        entry += [UInt8](littleEndian: type) + [UInt8](littleEndian: offset)
        let start: [UInt8] = [0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0]
        var bytes = start + [UInt8](littleEndian: UInt64(count)) + [UInt8](littleEndian: UInt64(0))
        for _ in 0..<count { bytes += entry }
        return bytes + [UInt8](repeating: 0, count: max(160 - bytes.count, 0))
    }

    /// A file of one entry with the key "k"; `entry` is its type and value.
    private func file(entry: [UInt8], entries: UInt64 = 1) -> [UInt8] {
        let start: [UInt8] = [0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0]
        return start + [UInt8](littleEndian: UInt64(0)) + [UInt8](littleEndian: entries)
            + [UInt8](littleEndian: UInt64(1)) + [0x6B] + entry
    }
}

/// Lets the address space of this process grow by this many bytes from now on.
private func limitMemory(growth: UInt) throws {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").first
    let size = try #require(pages.flatMap { UInt($0) }) * UInt(sysconf(Int32(_SC_PAGESIZE)))
    var limit = rlimit(rlim_cur: size + growth, rlim_max: size + growth)
    let status = unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    try #require(status == 0)
}
