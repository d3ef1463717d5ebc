import Evaluation
import Foundation
import TestSupport
import Testing
import TextFormats

/// Files that zlib has packed (`scripts/reference/gzip_files.py`), and what is left of them when they are broken.
struct GzipTests {
    private func packed(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Places.fixture("gzip/\(name).gz")))
    }

    private func lines(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { Array("line \($0 * $0 % 977) of \($0)\n".utf8) }
    }

    @Test(arguments: [("dynamic", 6000), ("fixed", 6000), ("literals", 1000), ("stored", 500), ("empty", 0)])
    func everyKindOfBlockIsUnpacked(_ name: String, _ count: Int) throws {
        #expect(try GzipReader.unpack(packed(name), limit: 1 << 20) == lines(count))
    }

    @Test func fieldsOfTheHeaderAreSkippedAndMembersAreOne() throws {
        #expect(try GzipReader.unpack(packed("names"), limit: 100) == Array("abcabcabcxyz".utf8))
    }

    @Test func piecesOfTheFileMayHaveAnyLength() throws {
        for length in [1, 2, 7, 1000] {
            var rest = try packed("dynamic")[...]
            var reader = GzipReader {
                defer { rest = rest.dropFirst(length) }
                return Array(rest.prefix(length))
            }
            var (result, longest) = ([UInt8](), 0)
            while let piece = try reader.next() {
                result += piece
                longest = max(longest, piece.count)
            }
            #expect(result == lines(6000))
            #expect(longest < 1 << 17)
        }
    }

    @Test func noMoreComesOutThanMay() throws {
        let count = lines(6000).count
        #expect(try GzipReader.unpack(packed("dynamic"), limit: count).count == count)
        #expect(throws: GzipError.tooLarge(limit: count - 1)) {
            try GzipReader.unpack(packed("dynamic"), limit: count - 1)
        }
    }

    @Test func whatIsBrokenIsNamed() throws {
        func error(_ bytes: [UInt8]) throws -> GzipError {
            try #require(throws: GzipError.self) { try GzipReader.unpack(bytes, limit: 1 << 20) }
        }
        let whole = try packed("stored")
        #expect(try error([]) == .truncated)
        for length in [1, 9, 10, 12, 500, whole.count - 9, whole.count - 1] {
            #expect(try error(Array(whole.prefix(length))) == .truncated)
        }
        #expect(try error(whole + [1, 2, 3]) == .damaged("other bytes follow its end"))
        func changed(_ place: Int, _ byte: UInt8) -> [UInt8] {
            var bytes = whole
            bytes[place < 0 ? bytes.count + place : place] = byte
            return bytes
        }
        #expect(try error(changed(0, 0x50)) == .damaged("it does not begin as one"))
        #expect(try error(changed(2, 9)) == .damaged("packing method 9; 8 is known"))
        #expect(try error(changed(3, 0x80)) == .damaged("unknown flags in its header"))
        #expect(try error(changed(10, 7)) == .damaged("a block of an unknown kind"))
        #expect(try error(changed(12, 0)) == .damaged("a stored block's length is wrong"))
        #expect(try error(changed(100, 0)) == .damaged("its checksum is wrong"))
        #expect(try error(changed(-4, 0)) == .damaged("its length is wrong"))
        // A fixed block whose first symbol repeats what is not there.
        let back: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x03, 0x02, 0, 0]
        #expect(try error(back) == .damaged("a repetition reaches back too far"))
    }

    /// Mutants read as what was packed, or throw; none traps.
    @Test func mutantsNeverTrap() throws {
        var random = SeededGenerator(seed: 21)
        for name in ["dynamic", "fixed", "literals", "names"] {
            let whole = try packed(name)
            let original = try GzipReader.unpack(whole, limit: 1 << 20)
            for _ in 0..<200 {
                var bytes = whole
                // Most of the codes stand near the beginning.
                let place = Int.random(
                    in: 0..<(Bool.random(using: &random) ? min(200, bytes.count) : bytes.count), using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
                if let result = try? GzipReader.unpack(bytes, limit: 1 << 20) { #expect(result == original) }
            }
        }
    }

    /// A packed set is the set that comes out of it, by name and digest too.
    @Test func promptSetsAreUnpacked() throws {
        try Places.withTemporaryFolder { folder in
            let text = Array("{\"id\":\"a\",\"prompt\":\"x\"}\n{\"id\":\"b\",\"prompt\":\"y\"}\n".utf8)
            let (plain, packed) = (
                folder.appendingPathComponent("two.jsonl"), folder.appendingPathComponent("two.jsonl.gz")
            )
            try Data(text).write(to: plain)
            try Data(gzipped(text)).write(to: packed)
            let set = try PromptSetReader.read(path: packed.path)
            #expect(set.name == "two" && set.prompts.map(\.id) == ["a", "b"])
            #expect(try set == PromptSetReader.read(path: plain.path))
            #expect(try set == PromptSetReader.read(bytes: gzipped(text), path: packed.path))
            #expect(PromptSetReader.check(path: packed.path) == [])
            // The limit is of what comes out.
            let limits = PromptSetLimits(fileBytes: 1 << 12)
            let lines = Array(repeating: text, count: 200).flatMap { $0 }
            #expect(throws: PromptSetError(file: "b.gz", issue: .fileTooLarge(bytes: 65537, limit: 65536))) {
                try PromptSetReader.read(
                    bytes: self.packed("dynamic"), path: "b.gz", limits: PromptSetLimits(fileBytes: 1 << 16))
            }
            #expect(throws: PromptSetError(file: "b.gz", issue: .fileTooLarge(bytes: lines.count, limit: 4096))) {
                try PromptSetReader.read(bytes: lines, path: "b.gz", limits: limits)
            }
        }
    }
}
