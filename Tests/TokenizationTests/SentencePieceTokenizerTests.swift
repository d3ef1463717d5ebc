import Foundation
import TestSupport
import Testing
import Tokenization

struct SentencePieceTokenizerTests {
    struct Case: Decodable {
        let text: String
        let ids: [Int32]
        let decoded: String
    }

    private static func model(_ name: String) -> URL { Places.fixture("tokenization/\(name).model") }

    @Test(arguments: ["tiny_bpe", "tiny_unigram"])
    func idsAndTextAreThoseOfTheReference(name: String) throws {
        let tokenizer = try TokenizerLoader.make(sentencePieceModelAt: Self.model(name))
        let cases: [Case] = try decodeFixture("\(name).json")
        #expect(cases.count == 120)
        for example in cases {
            let ids = tokenizer.encode(example.text, special: .nowhere).map(\.id)
            #expect(ids == example.ids, "\(example.text.debugDescription)")
            let decoded = tokenizer.decode(ids, skippingSpecialTokens: true)
            #expect(decoded == example.decoded, "\(example.text.debugDescription)")
        }
    }

    @Test func rangesCoverTheTextByteByByte() throws {
        let tokenizer = try TokenizerLoader.make(sentencePieceModelAt: Self.model("tiny_bpe"))
        let text = "kami \u{1F999}é"
        let tokens = tokenizer.encode(text, special: .nowhere)
        var end = 0
        for token in tokens {
            #expect(token.utf8Range.lowerBound == end)
            end = token.utf8Range.upperBound
        }
        #expect(end == text.utf8.count)
        let bytes = tokens.filter { tokenizer.piece(of: $0.id).hasPrefix("<0x") }
        #expect(bytes.map(\.utf8Range) == [5..<6, 6..<7, 7..<8, 8..<9])
        #expect(bytes.map { tokenizer.bytes(of: $0.id) } == [[0xF0], [0x9F], [0xA6], [0x99]])
    }

    @Test func specialTokensOfAModelFile() throws {
        let tokenizer = try TokenizerLoader.make(sentencePieceModelAt: Self.model("tiny_bpe"))
        let special = tokenizer.specialTokens
        #expect(special.unknown == 0)
        #expect(special.beginningOfSequence == 1)
        #expect(special.endOfSequence == 2)
        #expect(special.endOfGeneration == [2])
        #expect(special.addsBeginningOfSequence)
        #expect(tokenizer.vocabularySize == 420)
        #expect(tokenizer.piece(of: 3) == "[INST]")
        #expect(tokenizer.isControl(3))
        let tokens = tokenizer.encode("[INST] ka", special: .everywhere)
        #expect(tokens.first == Token(id: 3, utf8Range: 0..<6))
        #expect(!tokenizer.encode("[INST] ka", special: .nowhere).contains { $0.id == 3 })
    }

    @Test func theSamePiecesAsMetadataGiveTheSameIDs() throws {
        let file = try TokenizerLoader.make(sentencePieceModelAt: Self.model("tiny_bpe"))
        let tokenizer = try TokenizerLoader.make(from: metadata())
        let cases: [Case] = try decodeFixture("tiny_bpe.json")
        for example in cases where !example.text.isEmpty {
            #expect(tokenizer.encode(example.text, special: .nowhere).map(\.id) == example.ids)
        }
        #expect(tokenizer.specialTokens.endOfGeneration == file.specialTokens.endOfGeneration)
        #expect(tokenizer.specialTokens.addsBeginningOfSequence)
    }

    /// What a GGUF conversion of `tiny_bpe.model` would hold. A piece's score is minus its place among the normal ones.
    private func metadata() throws -> MetadataStub {
        let file = try TokenizerLoader.make(sentencePieceModelAt: Self.model("tiny_bpe"))
        let pieces = (0..<Int32(file.vocabularySize)).map { file.piece(of: $0) }
        let types = pieces.enumerated().map { index, piece in
            piece.hasPrefix("<0x") ? 6 : index == 0 ? 2 : index < 4 ? 3 : piece == "<sep>" ? 4 : 1
        }
        let normal = types.firstIndex(of: 1) ?? 0
        return MetadataStub()
            .with("model", "llama").with("tokens", pieces).with("token_type", types)
            .with("scores", pieces.indices.map { Float(normal - $0) })
    }

    @Test func aSpaceComesFirstAndAfterSpecialTokens() throws {
        let tokenizer = try TokenizerLoader.make(from: metadata())
        func pieces(_ text: String) -> [String] {
            tokenizer.encode(text, special: .everywhere).map { tokenizer.piece(of: $0.id) }
        }
        #expect(pieces("qx</s>qx") == ["▁", "q", "x", "</s>", "▁", "q", "x"])
        #expect(pieces(" qx<sep>") == ["▁", "▁", "q", "x", "<sep>"])
        let text = "qx</s>qx"
        let tokens = tokenizer.encode(text, special: .everywhere)
        #expect(tokens.map(\.utf8Range) == [0..<0, 0..<1, 1..<2, 2..<6, 6..<6, 6..<7, 7..<8])
        #expect(tokenizer.decode(tokens.map(\.id), skippingSpecialTokens: false) == text)
        let plain = try TokenizerLoader.make(from: metadata().with("add_space_prefix", false))
        #expect(plain.encode("qx", special: .nowhere).map { plain.piece(of: $0.id) } == ["q", "x"])
    }

