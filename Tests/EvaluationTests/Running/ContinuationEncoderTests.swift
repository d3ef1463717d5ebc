import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Evaluation

struct ContinuationEncoderTests {
    @Test func noTextAfterAPromptGetsASecondSpace() throws {
        let tokenizer = try TokenizerLoader.make(sentencePieceModelAt: Places.fixture("tokenization/tiny_bpe.model"))
        let encoder = ContinuationEncoder(tokenizer: tokenizer)
        func spelled(_ text: String, after prompt: String) -> String {
            let ids = tokenizer.encode(prompt, special: .everywhere).map(\.id)
            return encoder.ids(of: text, after: ids).map { tokenizer.piece(of: $0) }.joined()
        }
        #expect(spelled(" qx", after: "ka") == "▁qx")
        #expect(spelled("qx", after: "ka ") == "qx")
        #expect(spelled("qx", after: "ka\n") == "qx")
        // What begins a reply begins as the tokenizer begins a text.
        #expect(spelled("qx", after: "[INST]") == "▁qx")
        #expect(spelled(" qx", after: "[INST]") == "▁qx")
    }
}
