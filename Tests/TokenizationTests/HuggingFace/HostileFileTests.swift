import Foundation
import TestSupport
import Testing
import Tokenization

struct HostileFileTests {
    private func error(_ json: String) throws -> TokenizerError? {
        try error(Array(json.utf8))
    }

    private func error(_ bytes: [UInt8]) throws -> TokenizerError? {
        try Places.withTemporaryFolder { folder in
            try Data(bytes).write(to: folder.appendingPathComponent("tokenizer.json"))
            do {
                let tokenizer = try TokenizerLoader.make(fromFolder: folder)
                let text = "ka <|start|> \u{1F999}e\u{301} 123 <0x0A>\n\n"
                let tokens = tokenizer.encode(text, special: .everywhere)
                #expect(tokens.allSatisfy { $0.utf8Range.upperBound <= text.utf8.count })
                _ = tokenizer.decode(tokens.map(\.id), skippingSpecialTokens: true)
                return nil
            } catch let error as TokenizerError {
                return error
            }
        }
    }

    private func model(_ vocab: String, merges: String = "[]") -> String {
        #"{"model": {"type": "BPE", "vocab": \#(vocab), "merges": \#(merges)}}"#
    }

    @Test func whatIsWrongIsNamed() throws {
        #expect(try error("") == .malformedJSON(offset: 0))
        #expect(try error("{") == .malformedJSON(offset: 1))
        #expect(try error(String(repeating: "[", count: 1_000_000)) == .malformedJSON(offset: 64))
        #expect(try error("{}") == .missingValue(key: "model"))
        #expect(try error(#"{"model": {"type": "Magic", "vocab": {}}}"#) == .unsupportedModel("Magic"))
        #expect(try error(model(#"{"a": 0, "b": 0}"#)) == .duplicateID(0))
        #expect(
            try error(model(#"{"a": -1}"#)) == .idOutOfRange(key: "model.vocab", id: -1, vocabularySize: 1 << 21))
        #expect(
            try error(model(#"{"a": 4000000000}"#))
                == .idOutOfRange(key: "model.vocab", id: 4_000_000_000, vocabularySize: 1 << 21))
        #expect(try error(model(#"{"a": 0.5}"#)) == .unexpectedValue(key: "model.vocab"))
        #expect(try error(model(#"{"a": 0}"#, merges: #"["a b"]"#)) == .mergeOutsideVocabulary(index: 0))
        #expect(try error(model(#"{"a": 0}"#, merges: #"["ab"]"#)) == .malformedMerge(index: 0))
        #expect(try error(model(#"{"a": 0}"#, merges: #"[["a"]]"#)) == .malformedMerge(index: 0))
    }

    @Test func patternsThatCannotBeUsedAreRefused() throws {
        func split(_ pattern: String) -> String {
            #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\#(pattern)"}, "behavior": "Isolated"}, "#
                + #""model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#
        }
        for pattern in ["(", "[", "a{5000}", "((ab){1000}){1000}", "(?P", "\\\\1", "\\\\p{Nonsense}", "*"] {
            #expect(try error(split(pattern)) == .unsupportedPattern(key: "pre_tokenizer.pattern"), "\(pattern)")
        }
        let deep = String(repeating: "(", count: 60_000)
        #expect(try error(split(deep)) == .unsupportedPattern(key: "pre_tokenizer.pattern"))
        #expect(try error(split("(a|aa)+$")) == nil)
    }

    /// Without a bound this would take longer than the universe has.
    @Test func aPatternThatBacktracksWithoutEndIsStopped() throws {
        let json =
            #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a|aa|a?)+b"}, "behavior": "Isolated"}, "#
            + #""model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#
        try Places.withTemporaryFolder { folder in
            try json.write(to: folder.appendingPathComponent("tokenizer.json"), atomically: true, encoding: .utf8)
            let tokenizer = try TokenizerLoader.make(fromFolder: folder)
            #expect(tokenizer.encode(String(repeating: "a", count: 60), special: .nowhere).count == 60)
        }
    }

    @Test(arguments: TokenizerFileTests.kinds)
    func damagedFilesAreReadOrRefused(kind: String) throws {
        let file = TokenizerFileTests.folder(kind).appendingPathComponent("tokenizer.json")
        let bytes = Array(try Data(contentsOf: file))
        var generator = SeededGenerator(seed: 37)
        // What is not vocabulary is the more interesting part: half of the places are in the first two thousand bytes.
        for round in 0..<200 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let range = round % 2 == 0 ? 0..<min(2_000, damaged.count) : damaged.indices
                let place = Int.random(in: range, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: damaged.remove(at: place)
                case 2: damaged.insert(Array("0{}[]\",:-9\\".utf8).randomElement(using: &generator) ?? 0x30, at: place)
                default:
                    let end = min(damaged.count, place + Int.random(in: 1...40, using: &generator))
                    damaged.removeSubrange(place..<end)
                }
            }
            _ = try error(damaged)
        }
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            _ = try error(Array(bytes.prefix(count)))
        }
    }
}
