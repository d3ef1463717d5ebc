import Foundation
import TestSupport
import Testing
import Tokenization

struct VocabularyDescriptionTests {
    private func error(_ metadata: MetadataStub) -> TokenizerError? {
        do {
            _ = try TokenizerLoader.make(from: metadata)
            return nil
        } catch {
            return error as? TokenizerError
        }
    }

    @Test func anUnknownPreTokenizerIsNeverReplacedByAnother() throws {
        let fixture = try ByteLevelFixture.load()
        #expect(error(fixture.metadata(preTokenizer: "nonsense")) == .unsupportedPreTokenizer("nonsense"))
        #expect(error(fixture.metadata(preTokenizer: "")) == .unsupportedPreTokenizer(""))
        let sentence = TokenizerError.unsupportedPreTokenizer("nonsense").description
        #expect(sentence.hasPrefix("pre-tokenizer 'nonsense' is not supported; supported: "))
        #expect(sentence.contains("smollm"))
    }

    @Test func missingAndContradictoryValuesAreErrors() throws {
        let fixture = try ByteLevelFixture.load()
        let metadata = fixture.metadata()
        let size = fixture.tokens.count
        #expect(error(metadata.with("model", nil)) == .missingValue(key: "tokenizer.ggml.model"))
        #expect(error(metadata.with("model", "rwkv")) == .unsupportedModel("rwkv"))
        #expect(error(metadata.with("tokens", nil)) == .missingValue(key: "tokenizer.ggml.tokens"))
        #expect(error(metadata.with("merges", nil)) == .missingValue(key: "tokenizer.ggml.merges"))
        #expect(error(metadata.with("model", "llama")) == .missingValue(key: "tokenizer.ggml.scores"))
        #expect(
            error(metadata.with("token_type", [1, 1]))
                == .count(key: "tokenizer.ggml.token_type", found: 2, allowed: size...size))
        #expect(
            error(metadata.with("token_type", fixture.tokens.map { _ in 7 })) == .unknownTokenType(index: 0, value: 7))
        #expect(
            error(metadata.with("bos_token_id", size))
                == .idOutOfRange(key: "tokenizer.ggml.bos_token_id", id: size, vocabularySize: size))
        #expect(
            error(metadata.with("eot_token_id", -1))
                == .idOutOfRange(key: "tokenizer.ggml.eot_token_id", id: -1, vocabularySize: size))
        let infinite = metadata.with("model", "llama").with("scores", fixture.tokens.map { _ in -Float.infinity })
        #expect(error(infinite) == .scoreNotFinite(index: 0))
    }

    @Test func mergesAreChecked() throws {
        let metadata = try ByteLevelFixture.load().metadata()
        for merge in ["ab", "a", "", " a", "a ", "a b c", "a \u{4F60}"] {
            #expect(error(metadata.with("merges", [merge])) == .malformedMerge(index: 0), "\(merge)")
        }
        #expect(error(metadata.with("merges", ["z q"])) == .mergeOutsideVocabulary(index: 0))
    }

    @Test func aVocabularyWithoutLettersIsRefused() throws {
        let fixture = try ByteLevelFixture.load()
        let metadata = fixture.metadata().with("tokens", fixture.tokens.map { $0 == "a" ? "<none>" : $0 })
            .with("merges", [String]())
        #expect(error(metadata) == .missingByteTokens([0x61]))
    }

    @Test func specialTokensComeFromIDsAndFromSpellings() throws {
        let fixture = try ByteLevelFixture.load()
        let extra: [(String, TokenType)] = [
            ("<|im_end|>", .control), ("<|eot_id|>", .normal), ("<|stop|>", .control), ("<|other|>", .control),
        ]
        let first = Int32(fixture.tokens.count)
        let metadata = fixture.metadata(extra: extra)
            .with("eos_token_id", Int(first) + 2).with("bos_token_id", Int(first) + 3)
        let special = try TokenizerLoader.make(from: metadata).specialTokens
        #expect(special.endOfGeneration == [first, first + 2])
        #expect(special.endOfSequence == first + 2)
        #expect(special.beginningOfSequence == first + 3)
        #expect(!special.addsBeginningOfSequence)
        #expect(!special.addsEndOfSequence)
        let asked = try TokenizerLoader.make(from: metadata.with("add_bos_token", true).with("add_eos_token", true))
        #expect(asked.specialTokens.addsBeginningOfSequence)
        #expect(asked.specialTokens.addsEndOfSequence)
        let llama = try TokenizerLoader.make(from: metadata.with("pre", "llama-bpe"))
        #expect(llama.specialTokens.addsBeginningOfSequence)
    }

    /// These come without expected ids.
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: Vectors.folder.path)),
        arguments: ["aquila", "gpt-neox", "nomic-bert-moe"])
    func vocabulariesOfOtherKindsAreRead(name: String) throws {
        let file = Vectors.folder.appendingPathComponent("ggml-vocab-\(name).gguf")
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        let tokenizer = try TokenizerLoader.make(from: VocabularyFile(contentsOf: file))
        let text = "Hello, w\u{F6}rld 123!"
        let ids = tokenizer.encode(text, special: .nowhere).map(\.id)
        #expect(tokenizer.decode(ids, skippingSpecialTokens: false) == text)
    }
}
