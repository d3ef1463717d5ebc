import Foundation
import TestSupport
import Testing
import Tokenization

struct ByteFallbackTests {
    /// Tokens of bytes are made by fallback also where they are control tokens, which no text is split into (tokenizers 0.23.3).
    @Test(arguments: [false, true]) func bytesMayBeControlTokens(areControl: Bool) throws {
        var vocabulary = ["<unk>": 0, "a": 1]
        for byte in 0..<256 { vocabulary[String(format: "<0x%02X>", byte)] = 2 + byte }
        let added: [[String: Any]] = vocabulary.filter { $0.value != 1 }.map { spelling, id in
            [
                "id": id, "content": spelling, "special": true, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false,
            ]
        }
        let file: [String: Any] = [
            "added_tokens": areControl ? added : [],
            "model": [
                "type": "BPE", "unk_token": "<unk>", "byte_fallback": true, "vocab": vocabulary, "merges": [String](),
            ],
        ]
        let ids = try Places.withTemporaryFolder { folder in
            try JSONSerialization.data(withJSONObject: file).write(to: folder.appendingPathComponent("tokenizer.json"))
            return try TokenizerLoader.make(fromFolder: folder).encode("a\u{E9}a\u{2026}", special: .nowhere).map(\.id)
        }
        #expect(ids == [1, 197, 171, 1, 228, 130, 168])
    }
}
