public import Foundation

/// Builds the tokenizer that a file describes.
public enum TokenizerLoader {
    /// From the metadata of a GGUF file.
    ///
    /// - Throws: ``TokenizerError``.
    public static func make(from metadata: some MetadataSource) throws -> any Tokenizer {
        try make(VocabularyDescription(reading: metadata))
    }

    /// - Throws: ``TokenizerError``.
    public static func make(_ vocabulary: VocabularyDescription) throws -> any Tokenizer {
        switch vocabulary.model {
        case .bytePairs(let preTokenizer) where preTokenizer.isByteLevel:
            try BytePairTokenizer(vocabulary, preTokenizer: preTokenizer)
        case .sentencePiece, .unigram: try SentencePieceTokenizer(vocabulary)
        case .bytePairs, .wordPiece: try PipelineTokenizer(vocabulary)
        }
    }

    /// From a SentencePiece `.model` file.
    ///
    /// - Throws: ``TokenizerError``, or what reading the file throws.
    public static func make(sentencePieceModelAt file: URL) throws -> any Tokenizer {
        try SentencePieceTokenizer(modelAt: file)
    }

    /// From the folder of a Hugging Face model: ``TokenizerFolder``.
    ///
    /// - Throws: ``TokenizerError``, or what reading a file throws.
    public static func make(fromFolder path: URL) throws -> any Tokenizer {
        try TokenizerFolder(path).tokenizer()
    }
}
