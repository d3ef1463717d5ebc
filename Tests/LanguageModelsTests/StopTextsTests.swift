import Foundation
import LanguageModels
import TestSupport
import Testing
import Tokenization

/// Texts of completions, with the tokenizers of Tests/Fixtures/tokenization/files.
struct StopTextsTests {
    private func tokenizer(_ kind: String) throws -> any Tokenizer {
        try TokenizerLoader.make(fromFolder: Places.fixture("tokenization/files/\(kind)"))
    }

    /// Spaces that join the tokens of a file without a decoder, the clean-up of WordPiece, the space of a first word.
    @Test(arguments: [
        ("word-level", [23, 11, 14] as [Int32], "ka to .", " ka to ."),
        ("word-piece", [190, 175, 8], "ka to.", " ka to."), ("llama2", [161, 147, 11], "ka to.", " ka to."),
        ("unigram", [23, 15, 16], "ka to.", " ka to."),
    ])
    func aCompletionIsTheTextOfAllItsTokens(kind: String, ids: [Int32], reply: String, continuation: String) throws {
        let tokenizer = try tokenizer(kind)
        #expect(StopTexts([], tokenizer: tokenizer).text(ids) == reply)
        #expect(StopTexts([], tokenizer: tokenizer, continuesText: true).text(ids) == continuation)
        #expect(StopTexts([], tokenizer: tokenizer).text([]).isEmpty)
    }

    /// A stop text is looked for in the text that people see.
    @Test(arguments: [("word-level", [23, 11, 14] as [Int32]), ("llama2", [161, 147, 11])])
    func aCompletionEndsAtAStopText(kind: String, ids: [Int32]) throws {
        let tokenizer = try tokenizer(kind)
        let stop = StopTexts(["a to"], tokenizer: tokenizer)
        #expect(ids.indices.map { stop.isReached(Array(ids[...$0])) } == [false, true, true])
        #expect(stop.text(ids) == "k")
        let both = StopTexts(["to", "a t"], tokenizer: tokenizer)
        #expect(both.text(ids) == "k")
    }

    /// The last tokens alone are looked at after each token: the space before the first of them is one.
    @Test func aStopTextBeginsWithTheSpaceOfALaterWord() throws {
        let tokenizer = try tokenizer("llama2")
        let stop = StopTexts([" to"], tokenizer: tokenizer)
        let words: [Int32] = [147, 161, 161, 161, 161, 161]
        #expect(!stop.isReached([147]) && !stop.isReached(words))
        #expect(stop.isReached(words + [147]))
        #expect(stop.text(words + [147]) == "to ka ka ka ka ka")
        #expect(StopTexts([" to"], tokenizer: tokenizer, continuesText: true).isReached([147]))
    }

    @Test func controlTokensAreLeftOut() throws {
        let tokenizer = try tokenizer("byte-level")
        let end = try #require((0..<Int32(tokenizer.vocabularySize)).first { tokenizer.piece(of: $0) == "<|end|>" })
        let ids = tokenizer.encode("ka to", special: .nowhere).map(\.id)
        #expect(StopTexts([], tokenizer: tokenizer).text(ids + [end]) == "ka to")
    }
}