    @Test func aContinuationGetsNoSpaceInFront() throws {
        let tokenizer = try TokenizerLoader.make(from: metadata())
        let plain = try TokenizerLoader.make(from: metadata().with("add_space_prefix", false))
        let cases: [Case] = try decodeFixture("tiny_bpe.json")
        for text in cases.map(\.text) {
            let expected = plain.encode(text, special: .nowhere)
            #expect(tokenizer.encodeContinuation(text) == expected, "\(text.debugDescription)")
        }
        let word = tokenizer.encode("ka", special: .nowhere).map(\.id)
        #expect(tokenizer.encodeContinuation(" ka").map(\.id) == word)
        #expect(tokenizer.encodeContinuation("ka").map(\.id) != word)
    }

    @Test func theSpaceBeforeAContinuationIsKeptWhereOthersAreDropped() throws {
        let tokenizer = try TokenizerLoader.make(sentencePieceModelAt: Self.model("tiny_unigram"))
        let word = tokenizer.encode("ka", special: .nowhere).map(\.id)
        #expect(tokenizer.encodeContinuation(" ka").map(\.id) == word)
        #expect(tokenizer.encodeContinuation("  ka").map(\.id) == word)
        let pieces = tokenizer.encodeContinuation("ka  to").map { tokenizer.piece(of: $0.id) }
        #expect(pieces.joined() == "ka▁to")
    }

    @Test func awkwardVocabulariesAreAccepted() throws {
        let metadata = try metadata()
        let tokens = try #require(metadata.strings("tokenizer.ggml.tokens"))
        let scores = try #require(metadata.floats("tokenizer.ggml.scores"))
        let types = try #require(metadata.integers("tokenizer.ggml.token_type"))
        // Empty and repeated pieces, several unknown ones, none that the metadata name.
        let awkward = metadata.with("tokens", tokens + ["", "▁", "<pad>", ""])
            .with("scores", scores + [0, 0, 0, 0]).with("token_type", types + [1, 1, 2, 2])
        let tokenizer = try TokenizerLoader.make(from: awkward)
        #expect(tokenizer.vocabularySize == tokens.count + 4)
        let expected = try TokenizerLoader.make(from: metadata).encode("ka mi ø", special: .nowhere)
        #expect(tokenizer.encode("ka mi ø", special: .nowhere) == expected)
        let withoutUnknown = metadata.with("token_type", types.map { $0 == 2 ? 3 : $0 })
        #expect(try TokenizerLoader.make(from: withoutUnknown).encode("ka mi ø", special: .nowhere) == expected)
        let withoutBytes = metadata.with("token_type", types.map { $0 == 2 || $0 == 6 ? 3 : $0 })
        #expect(throws: TokenizerError.noUnknownToken) { try TokenizerLoader.make(from: withoutBytes) }
    }

    @Test(arguments: ["tiny_bpe", "tiny_unigram"])
    func truncatedModelsAreReadOrRefused(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.model(name)))
        for count in stride(from: 0, to: bytes.count, by: 3) { tryToUse(Array(bytes.prefix(count))) }
        #expect(throws: TokenizerError.self) { try SentencePieceTokenizer(serializedModel: []) }
    }

    @Test(arguments: ["tiny_bpe", "tiny_unigram"])
    func modelsWithAFlippedBitAreReadOrRefused(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.model(name)))
        var generator = SeededGenerator(seed: 23)
        for index in stride(from: 0, to: bytes.count, by: 2) {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            tryToUse(damaged)
        }
    }

    /// Anything but a trap will do.
    private func tryToUse(_ bytes: [UInt8]) {
        guard let tokenizer = try? SentencePieceTokenizer(serializedModel: bytes) else { return }
        let text = "ka ½ \u{1C5}e\u{301}\u{1F999} lo\u{0}sha"
        for token in tokenizer.encode(text, special: .everywhere) {
            #expect(token.utf8Range.upperBound <= text.utf8.count)
        }
    }

    @Test func aDamagedTableOfReplacementsIsRefused() throws {
        let bytes = Array(try Data(contentsOf: Self.model("tiny_unigram")))
        var generator = SeededGenerator(seed: 29)
        var refused = 0
        // The table is what follows the pieces; most of it is the trie.
        for _ in 0..<600 {
            var damaged = bytes
            let index = Int.random(in: (bytes.count / 3)..<bytes.count, using: &generator)
            damaged[index] = UInt8.random(in: 0...255, using: &generator)
            do {
                _ = try SentencePieceTokenizer(serializedModel: damaged)
            } catch TokenizerError.malformedCharacterMap {
                refused += 1
            } catch {}
            tryToUse(damaged)
        }
        #expect(refused > 0)
    }
}
