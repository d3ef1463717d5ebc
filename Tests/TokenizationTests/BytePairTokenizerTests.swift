import Foundation
import TestSupport
import Testing
import Tokenization

struct BytePairTokenizerTests {
    @Test(arguments: [
        "gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "qwen35", "falcon", "deepseek-coder", "deepseek-v3", "tekken",
        "gpt-4o",
    ])
    func idsAreThoseOfTheReference(preTokenizer: String) throws {
        let fixture = try ByteLevelFixture.load()
        let tokenizer = try TokenizerLoader.make(from: fixture.metadata(preTokenizer: preTokenizer))
        let expected = try #require(fixture.ids[preTokenizer])
        #expect(expected.count == fixture.texts.count)
        for (text, ids) in zip(fixture.texts, expected) {
            #expect(tokenizer.encode(text, special: .nowhere).map(\.id) == ids, "\(text.debugDescription)")
        }
    }

    @Test func preTokenizersDifferOnTheFixture() throws {
        let ids = try ByteLevelFixture.load().ids
        #expect(Set(ids.filter { $0.key != "dbrx" }.values).count == ids.count - 1)
    }

    @Test(arguments: PreTokenizer.allCases.filter { $0 != .gemma4 && $0 != .whitespace })
    func bytesOfTheTokensAreTheBytesOfTheText(preTokenizer: PreTokenizer) throws {
        let fixture = try ByteLevelFixture.load()
        let tokenizer = try TokenizerLoader.make(from: fixture.metadata(preTokenizer: preTokenizer.rawValue))
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let text = generator.text(scalars: Int.random(in: 0..<60, using: &generator))
            let bytes = Array(text.utf8)
            let tokens = tokenizer.encode(text, special: .everywhere)
            #expect(tokens.flatMap { tokenizer.bytes(of: $0.id) } == bytes)
            #expect(tokens.allSatisfy { tokenizer.bytes(of: $0.id) == Array(bytes[$0.utf8Range]) })
            #expect(tokenizer.decode(tokens.map(\.id), skippingSpecialTokens: false) == text)
        }
    }

    /// Words on both sides of the length from which pairs wait in a heap.
    @Test(arguments: [1, 2, 3, 47, 48, 49, 50, 51, 333])
    func longWordsMergeInTheSameOrderAsShortOnes(length: Int) throws {
        let fixture = try ByteLevelFixture.load()
        let merges = ["z z", "zz zz"] + fixture.merges
        let metadata = fixture.metadata(extra: [("zz", .normal), ("zzzz", .normal)]).with("merges", merges)
        let tokenizer = try TokenizerLoader.make(from: metadata)
        var generator = SeededGenerator(seed: UInt64(length))
        for letters in ["z", "za", "shamiren", "dunvelxorka"] {
            let word = String((0..<length).map { _ in letters.randomElement(using: &generator) ?? "z" })
            let pieces = tokenizer.encode(word, special: .nowhere).map { tokenizer.piece(of: $0.id) }
            #expect(pieces == mergedSlowly(word, merges))
        }
    }

    /// Byte-pair encoding of one ASCII word by its definition.
    private func mergedSlowly(_ word: String, _ merges: [String]) -> [String] {
        let ranks = Dictionary(uniqueKeysWithValues: zip(merges, merges.indices))
        var pieces = word.map(String.init)
        while true {
            let candidates = pieces.indices.dropLast().compactMap { index in
                ranks["\(pieces[index]) \(pieces[index + 1])"].map { (rank: $0, index: index) }
            }
            guard let best = candidates.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else { return pieces }
            pieces[best.index] += pieces.remove(at: best.index + 1)
        }
    }

    /// In quadratic time this would not end.
    @Test func aVeryLongWordIsMerged() throws {
        let tokenizer = try TokenizerLoader.make(from: ByteLevelFixture.load().metadata())
        let tokens = tokenizer.encode(String(repeating: "a", count: 400_000), special: .nowhere)
        #expect(tokens.last?.utf8Range.upperBound == 400_000)
        #expect(Set(tokens.dropLast().map(\.id)).count == 1)
    }

    @Test func aWholeWordThatIsATokenWinsWhereThePreTokenizerSaysSo() throws {
        let fixture = try ByteLevelFixture.load()
        let word = [("zqzq", TokenType.normal)]
        let whole = try TokenizerLoader.make(from: fixture.metadata(preTokenizer: "llama-bpe", extra: word))
        let merged = try TokenizerLoader.make(from: fixture.metadata(preTokenizer: "dbrx", extra: word))
        #expect(whole.encode("zqzq", special: .nowhere).map(\.id) == [Int32(fixture.tokens.count)])
        #expect(merged.encode("zqzq", special: .nowhere).count == 4)
    }

    @Test func aByteWithoutATokenIsLeftOut() throws {
        let fixture = try ByteLevelFixture.load()
        let metadata = fixture.metadata()
            .with("tokens", fixture.tokens.map { $0 == "ñ" ? "<none>" : $0 })
            .with("merges", fixture.merges.filter { !$0.contains("ñ") })
        let tokenizer = try TokenizerLoader.make(from: metadata)
        let tokens = tokenizer.encode("a\u{40000}b", special: .nowhere)
        #expect(tokens.first?.utf8Range == 0..<1)
        #expect(tokens.dropFirst().first?.utf8Range == 2..<3)
        #expect(tokens.last?.utf8Range == 5..<6)
    }

    @Test func idsOutsideTheVocabularyStandForNothing() throws {
        let tokenizer = try TokenizerLoader.make(from: ByteLevelFixture.load().metadata())
        for id in [-1, Int32(tokenizer.vocabularySize), .min, .max] {
            #expect(tokenizer.bytes(of: id).isEmpty)
            #expect(tokenizer.piece(of: id).isEmpty)
            #expect(!tokenizer.isControl(id))
            #expect(tokenizer.decode([id], skippingSpecialTokens: false).isEmpty)
        }
    }
}

private let smolLM2 = Places.cache.appendingPathComponent(
    "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")

@Suite(.enabled(if: FileManager.default.fileExists(atPath: smolLM2.path)))
struct SmolLM2Tests {
    struct Cases: Decodable {
        let texts: [String]
        let ids: [[Int32]]
    }

    @Test func idsAreThoseOfTheReference() throws {
        let tokenizer = try TokenizerLoader.make(from: VocabularyFile(contentsOf: smolLM2))
        let cases: Cases = try decodeFixture("smollm2.json")
        #expect(cases.texts.count == 200)
        for (text, ids) in zip(cases.texts, cases.ids) {
            #expect(tokenizer.encode(text, special: .nowhere).map(\.id) == ids, "\(text.debugDescription)")
        }
        let turn = tokenizer.encode("<|im_start|>user\nHi<|im_end|>", special: .everywhere).map(\.id)
        #expect(turn == [1, 4093, 198, 26843, 2])
        #expect(tokenizer.specialTokens.endOfGeneration == [0, 2])
        #expect(!tokenizer.specialTokens.addsBeginningOfSequence)
    }
}
