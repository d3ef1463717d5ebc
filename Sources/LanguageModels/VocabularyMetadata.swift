internal import Checkpoints
internal import Tokenization

/// The tokenizer's view of a GGUF file's metadata. A value of the wrong kind counts as absent, and the tokenizer says
/// what it misses.
struct VocabularyMetadata: MetadataSource {
    let metadata: GGUFMetadata

    init(_ metadata: GGUFMetadata) { self.metadata = metadata }

    func string(_ key: String) -> String? { (try? metadata.string(key)) ?? nil }

    func integer(_ key: String) -> Int? { (try? metadata.integer(key)) ?? nil }

    func bool(_ key: String) -> Bool? { (try? metadata.bool(key)) ?? nil }

    func strings(_ key: String) -> [String]? { (try? metadata.strings(key)) ?? nil }

    func floats(_ key: String) -> [Float]? { (try? metadata.floats(key)) ?? nil }

    func integers(_ key: String) -> [Int]? { (try? metadata.integers(key)) ?? nil }
}
