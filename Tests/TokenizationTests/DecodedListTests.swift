import Foundation
import TestSupport
import Testing
import Tokenization

/// Texts of lists of ids that no text was split into: what a model writes. Values by
/// scripts/reference/tokenizer_files.py.
struct DecodedListTests {
    private struct Case: Decodable {
        let ids: [Int32]
        let text: String
        /// Without control tokens.
        let skipped: String
        /// As transformers decodes them with `clean_up_tokenization_spaces`.
        let cleaned: String
        /// Behind another text.
        let behind: String?
    }

    private static let kinds = TokenizerFileTests.kinds

    private func cases(_ kind: String) throws -> [Case] {
        try decodeFixture("files/\(kind)/decoded.json")
    }

    private func expectEqual(_ found: String, _ expected: String, _ example: Case, _ comment: String) {
        #expect(
            found.utf8.elementsEqual(expected.utf8),
            "\(example.ids) \(comment): \(found.debugDescription), expected \(expected.debugDescription)")
    }

    @Test(arguments: kinds) func textsAreThoseOfTokenizers(kind: String) throws {
        let tokenizer = try TokenizerLoader.make(fromFolder: TokenizerFileTests.folder(kind))
        let cases = try cases(kind)
        #expect(cases.count >= 24)
        for example in cases {
            expectEqual(
                tokenizer.decode(example.ids, skippingSpecialTokens: false), example.text, example, "\(kind)")
            expectEqual(
                tokenizer.decode(example.ids, skippingSpecialTokens: true), example.skipped, example,
                "\(kind) without control tokens")
            let behind = try #require(example.behind)
            expectEqual(
                tokenizer.decodeContinuation(example.ids, skippingSpecialTokens: false), behind, example,
                "\(kind) behind a text")
        }
    }

    @Test(arguments: kinds) func cleanedTextsAreThoseOfTransformers(kind: String) throws {
        try Places.withTemporaryFolder { folder in
            try FileManager.default.copyItem(
                at: TokenizerFileTests.folder(kind).appendingPathComponent("tokenizer.json"),
                to: folder.appendingPathComponent("tokenizer.json"))
            try #"{"clean_up_tokenization_spaces": true}"#.write(
                to: folder.appendingPathComponent("tokenizer_config.json"), atomically: true, encoding: .utf8)
            let tokenizer = try TokenizerLoader.make(fromFolder: folder)
            for example in try cases(kind) {
                expectEqual(
                    tokenizer.decode(example.ids, skippingSpecialTokens: false), example.cleaned, example,
                    "\(kind) cleaned")
            }
        }
    }

    private func streamed(
        _ ids: [Int32], _ tokenizer: any Tokenizer, skips: Bool = false, continues: Bool = false
    ) -> String {
        var decoder = TokenTextDecoder(tokenizer, skippingSpecialTokens: skips, continuesText: continues)
        return ids.map { decoder.append($0) }.joined() + decoder.finish()
    }

    private func expectStreamed(_ ids: [Int32], _ tokenizer: any Tokenizer, _ kind: String) {
        for skips in [false, true] {
            let whole = tokenizer.decode(ids, skippingSpecialTokens: skips)
            #expect(streamed(ids, tokenizer, skips: skips).utf8.elementsEqual(whole.utf8), "\(kind) \(ids)")
            let behind = tokenizer.decodeContinuation(ids, skippingSpecialTokens: skips)
            #expect(
                streamed(ids, tokenizer, skips: skips, continues: true).utf8.elementsEqual(behind.utf8),
                "\(kind) \(ids) behind a text")
        }
    }

    private func randomLists(_ tokenizer: any Tokenizer, count: Int) -> [[Int32]] {
        var generator = SeededGenerator(seed: 31)
        return (0..<count).map { _ in
            (0..<20).map { _ in Int32.random(in: -1...Int32(tokenizer.vocabularySize), using: &generator) }
        }
    }

    @Test(arguments: kinds) func thePiecesOfAStreamAreTheWholeText(kind: String) throws {
        let tokenizer = try TokenizerLoader.make(fromFolder: TokenizerFileTests.folder(kind))
        for example in try cases(kind) { expectStreamed(example.ids, tokenizer, kind) }
        for ids in randomLists(tokenizer, count: 100) { expectStreamed(ids, tokenizer, kind) }
    }

    @Test(arguments: ["tiny_bpe", "tiny_unigram"])
    func thePiecesOfASentencePieceStreamAreTheWholeText(name: String) throws {
        let tokenizer = try TokenizerLoader.make(
            sentencePieceModelAt: Places.fixture("tokenization/\(name).model"))
        for ids in randomLists(tokenizer, count: 200) { expectStreamed(ids, tokenizer, name) }
        let words = tokenizer.encode("ka to", special: .nowhere).map(\.id)
        #expect(tokenizer.decode(words, skippingSpecialTokens: true) == "ka to")
        #expect(tokenizer.decodeContinuation(words, skippingSpecialTokens: true) == " ka to")
        #expect(streamed(words, tokenizer) == "ka to")
        #expect(streamed(words, tokenizer, continues: true) == " ka to")
    }

    /// Bytes that are text only as a run come when the run has ended, all else at once.
    @Test func aRunOfBytesIsHeldBack() throws {
        let tokenizer = try TokenizerLoader.make(fromFolder: TokenizerFileTests.folder("llama2"))
        func id(_ piece: String) throws -> Int32 {
            try #require((0..<Int32(tokenizer.vocabularySize)).first { tokenizer.piece(of: $0) == piece })
        }
        let (word, line, begun) = (try id("a"), try id("<0x0A>"), try id("<0xC3>"))
        var decoder = TokenTextDecoder(tokenizer)
        #expect([word, line, word].map { decoder.append($0) } == ["a", "", "\na"])
        #expect([line, begun].map { decoder.append($0) } == ["", ""])
        #expect(decoder.finish() == "\u{FFFD}\u{FFFD}")
        var interrupted = TokenTextDecoder(tokenizer)
        #expect([begun, -1, line].map { interrupted.append($0) } == ["", "", ""])
        #expect(interrupted.finish() == tokenizer.decode([begun, -1, line], skippingSpecialTokens: true))
        let whole = tokenizer.decode([word, line, word, line, begun], skippingSpecialTokens: true)
        #expect(whole == "a\na\u{FFFD}\u{FFFD}")
    }
}
