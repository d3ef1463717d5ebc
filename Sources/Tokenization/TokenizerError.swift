/// Why a vocabulary or a model file cannot become a tokenizer.
public enum TokenizerError: Error, Hashable, Sendable {
    /// The metadata lack a value that the tokenizer needs.
    case missingValue(key: String)
    /// A value is there and is not of the kind that the key stands for.
    case unexpectedValue(key: String)
    /// `tokenizer.ggml.model` names a kind of tokenizer that is not built.
    case unsupportedModel(String)
    /// `tokenizer.ggml.pre` names a way of cutting text into words that is not built; nil where it is absent.
    case unsupportedPreTokenizer(String?)
    /// A list is longer or shorter than allowed.
    case count(key: String, found: Int, allowed: ClosedRange<Int>)
    /// An id points outside the vocabulary.
    case idOutOfRange(key: String, id: Int, vocabularySize: Int)
    case unknownTokenType(index: Int, value: Int)
    case tokenTooLong(index: Int, bytes: Int, allowed: Int)
    case scoreNotFinite(index: Int)
    /// A merge is not two pieces of byte-level spelling with one space between.
    case malformedMerge(index: Int)
    /// A merge uses or makes a piece that the vocabulary lacks.
    case mergeOutsideVocabulary(index: Int)
    /// Printable ASCII characters that have no token.
    case missingByteTokens([UInt8])
    /// A SentencePiece vocabulary with neither an unknown token nor a token for each byte.
    case noUnknownToken
    case fileTooLarge(bytes: Int, allowed: Int)
    /// A SentencePiece model file breaks off or contradicts itself at this byte.
    case malformedModel(offset: Int)
    /// A SentencePiece model of a kind other than unigram and BPE.
    case unsupportedModelType(Int)
    /// The table of character replacements would be read outside its bounds.
    case malformedCharacterMap
    /// A file that should be JSON breaks off or is none at this byte, or is nested too deeply.
    case malformedJSON(offset: Int)
    /// `tokenizer.json` names a step of this kind that is not built.
    case unsupportedStep(kind: String, name: String)
    /// A regular expression cannot be read or uses what is not built.
    case unsupportedPattern(key: String)
    /// Two tokens of a vocabulary have the same id.
    case duplicateID(Int)
    /// A folder has neither `tokenizer.json` nor `tokenizer.model`.
    case noTokenizer(folder: String)
    /// No GGUF file can hold the tokenizer of a folder.
    case noGGUF(reason: String)
    /// No `tokenizer.json` can hold the tokenizer of a GGUF file.
    case noTokenizerFile(reason: String)
    /// The SentencePiece library refused the model.
    case refused(reason: String)
}

extension TokenizerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingValue(let key):
            "the tokenizer needs '\(key)', which the file does not have; convert the model again"
        case .unexpectedValue(let key):
            "'\(key)' is not of the kind that the format defines; convert the model again"
        case .unsupportedModel(let name):
            "tokenizer model '\(name.prefix(64))' is not supported; 'gpt2' and 'gemma4' (BPE), 'llama' and 't5' "
                + "(SentencePiece) and 'bert' (WordPiece) are, and BPE, Unigram, WordPiece and WordLevel in "
                + "tokenizer.json"
        case .unsupportedPreTokenizer(let name):
            name.map { "pre-tokenizer '\($0.prefix(64))' is not supported; " }.or("the file names no pre-tokenizer; ")
                + "supported: \(PreTokenizer.names.joined(separator: ", "))"
        case .count(let key, let found, let allowed):
            allowed.lowerBound == allowed.upperBound
                ? "'\(key)' has \(found) entries; \(allowed.lowerBound) are needed, one a token"
                : "'\(key)' has \(found) entries; \(allowed.lowerBound) to \(allowed.upperBound) are allowed"
        case .idOutOfRange(let key, let id, let size):
            "'\(key)' is \(id); ids are below the vocabulary's size, \(size)"
        case .unknownTokenType(let index, let value):
            "token \(index) has type \(value); 1 to 6 are defined"
        case .tokenTooLong(let index, let bytes, let allowed):
            "token \(index) is \(bytes) bytes long; at most \(allowed) are allowed"
        case .scoreNotFinite(let index):
            "the score of token \(index) is not a finite number"
        case .malformedMerge(let index):
            "merge \(index) is not two pieces with a space between; convert the model again"
        case .mergeOutsideVocabulary(let index):
            "merge \(index) uses or makes a piece that is not in the vocabulary; convert the model again"
        case .missingByteTokens(let bytes):
            "\(bytes.count) ASCII characters have no token, the first of them byte "
                + "\(bytes.first.map(String.init) ?? "-"); a byte-level vocabulary has a token for each"
        case .noUnknownToken:
            "the vocabulary has no unknown token and no token for each of the 256 bytes; one of them is needed"
        case .fileTooLarge(let bytes, let allowed):
            "the file has \(bytes) bytes or more; at most \(allowed) are read"
        case .malformedModel(let offset):
            "not a SentencePiece model: the file makes no sense at byte \(offset)"
        case .unsupportedModelType(let type):
            "SentencePiece model type \(type) is not supported; 1 (unigram) and 2 (BPE) are"
        case .malformedCharacterMap:
            "the model's table of character replacements is damaged; get the file again"
        case .malformedJSON(let offset):
            "not JSON, or nested too deeply: the file makes no sense at byte \(offset); get the file again"
        case .unsupportedStep(let kind, let name):
            "'\(kind)' of type '\(name.prefix(64))' in tokenizer.json is not supported"
        case .unsupportedPattern(let key):
            "the regular expression in '\(key)' cannot be read or uses what is not supported"
        case .duplicateID(let id):
            "two tokens have the id \(id); the vocabulary is damaged"
        case .noTokenizer(let folder):
            "'\(folder.prefix(64))' has neither tokenizer.json nor tokenizer.model; get one of them"
        case .noGGUF(let reason):
            "no GGUF file can hold the model's tokenizer: \(reason); write a folder of transformers"
        case .noTokenizerFile(let reason):
            "no tokenizer.json can hold the model's tokenizer: \(reason); write a GGUF file"
        case .refused(let reason):
            "the SentencePiece library refused the model: \(reason)"
        }
    }
}

extension Optional<String> {
    fileprivate func or(_ replacement: String) -> String { self ?? replacement }
}
