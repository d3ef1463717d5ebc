import Foundation
import TestSupport
import Testing

@testable import Tokenization

/// Vocabularies of folders as GGUF files hold them.
struct FolderVocabularyTests {
    /// A folder with a `tokenizer.json` of the fixture's byte-level vocabulary.
    private func withFolder<Result>(
        _ change: (inout [String: Any]) -> Void, configuration: [String: Any] = [:],
        _ body: (TokenizerFolder) throws -> Result
    ) throws -> Result {
        let fixture = try ByteLevelFixture.load()
        let vocabulary = Dictionary(uniqueKeysWithValues: fixture.tokens.enumerated().map { ($1, $0) })
        var file: [String: Any] = [
            "model": ["type": "BPE", "vocab": vocabulary, "merges": fixture.merges],
            "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
            "decoder": ["type": "ByteLevel"],
        ]
        change(&file)
        return try Places.withTemporaryFolder { folder in
            for (name, content) in [("tokenizer.json", file), ("tokenizer_config.json", configuration)] {
                try JSONSerialization.data(withJSONObject: content).write(to: folder.appendingPathComponent(name))
            }
            return try body(TokenizerFolder(folder))
        }
    }

    private func metadata(_ vocabulary: VocabularyDescription) throws -> MetadataStub {
        var stub = MetadataStub()
        for (key, value) in try vocabulary.keys() {
            switch value {
            case .string(let text): stub.values[key] = text
            case .integer(let number): stub.values[key] = number
            case .bool(let flag): stub.values[key] = flag
            case .strings(let texts): stub.values[key] = texts
            case .floats(let numbers): stub.values[key] = numbers
            case .integers(let numbers): stub.values[key] = numbers
            case .bytes(let bytes): stub.values[key] = bytes.map { Int($0) }
            }
        }
        return stub
    }

