import Foundation
import TestSupport
import Testing
import Tokenization

/// Vocabularies with texts and the ids that llama.cpp expects; scripts/fetch-references.sh gets them.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: Vectors.folder.path)))
struct VectorTests {
    @Test(arguments: [
        "gpt-2", "llama-bpe", "qwen2", "llama-spm", "phi-3", "starcoder", "refact", "command-r", "mpt", "qwen35",
        "falcon", "deepseek-llm", "deepseek-coder", "gemma-4",
    ])
    func everyCaseHasTheExpectedIDs(name: String) throws {
        let vectors = try Vectors(name)
        let tokenizer = try vectors.tokenizer()
        #expect(vectors.texts.count >= 40)
        #expect(vectors.texts.count == vectors.ids.count)
        for (index, (text, ids)) in zip(vectors.texts, vectors.ids).enumerated() {
            let tokens = tokenizer.encode(text, special: .nowhere)
            #expect(tokens.map(\.id) == ids, "case \(index)")
            #expect(tokenizer.decode(ids, skippingSpecialTokens: false) == text, "case \(index)")
            expectCovering(tokens, Array(text.utf8), case: index)
        }
    }

    /// Its normaliser throws away what the text cannot be got back from.
    @Test func everyCaseOfBERTHasTheExpectedIDs() throws {
        let vectors = try Vectors("bert-bge")
        let tokenizer = try vectors.tokenizer()
        for (index, (text, ids)) in zip(vectors.texts, vectors.ids).enumerated() {
            #expect(tokenizer.encode(text, special: .nowhere).map(\.id) == ids, "case \(index)")
        }
    }

    private func expectCovering(_ tokens: [Token], _ text: [UInt8], case index: Int) {
        var end = 0
        for token in tokens {
            #expect(token.utf8Range.lowerBound == end, "case \(index)")
            end = token.utf8Range.upperBound
        }
        #expect(end == text.count, "case \(index)")
    }
}

/// The test cases of one vocabulary.
struct Vectors {
    static let folder = Places.cache.appendingPathComponent("tokenizer-vectors")

    let texts: [String]
    let ids: [[Int32]]
    private let file: URL

    init(_ name: String) throws {
        file = Self.folder.appendingPathComponent("ggml-vocab-\(name).gguf")
        let input = try String(contentsOf: file.appendingPathExtension("inp"), encoding: .utf8)
        let output = try String(contentsOf: file.appendingPathExtension("out"), encoding: .utf8)
        texts = input.components(separatedBy: "\n__ggml_vocab_test__\n")
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        while lines.count > texts.count { lines.removeLast() }
        ids = lines.map { line in line.split(separator: " ").compactMap { Int32($0) } }
    }

    func tokenizer() throws -> any Tokenizer { try TokenizerLoader.make(from: VocabularyFile(contentsOf: file)) }
}
