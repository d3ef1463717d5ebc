import Foundation
import TestSupport
import Testing

@testable import Tokenization

/// GGUF vocabularies as the files of a folder of transformers.
struct WrittenTokenizerTests {
    private struct Case: Decodable {
        let text: String
        let ids: [Int32]
    }

    private func reference(_ path: String) throws -> Data {
        try Data(contentsOf: Places.fixture("tokenization/written/\(path)"))
    }

    /// Writes the files and reads them again.
    private func withFolder<Result>(
        of vocabulary: VocabularyDescription, template: String? = nil, _ body: (TokenizerFolder) throws -> Result
    ) throws -> Result {
        let files = try vocabulary.folderFiles(template: template, contextLength: 64)
        return try Places.withTemporaryFolder { folder in
            for file in files { try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name)) }
            return try body(TokenizerFolder(folder))
        }
    }

    /// The files are those of the reference, byte for byte, and the ids those that transformers gives with them.
    private func expectReference(
        _ name: String, _ vocabulary: VocabularyDescription, template: String?, contextLength: Int
    ) throws {
        let files = try vocabulary.folderFiles(template: template, contextLength: contextLength)
        for file in files {
            #expect(Data(file.text.utf8) == (try reference("\(name)/\(file.name)")), "\(file.name)")
        }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Places.fixture("tokenization/written/\(name)").path)
        #expect(Set(names) == Set(files.map(\.name) + ["cases.json"]))
        let original = try TokenizerLoader.make(vocabulary)
        let cases = try JSONDecoder().decode([Case].self, from: reference("\(name)/cases.json"))
        #expect(cases.count > 20)
        try withFolder(of: vocabulary, template: template) { folder in
            let written = try folder.tokenizer()
            for example in cases {
                for tokenizer in [original, written] {
                    let ids = tokenizer.encode(example.text, special: .everywhere).map(\.id)
                    #expect(ids == example.ids, "\(example.text.debugDescription)")
                }
            }
            #expect(written.specialTokens == original.specialTokens)
            #expect(written.vocabularySize == original.vocabularySize)
            #expect(try folder.chatTemplate() == template)
        }
    }

    @Test func aByteLevelVocabularyHasTheFilesOfTheReference() throws {
        let file = try VocabularyFile(contentsOf: Places.root.appendingPathComponent("fixtures/models/tiny.gguf"))
        try expectReference(
            "tiny", VocabularyDescription(reading: file), template: file.string("tokenizer.chat_template"),
            contextLength: 512)
    }

    @Test func scoresBecomeMerges() throws {
        try expectReference("sentencepiece", sentencePiece(), template: nil, contextLength: 64)
    }

    /// The fixture's pieces and scores as a GGUF file holds them.
    private func sentencePiece(
        addsSpacePrefix: Bool = true, removesExtraWhitespace: Bool = false, characterMap: [UInt8] = [],
        _ change: (inout [SentencePieceModel.Piece]) -> Void = { _ in }
    ) throws -> VocabularyDescription {
        var pieces = try SentencePieceModel(
            serialized: Array(Data(contentsOf: Places.fixture("tokenization/tiny_bpe.model")))
        ).pieces
        change(&pieces)
        func id(_ spelling: String) -> Int32? { pieces.firstIndex { $0.spelling == spelling }.map { Int32($0) } }
        let special = SpecialTokens(
            beginningOfSequence: id("<s>"), endOfSequence: id("</s>"), unknown: id("<unk>"),
            endOfGeneration: Set([id("</s>")].compactMap(\.self)), addsBeginningOfSequence: true)
        return try VocabularyDescription(
            model: .sentencePiece, tokens: pieces.map(\.spelling), types: pieces.map(\.type),
            scores: pieces.map(\.score), specialTokens: special, addsSpacePrefix: addsSpacePrefix,
            removesExtraWhitespace: removesExtraWhitespace, characterMap: characterMap)
    }

    @Test func aVocabularyWithoutASpaceInFrontComesBack() throws {
        let vocabulary = try sentencePiece(addsSpacePrefix: false)
        let original = try TokenizerLoader.make(vocabulary)
        let cases: [TokenizerFileTests.Case] = try decodeFixture("tiny_bpe.json")
        try withFolder(of: vocabulary) { folder in
            let written = try folder.tokenizer()
            for text in cases.map(\.text) + ["<s> ka to</s> mi"] {
                let ids = written.encode(text, special: .everywhere).map(\.id)
                #expect(ids == original.encode(text, special: .everywhere).map(\.id), "\(text.debugDescription)")
            }
        }
    }

    /// Every kind that spells bytes cuts words as before, between special tokens too.
    @Test(arguments: PreTokenizer.allCases.filter(\.isByteLevel))
    func everyByteLevelKindComesBack(preTokenizer: PreTokenizer) throws {
        let fixture = try ByteLevelFixture.load()
        let vocabulary = try VocabularyDescription(
            reading: fixture.metadata(
                preTokenizer: preTokenizer.rawValue,
                extra: [("<|im_end|>", .control), ("<think>", .userDefined), ("[PAD702]", .unused)]
            ).with("eos_token_id", 700).with("bos_token_id", 700))
        let original = try TokenizerLoader.make(vocabulary)
        let kinds = try Kinds.load()
        try withFolder(of: vocabulary) { folder in
            let written = try folder.tokenizer()
            for text in fixture.texts + kinds.texts + ["a<|im_end|><think> b", "[PAD702]"] {
                for special in [SpecialTokenParsing.everywhere, .nowhere] {
                    let expected = original.encode(text, special: special)
                    #expect(written.encode(text, special: special) == expected, "\(text.debugDescription)")
                }
            }
            #expect(written.specialTokens == original.specialTokens)
        }
    }

    private struct Kinds: Decodable {
        let texts: [String]
        let expressions: [String: [String]]
        let ids: [String: [[Int32]]]

        static func load() throws -> Kinds { try decodeFixture("written/kinds.json") }
    }

    /// The engine of `tokenizers` gives our ids with our expressions. Those of other kinds: ``BytePairTokenizerTests``.
    @Test func expressionsCutAsInTheReference() throws {
        let (fixture, kinds) = (try ByteLevelFixture.load(), try Kinds.load())
        #expect(
            Set(kinds.ids.keys).union(fixture.ids.keys)
                == Set(PreTokenizer.allCases.filter(\.isByteLevel).map(\.rawValue)))
        for (name, expected) in kinds.ids {
            let preTokenizer = try #require(PreTokenizer(named: name))
            #expect(preTokenizer.splits == kinds.expressions[name], "\(name)")
            let tokenizer = try TokenizerLoader.make(from: fixture.metadata(preTokenizer: name))
            for (text, ids) in zip(kinds.texts, expected) {
                #expect(tokenizer.encode(text, special: .nowhere).map(\.id) == ids, "\(name) \(text.debugDescription)")
            }
        }
    }

    /// A role is named where its token is found in a text anyway: `!` would else be special everywhere.
    @Test func ordinaryTokensGetNoRole() throws {
        let metadata = try ByteLevelFixture.load().metadata(extra: [("<s>", .control)])
            .with("bos_token_id", 700).with("padding_token_id", 0).with("add_bos_token", true)
        let files = try VocabularyDescription(reading: metadata).folderFiles(template: nil, contextLength: 9)
        let configuration = try #require(files.first { $0.name == "tokenizer_config.json" }).text
        #expect(configuration.contains(#""bos_token": "<s>""#) && !configuration.contains("pad_token"))
        #expect(!files.contains { $0.name == "generation_config.json" || $0.name == "chat_template.jinja" })
        let file = try #require(files.first { $0.name == "tokenizer.json" }).text
        #expect(file.contains(#""ids": ["#))
        #expect(
            throws: TokenizerError.noTokenizerFile(
                reason: "its bos token 1, which stands around every text, is one of the text")
        ) {
            try VocabularyDescription(reading: metadata.with("bos_token_id", 1)).folderFiles(
                template: nil, contextLength: 9)
        }
    }

    @Test func whatNoFileCanSayIsRefused() throws {
        func fault(_ vocabulary: VocabularyDescription) -> String? {
            do {
                _ = try vocabulary.folderFiles(template: nil, contextLength: 9)
                return nil
            } catch TokenizerError.noTokenizerFile(let reason) {
                return reason
            } catch { return "\(error)" }
        }
        func other(_ model: VocabularyDescription.Model, _ tokens: [String] = ["a", "b"]) throws -> String? {
            let scores: [Float] = model == .unigram ? [0, 0] : []
            return fault(
                try VocabularyDescription(
                    model: model, tokens: tokens, types: tokens.map { _ in .normal }, scores: scores))
        }
        #expect(try other(.unigram) == "its kind is t5")
        #expect(try other(.wordPiece) == "its kind is bert")
        #expect(
            try other(.bytePairs(preTokenizer: .gemma4)) == "its kind is gemma4, which is no byte-level BPE")
        #expect(
            try other(.bytePairs(preTokenizer: .gpt2), ["a", "b", "a"]) == "its tokens 0 and 2 have one spelling")
        #expect(fault(try sentencePiece(removesExtraWhitespace: true)) == "it removes spaces")
        #expect(fault(try sentencePiece(characterMap: [1])) == "it replaces characters")
        #expect(
            fault(try sentencePiece { $0[$0.count - 1].spelling = String(repeating: "▁", count: 400) })
                == "it has a token of 1200 bytes; at most 1024 are written")
        let bytes = try sentencePiece { pieces in
            for index in pieces.indices where pieces[index].spelling == "<0x0A>" { pieces[index].spelling = "<0xA>" }
        }
        #expect(fault(bytes) == "it has no token for each of the 256 bytes")
        let ties = try sentencePiece { pieces in for index in pieces.indices { pieces[index].score = 0 } }
        #expect(try #require(fault(ties)).hasSuffix("have one score"))
    }

    @Test func textsAreEscapedAndNumbersAreWhole() throws {
        let value = JSONValue.object([
            .init("a\"\\\n\t\r\u{8}\u{C}\u{1}\u{1F}\u{7F}/é", .array([.number(3), .null, .boolean(true), .array([])])),
            .init("b", .object([])),
        ])
        let text = """
            {
              "a\\"\\\\\\n\\t\\r\\b\\f\\u0001\\u001f\u{7F}/é": [
                3,
                null,
                true,
                []
              ],
              "b": {}
            }

            """
        #expect(JSONWriter.text(value) == text)
        #expect(try JSONReader.read(Array(text.utf8)).members?.first?.key == value.members?.first?.key)
    }
}