    /// What is written to a folder is read from it.
    private func expectToComeBack(_ vocabulary: VocabularyDescription) throws {
        try Places.withTemporaryFolder { folder in
            for file in try vocabulary.folderFiles(template: nil, contextLength: 64) {
                try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name))
            }
            let read = try TokenizerFolder(folder).vocabulary(size: vocabulary.tokens.count)
            #expect(read.model == vocabulary.model)
            #expect(read.tokens == vocabulary.tokens)
            #expect(read.types == vocabulary.types)
            #expect(read.merges == vocabulary.merges)
            #expect(read.specialTokens == vocabulary.specialTokens)
        }
    }

    private static func steps(_ expressions: [String]) -> [String: Any] {
        let splits = expressions.map {
            ["type": "Split", "pattern": ["Regex": $0], "behavior": "Isolated"] as [String: Any]
        }
        let spelling: [String: Any] = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false]
        return ["type": "Sequence", "pretokenizers": splits + [spelling]]
    }

    /// Text is never split into control tokens that a model has no embedding for, and no GGUF file holds them.
    @Test func controlTokensBehindTheModelAreLeftOut() throws {
        let count = try ByteLevelFixture.load().tokens.count
        func tokens(_ isSpecial: [Bool]) -> [[String: Any]] {
            isSpecial.enumerated().map { ["id": count + $0, "content": "<added \($0)>", "special": $1] }
        }
        let text = "<added 0><added 1><added 2>"
        try withFolder({ $0["added_tokens"] = tokens([false, true, true]) }) { folder in
            let tokenizer = try folder.tokenizer()
            #expect(tokenizer.vocabularySize == count + 3 && tokenizer.textVocabularySize == count + 1)
            #expect(tokenizer.encode(text, special: .nowhere).allSatisfy { Int($0.id) <= count })
            #expect(tokenizer.encode(text, special: .everywhere).map { Int($0.id) } == [count, count + 1, count + 2])
            let vocabulary = try folder.vocabulary(size: count + 2)
            #expect(vocabulary.tokens.suffix(2) == ["<added 0>", "<added 1>"])
            #expect(vocabulary.types.suffix(2) == [.userDefined, .control])
            #expect(throws: TokenizerError.self) { try folder.vocabulary(size: count) }
        }
        try withFolder({ $0["added_tokens"] = tokens([true, false]) }) { folder in
            let size = try folder.tokenizer().textVocabularySize
            #expect(size == count + 2)
        }
    }

    /// The file and the vocabulary that is made of it give the ids of the reference.
    @Test(arguments: PreTokenizer.allCases.filter { $0.expressions != nil })
    func wordsAreCutAsTheFileCutsThem(preTokenizer: PreTokenizer) throws {
        let fixture = try ByteLevelFixture.load()
        let expected = try #require(fixture.ids[preTokenizer.rawValue])
        let expressions = try #require(preTokenizer.expressions)
        func change(_ file: inout [String: Any]) {
            file["pre_tokenizer"] = Self.steps(expressions)
            var model = file["model"] as? [String: Any] ?? [:]
            model["ignore_merges"] = preTokenizer.prefersWholeWords
            file["model"] = model
        }
        try withFolder(change) { folder in
            let vocabulary = try folder.vocabulary(size: fixture.tokens.count)
            #expect(vocabulary.model == .bytePairs(preTokenizer: preTokenizer))
            try expectToComeBack(vocabulary)
            let (file, written) = (try folder.tokenizer(), try TokenizerLoader.make(from: metadata(vocabulary)))
            for (text, ids) in zip(fixture.texts, expected) {
                #expect(file.encode(text, special: .nowhere).map(\.id) == ids, "\(text.debugDescription)")
                #expect(written.encode(text, special: .nowhere).map(\.id) == ids, "\(text.debugDescription)")
            }
        }
    }

    /// Digits by themselves and GPT-2's words, as SmolLM's files say it; GPT-4o's words, as Phi-4's files say it.
    @Test func theSameStepsInOtherWordsAreFound() throws {
        let digits: [String: Any] = ["type": "Digits", "individual_digits": true]
        let words: [String: Any] = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true]
        let inverted: [String: Any] = [
            "type": "Split", "pattern": ["Regex": WordExpressions.gpt4o], "behavior": "Removed", "invert": true,
        ]
        let spelling: [String: Any] = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false]
        for (steps, expected) in [([digits, words], PreTokenizer.smolLM), ([inverted, spelling], .gpt4o)] {
            try withFolder({ $0["pre_tokenizer"] = ["type": "Sequence", "pretokenizers": steps] }) { folder in
                let vocabulary = try folder.vocabulary(size: 700)
                #expect(vocabulary.model == .bytePairs(preTokenizer: expected))
            }
        }
    }

    @Test func tokensHaveTheirTypesAndRoles() throws {
        func added(_ id: Int, _ content: String, isSpecial: Bool) -> [String: Any] {
            ["id": id, "content": content, "special": isSpecial, "normalized": false]
        }
        let tokens = [
            added(700, "<|im_start|>", isSpecial: true), added(701, "<|im_end|>", isSpecial: true),
            added(702, "<think>", isSpecial: false), added(703, "<|stop|>", isSpecial: true),
        ]
        let configuration: [String: Any] = [
            "bos_token": "<|im_start|>", "eos_token": "<|stop|>", "pad_token": "!", "add_bos_token": true,
        ]
        try withFolder({ $0["added_tokens"] = tokens }, configuration: configuration) { folder in
            let vocabulary = try folder.vocabulary(size: 706)
            #expect(
                vocabulary.tokens.suffix(6) == [
                    "<|im_start|>", "<|im_end|>", "<think>", "<|stop|>", "[PAD704]", "[PAD705]",
                ])
            #expect(
                vocabulary.types.suffix(7) == [
                    .normal, .control, .control, .userDefined, .control, .unused, .unused,
                ])
            let metadata = try metadata(vocabulary)
            #expect(metadata.integer("tokenizer.ggml.eos_token_id") == 703)
            // Its spelling tells that generation ends there.
            #expect(metadata.integer("tokenizer.ggml.eot_token_id") == nil)
            let (file, written) = (try folder.tokenizer(), try TokenizerLoader.make(from: metadata))
            #expect(written.specialTokens == file.specialTokens)
            #expect(written.specialTokens.endOfGeneration == [701, 703])
            #expect(written.specialTokens.addsBeginningOfSequence)
            #expect(written.vocabularySize == 706)
            for text in ["a<|im_start|><think>b", "<think> <|stop|>HTTPServer", "[PAD704]"] {
                for special in [SpecialTokenParsing.everywhere, .nowhere] {
                    let (ids, expected) = (written.encode(text, special: special), file.encode(text, special: special))
                    #expect(ids == expected, "\(text)")
                }
            }
        }
    }

    /// Texts that JSON spells otherwise, and a token behind every text.
    @Test func quotesAndEndsComeBack() throws {
        let tokens = try ByteLevelFixture.load().tokens + ["<|\"\\\n\u{1}|>", "\u{1F999}"]
        let control = Int32(tokens.count - 2)
        try expectToComeBack(
            VocabularyDescription(
                model: .bytePairs(preTokenizer: .gpt2), tokens: tokens,
                types: tokens.indices.map { $0 == Int(control) ? .control : $0 > control ? .userDefined : .normal },
                merges: ByteLevelFixture.load().merges,
                specialTokens: SpecialTokens(
                    beginningOfSequence: control, endOfSequence: control, endOfGeneration: [control],
                    addsBeginningOfSequence: true, addsEndOfSequence: true)))
    }

    /// Ends that no spelling tells have two keys.
    @Test func furtherEndsOfGenerationHaveKeys() throws {
        let tokens = try ByteLevelFixture.load().tokens
        let types = tokens.map { _ in TokenType.normal }
        func keys(_ ends: Set<Int32>) throws -> MetadataStub {
            try metadata(
                VocabularyDescription(
                    model: .bytePairs(preTokenizer: .gpt2), tokens: tokens, types: types,
                    specialTokens: SpecialTokens(endOfSequence: 5, endOfGeneration: ends)))
        }
        let two = try keys([5, 6, 9])
        #expect(two.integer("tokenizer.ggml.eot_token_id") == 6)
        #expect(two.integer("tokenizer.ggml.eom_token_id") == 9)
        #expect(
            throws: TokenizerError.noGGUF(
                reason: "generation ends at 3 tokens beside the usual ones, and 2 have a key")
        ) { try keys([5, 6, 7, 9]) }
    }

    @Test func whatAVocabularyDoesNotSayIsRefused() throws {
        func fault(_ change: (inout [String: Any]) -> Void) throws -> String? {
            try withFolder(change) { folder in
                do {
                    _ = try folder.vocabulary(size: 800)
                    return nil
                } catch TokenizerError.noGGUF(let reason) { return reason }
            }
        }
        #expect(try fault { _ in } == nil)
        #expect(try fault { $0["normalizer"] = ["type": "NFC"] } == nil)
        #expect(try fault { $0["normalizer"] = ["type": "Lowercase"] } == "its normalizer changes the text")
        let prefixed: [String: Any] = ["type": "ByteLevel", "add_prefix_space": true, "use_regex": true]
        #expect(try fault { $0["pre_tokenizer"] = prefixed } == "it puts a space in front of a text")
        #expect(
            try fault { $0["pre_tokenizer"] = Self.steps([#"\p{L}+"#]) }
                == "llama.cpp has no name for the way in which its pre_tokenizer cuts words")
        #expect(try fault { $0["pre_tokenizer"] = ["type": "Whitespace"] } == "it is no byte-level BPE")
        let token: [String: Any] = ["id": 700, "content": "<mask>", "special": true, "lstrip": true]
        #expect(
            try fault { $0["added_tokens"] = [token] }
                == "its token \"<mask>\" minds the spaces or letters beside it")
    }

    /// A `tokenizer.model` alone; with more ids than it has pieces.
    @Test func piecesAndScoresAreThoseOfTheModel() throws {
        var model = try SentencePieceModel(
            serialized: Array(Data(contentsOf: Places.fixture("tokenization/tiny_bpe.model"))))
        func withFolder<Result>(_ body: (TokenizerFolder) throws -> Result) throws -> Result {
            try Places.withTemporaryFolder { folder in
                try Data(model.serialized()).write(to: folder.appendingPathComponent("tokenizer.model"))
                return try body(TokenizerFolder(folder))
            }
        }
        model.normalizer = SentencePieceModel.Normalizer(removesExtraWhitespace: false)
        #expect(throws: TokenizerError.noGGUF(reason: "its tokenizer.model has user-defined tokens")) {
            try withFolder { try $0.vocabulary(size: 422) }
        }
        for index in model.pieces.indices where model.pieces[index].type == .userDefined {
            model.pieces[index].type = .control
        }
        let cases: [TokenizerFileTests.Case] = try decodeFixture("tiny_bpe.json")
        try withFolder { folder in
            let vocabulary = try folder.vocabulary(size: 422)
            #expect(vocabulary.model == .sentencePiece)
            #expect(vocabulary.tokens.suffix(2) == ["[PAD420]", "[PAD421]"])
            #expect(vocabulary.types.suffix(2) == [.unused, .unused])
            let (file, written) = (try folder.tokenizer(), try TokenizerLoader.make(from: metadata(vocabulary)))
            #expect(written.specialTokens == file.specialTokens)
            for text in cases.map(\.text) + ["[PAD420]", "[INST] ka</s> to"] {
                for special in [SpecialTokenParsing.everywhere, .nowhere] {
                    let (ids, expected) = (written.encode(text, special: special), file.encode(text, special: special))
                    #expect(ids == expected, "\(text.debugDescription)")
                }
            }
        }
        model.algorithm = .unigram
        #expect(throws: TokenizerError.noGGUF(reason: "its tokenizer.model is a unigram model")) {
            try withFolder { try $0.vocabulary(size: 422) }
        }
    }

    @Test(arguments: ["unigram", "word-piece", "word-level", "bpe-unknown"])
    func otherKindsAreRefused(kind: String) throws {
        let folder = try TokenizerFolder(TokenizerFileTests.folder(kind))
        #expect(throws: TokenizerError.noGGUF(reason: "it is no byte-level BPE")) { try folder.vocabulary(size: 800) }
    }

    /// The fixture of a kind with changes, in a folder.
    private func withFile<Result>(
        _ kind: String, _ change: (inout [String: Any]) -> Void = { _ in }, _ body: (TokenizerFolder) throws -> Result
    ) throws -> Result {
        let source = TokenizerFileTests.folder(kind).appendingPathComponent("tokenizer.json")
        var file = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: source)) as? [String: Any])
        change(&file)
        return try Places.withTemporaryFolder { folder in
            try JSONSerialization.data(withJSONObject: file).write(to: folder.appendingPathComponent("tokenizer.json"))
            return try body(TokenizerFolder(folder))
        }
    }

    /// Puts every way to make a token behind the one that the file has.
    private func completeMerges(_ file: inout [String: Any]) {
        guard var model = file["model"] as? [String: Any], let vocabulary = model["vocab"] as? [String: Int],
            let merges = model["merges"] as? [[String]]
        else { return }
        var complete: [[String]] = []
        for merge in merges {
            complete.append(merge)
            let whole = Array(merge.joined().unicodeScalars)
            for length in 1..<whole.count {
                let parts = [whole[..<length], whole[length...]].map { part in
                    part.reduce(into: "") { $0.unicodeScalars.append($1) }
                }
                let isMissing = !merges.contains(parts) && !complete.contains(parts)
                if isMissing, parts.allSatisfy({ vocabulary[$0] != nil }) { complete.append(parts) }
            }
        }
        model["merges"] = complete
        file["model"] = model
    }

    /// Merges become scores; ids are those of the file itself, and of the reference.
    @Test(arguments: ["llama2", "gemma"]) func mergesBecomeScores(kind: String) throws {
        let place = TokenizerFileTests.folder(kind).appendingPathComponent("cases.json")
        let cases = try JSONDecoder().decode([TokenizerFileTests.Case].self, from: Data(contentsOf: place))
        try withFile(kind, { if kind == "gemma" { completeMerges(&$0) } }) { folder in
            let vocabulary = try folder.vocabulary(size: 458)
            #expect(vocabulary.model == .sentencePiece && vocabulary.addsSpacePrefix == (kind == "llama2"))
            #expect(vocabulary.tokens.suffix(2) == ["[PAD456]", "[PAD457]"])
            #expect(vocabulary.types[..<4] == [.unknown, .control, .control, .normal])
            #expect(vocabulary.types[455] == .byte)
            #expect(vocabulary.types.count { $0 == .byte } == 256 && vocabulary.types.last == .unused)
            // The first merge makes the best token.
            let best = try #require(vocabulary.scores.max())
            #expect(best == 0 && vocabulary.scores.count { $0 == best } == 1)
            #expect(vocabulary.scores.firstIndex(of: best).map { vocabulary.tokens[$0] } == "ир")
            let (file, written) = (try folder.tokenizer(), try TokenizerLoader.make(from: metadata(vocabulary)))
            for item in cases {
                for special in [SpecialTokenParsing.everywhere, .nowhere] {
                    let ids = written.encode(item.text, special: special).map(\.id)
                    #expect(ids == file.encode(item.text, special: special).map(\.id), "\(item.text.debugDescription)")
                }
            }
        }
    }

    @Test func mergesThatScoresDoNotSayAreRefused() throws {
        func fault(_ kind: String, _ change: (inout [String: Any]) -> Void = { _ in }) throws -> String? {
            try withFile(kind, change) { folder in
                do {
                    _ = try folder.vocabulary(size: 458)
                    return nil
                } catch TokenizerError.noGGUF(let reason) { return reason }
            }
        }
        #expect(try fault("llama2") == nil)
        #expect(try fault("gemma")?.hasSuffix("are together a token, and no merge makes it of them") == true)
        let metaspace: [String: Any] = [
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false,
        ]
        let more = "its normalizer or pre_tokenizer does more than write ▁ for spaces"
        #expect(try fault("llama2") { $0["normalizer"] = ["type": "NFKC"] } == more)
        #expect(try fault("llama2") { $0["pre_tokenizer"] = metaspace } == more)
        #expect(
            try fault("llama2") {
                $0["normalizer"] = nil
                $0["pre_tokenizer"] = metaspace
            } == more)
        #expect(
            try fault("llama2") {
                $0["normalizer"] = nil
                $0["pre_tokenizer"] = metaspace.merging(["prepend_scheme": "never"]) { $1 }
            } == nil)
        let token: [String: Any] = ["id": 456, "content": "<x>", "special": true, "normalized": true]
        let normalized = try fault("llama2") { $0["added_tokens"] = [token] }
        #expect(normalized == "its token \"▁<x>\" is looked for in the normalised text")
        func change(_ key: String, _ value: Any) -> (inout [String: Any]) -> Void {
            { file in
                var model = file["model"] as? [String: Any] ?? [:]
                model[key] = value
                file["model"] = model
            }
        }
        #expect(try fault("llama2", change("ignore_merges", true)) == "its whole words skip the merges")
        #expect(try fault("llama2", change("end_of_word_suffix", "_")) == "its model has a end_of_word_suffix")
    }

    /// Ways to make one token that do not follow one another have no score; of runs of spaces they may.
    @Test func mergesOfATokenFollowOneAnother() throws {
        func scores(_ tokens: [String], _ merges: [(left: String, right: String)]) throws -> [Float] {
            try MergeScores(spellings: tokens.map { Array($0.utf8) }, merges: merges).scores
        }
        let runs = ["a", "aa", "aaa", "aaaa"]
        let ways = [("aaa", "a"), ("aa", "a"), ("aa", "aa"), ("a", "aa"), ("a", "aaa"), ("a", "a")]
        #expect(try scores(runs, ways) == [-6, -2, -1, 0])
        let words = ["a", "b", "c", "ab", "bc", "abc", "cc"]
        let apart = [("ab", "c"), ("c", "c"), ("a", "bc"), ("a", "b"), ("b", "c")]
        #expect(throws: TokenizerError.noGGUF(reason: "merges of other tokens lie between those of \"abc\"")) {
            try scores(words, apart)
        }
        #expect(throws: TokenizerError.noGGUF(reason: "it has a merge of \"ba\", which is no token of a text")) {
            try scores(words, [("b", "a")])
        }
        // A character that is no token stands in a text all the same.
        let lone = "its tokens \"€\" and \"a\" are together a token, and no merge makes it of them"
        #expect(throws: TokenizerError.noGGUF(reason: lone)) { try scores(["a", "€a"], []) }
    }
}
