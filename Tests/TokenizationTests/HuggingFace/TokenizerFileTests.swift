import Foundation
import TestSupport
import Testing
import Tokenization

struct TokenizerFileTests {
    struct Case: Decodable {
        let text: String
        let ids: [Int32]
        let decoded: String
        let skipped: String?
    }

    static let kinds = [
        "byte-level", "byte-level-prefix", "llama3", "llama2", "gemma", "bpe-unknown", "unigram", "precompiled",
        "word-piece", "word-level", "scripts", "splits",
    ]

    static func folder(_ kind: String) -> URL { Places.fixture("tokenization/files/\(kind)") }

    @Test(arguments: kinds)
    func idsAndTextAreThoseOfTheReference(kind: String) throws {
        try expectReference(Self.folder(kind))
    }

    /// Longer comparisons, written by scripts/reference/tokenizer_files.py.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: Self.more.path)))
    func idsAreThoseOfTheReferenceOverManyTexts() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.more.path).sorted() {
            try expectReference(Self.more.appendingPathComponent(name))
        }
    }

    private static let more = Places.cache.appendingPathComponent("tokenizer-files")

    private func expectReference(_ folder: URL) throws {
        let tokenizer = try TokenizerLoader.make(fromFolder: folder)
        let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count >= 60)
        var wrong = 0
        for example in cases {
            let tokens = tokenizer.encode(example.text, special: .everywhere)
            let text = tokenizer.decode(example.ids, skippingSpecialTokens: false)
            let skipped = tokenizer.decode(example.ids, skippingSpecialTokens: true)
            let isEqual =
                tokens.map(\.id) == example.ids && text.utf8.elementsEqual(example.decoded.utf8)
                && skipped.utf8.elementsEqual((example.skipped ?? example.decoded).utf8)
            if !isEqual {
                wrong += 1
                if wrong == 1 {
                    Issue.record(
                        """
                        \(example.text.debugDescription): \(tokens.map(\.id)), expected \(example.ids); \
                        \(text.debugDescription), expected \(example.decoded.debugDescription)
                        """)
                }
            }
            expectOrdered(tokens, example.text)
        }
        #expect(wrong == 0, "\(folder.lastPathComponent): \(wrong) of \(cases.count)")
    }

    private func expectOrdered(_ tokens: [Token], _ text: String) {
        var end = 0
        for token in tokens {
            #expect(token.utf8Range.lowerBound >= end, "\(text.debugDescription): \(tokens.map(\.utf8Range))")
            end = token.utf8Range.upperBound
        }
        #expect(end <= text.utf8.count)
    }

    /// The spelling of a control token in a user's text is text, whatever the kind of tokenizer.
    @Test(arguments: kinds)
    func typedControlTokensStayText(kind: String) throws {
        let tokenizer = try TokenizerLoader.make(fromFolder: Self.folder(kind))
        // An unknown token for what has none is no command to the model.
        func isUnknown(_ id: Int32) -> Bool { ["[UNK]", "<unk>"].contains(tokenizer.piece(of: id)) }
        let controls = (0..<Int32(tokenizer.vocabularySize)).filter { tokenizer.isControl($0) }
        for control in controls {
            let spelling = tokenizer.piece(of: control)
            for text in [spelling, " \(spelling) ", "ka\(spelling)to", spelling + spelling] {
                let range = [0..<text.utf8.count]
                for special in [SpecialTokenParsing.nowhere, .outside(range)] {
                    let ids = tokenizer.encode(text, special: special).map(\.id)
                    let found = ids.filter { tokenizer.isControl($0) && !isUnknown($0) }
                    #expect(found.isEmpty, "\(text.debugDescription)")
                }
            }
        }
    }

    @Test(arguments: ["llama2", "unigram", "precompiled"])
    func aContinuationGetsNoSpaceInFront(kind: String) throws {
        let tokenizer = try TokenizerLoader.make(fromFolder: Self.folder(kind))
        func spelled(_ tokens: [Token]) -> String { tokens.map { tokenizer.piece(of: $0.id) }.joined() }
        let words = tokenizer.encode("ka to", special: .nowhere)
        #expect(spelled(words) == "▁ka▁to")
        #expect(spelled(tokenizer.encodeContinuation("ka to")) == "ka▁to")
        #expect(tokenizer.encodeContinuation(" ka to").map(\.id) == words.map(\.id))
    }

    /// Only the start of the text is a continuation: words cut at white space keep their prefix.
    @Test(
        arguments: [
            (
                #"{"model": {"type": "BPE", "vocab": {"Ġ": 0, "a": 1, "b": 2}, "merges": []}, "#
                    + #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true}}"#,
                [0, 1, 0, 2], [1, 0, 2]
            ),
            (
                #"{"model": {"type": "WordLevel", "vocab": {"▁a": 0, "▁b": 1, "a": 2, "?": 3}, "unk_token": "?"}, "#
                    + #""pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, "#
                    + #"{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}]}}"#,
                [0, 1], [2, 1]
            ),
        ] as [(String, [Int32], [Int32])])
    func laterWordsOfAContinuationHaveTheirPrefix(file: String, text: [Int32], continuation: [Int32]) throws {
        try Places.withTemporaryFolder { folder in
            try file.write(
                to: folder.appendingPathComponent("tokenizer.json"), atomically: true, encoding: .utf8)
            let tokenizer = try TokenizerLoader.make(fromFolder: folder)
            #expect(tokenizer.encode("a b", special: .nowhere).map(\.id) == text)
            #expect(tokenizer.encodeContinuation("a b").map(\.id) == continuation)
            #expect(tokenizer.encodeContinuation(" a b").map(\.id) == text)
        }
    }

    @Test func rolesOfSpecialTokensComeFromTheFiles() throws {
        try Places.withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                at: Self.folder("llama3").appendingPathComponent("tokenizer.json"),
                to: folder.appendingPathComponent("tokenizer.json"))
            let plain = try TokenizerLoader.make(fromFolder: folder)
            let start = try #require(plain.specialTokens.beginningOfSequence)
            #expect(plain.piece(of: start) == "<|start|>")
            #expect(plain.specialTokens.addsBeginningOfSequence)
            #expect(plain.specialTokens.endOfGeneration == [start + 1])
            try #"{"eos_token": {"content": "<|end|>"}, "add_bos_token": false, "chat_template": "old"}"#
                .write(to: folder.appendingPathComponent("tokenizer_config.json"), atomically: true, encoding: .utf8)
            try #"{"eos_token_id": [5, 7]}"#
                .write(to: folder.appendingPathComponent("generation_config.json"), atomically: true, encoding: .utf8)
            let configured = try TokenizerLoader.make(fromFolder: folder).specialTokens
            #expect(!configured.addsBeginningOfSequence)
            #expect(configured.endOfSequence == start + 1)
            #expect(configured.endOfGeneration == [5, 7, start + 1])
            #expect(try TokenizerFolder(folder).chatTemplate() == "old")
            try "new".write(
                to: folder.appendingPathComponent("chat_template.jinja"), atomically: true, encoding: .utf8)
            #expect(try TokenizerFolder(folder).chatTemplate() == "new")
        }
    }

    @Test func oneOfSeveralTemplatesIsChosenByName() throws {
        try Places.withTemporaryFolder { folder in
            try #"""
            {"chat_template": [{"name": "default", "template": "a"}, {"name": "tool_use", "template": "b"}]}
            """#.write(to: folder.appendingPathComponent("tokenizer_config.json"), atomically: true, encoding: .utf8)
            #expect(try TokenizerFolder(folder).chatTemplate() == "a")
            #expect(try TokenizerFolder(folder).chatTemplate(named: "tool_use") == "b")
            #expect(try TokenizerFolder(folder).chatTemplate(named: "rag") == nil)
            #expect(throws: TokenizerError.noTokenizer(folder: folder.lastPathComponent)) {
                try TokenizerLoader.make(fromFolder: folder)
            }
        }
    }

    @Test func aFolderWithASentencePieceModelIsRead() throws {
        try Places.withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                at: Places.fixture("tokenization/tiny_bpe.model"), to: folder.appendingPathComponent("tokenizer.model"))
            let tokenizer = try TokenizerLoader.make(fromFolder: folder)
            #expect(tokenizer.vocabularySize == 420)
            #expect(tokenizer.specialTokens.addsBeginningOfSequence)
        }
    }
}
