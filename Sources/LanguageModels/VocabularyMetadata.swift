public import Checkpoints
internal import Foundation
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

extension ModelFiles {
    /// Tokenizer and chat template of a folder, as a GGUF file holds them.
    ///
    /// - Parameter vocabularySize: the model's
    /// - Throws: `TokenizerError`, for a tokenizer that no GGUF file can hold too; errors of the file system.
    public static func textMetadata(ofFolder path: String, vocabularySize: Int) throws -> GGUFMetadata {
        let folder = try TokenizerFolder(URL(fileURLWithPath: path))
        var metadata = GGUFMetadata()
        for (key, value) in try folder.vocabulary(size: vocabularySize).keys() { metadata[key] = MetadataValue(value) }
        if let template = try folder.chatTemplate() { metadata["tokenizer.chat_template"] = .string(template) }
        return metadata
    }
}

extension GGUFFile {
    /// Tokenizer and chat template, as the files of a folder of transformers.
    ///
    /// - Parameter contextLength: the model's, in tokens
    /// - Throws: `TokenizerError`, for a tokenizer that no such folder can hold too; `CheckpointError`.
    public func textFiles(contextLength: Int) throws -> [(name: String, text: String)] {
        try VocabularyDescription(reading: VocabularyMetadata(metadata)).folderFiles(
            template: try metadata.string("tokenizer.chat_template"), contextLength: contextLength)
    }
}

extension MetadataValue {
    /// In the widths that llama.cpp's converter uses.
    fileprivate init(_ value: VocabularyValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .uint32(UInt32(clamping: number))
        case .bool(let flag): self = .bool(flag)
        case .strings(let texts): self = .array(.string(texts))
        case .floats(let numbers): self = .array(.float32(numbers))
        case .integers(let numbers): self = .array(.int32(numbers.map { Int32(clamping: $0) }))
        case .bytes(let bytes): self = .array(.uint8(bytes))
        }
    }
}
