import Foundation
import TestSupport
import Tokenization

/// Metadata made up for a test.
struct MetadataStub: MetadataSource {
    var values: [String: any Sendable] = [:]

    func string(_ key: String) -> String? { values[key] as? String }
    func integer(_ key: String) -> Int? { values[key] as? Int }
    func bool(_ key: String) -> Bool? { values[key] as? Bool }
    func strings(_ key: String) -> [String]? { values[key] as? [String] }
    func floats(_ key: String) -> [Float]? { values[key] as? [Float] }
    func integers(_ key: String) -> [Int]? { values[key] as? [Int] }

    func with(_ key: String, _ value: (any Sendable)?) -> MetadataStub {
        var copy = self
        copy.values["tokenizer.ggml.\(key)"] = value
        return copy
    }
}

/// The small byte-level vocabulary of the fixtures.
struct ByteLevelFixture: Decodable {
    let tokens: [String]
    let merges: [String]
    let texts: [String]
    /// Expected ids by name of the pre-tokenizer, one list a text.
    let ids: [String: [[Int32]]]

    static func load() throws -> ByteLevelFixture {
        try decodeFixture("byte_level.json")
    }

    /// The vocabulary with more tokens, and these types for them, at the end.
    func metadata(preTokenizer: String = "gpt-2", extra: [(String, TokenType)] = []) -> MetadataStub {
        let types = tokens.map { _ in 1 } + extra.map { Int($0.1.rawValue) }
        return MetadataStub()
            .with("model", "gpt2").with("pre", preTokenizer).with("merges", merges)
            .with("tokens", tokens + extra.map(\.0)).with("token_type", types)
    }
}

func decodeFixture<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: Places.fixture("tokenization/\(name)")))
}

extension SeededGenerator {
    /// Scalars from all planes, most of them from those that texts are made of.
    mutating func text(scalars count: Int) -> String {
        var text = String.UnicodeScalarView()
        while text.count < count {
            let highest: [UInt32] = [0x7F, 0x7F, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF]
            let value = UInt32.random(in: 0...(highest.randomElement(using: &self) ?? 0x7F), using: &self)
            if let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
        return String(text)
    }
}
