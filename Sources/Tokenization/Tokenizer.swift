/// Text to token ids and back.
///
/// Conformances are immutable and may be shared between threads. Token ids are `Int32` throughout Assay.
public protocol Tokenizer: Sendable {
    /// Number of ids; every id is in `0 ..< vocabularySize`.
    var vocabularySize: Int { get }

    /// Number of ids without the control tokens behind the last other one: those that a text without the spelling of a
    /// control token is split into are below it. A model without images may lack an embedding for the rest.
    var textVocabularySize: Int { get }

    /// The ids with a meaning of their own, and whether the model wants them around a text.
    var specialTokens: SpecialTokens { get }

    /// Splits `text` into tokens. Never adds a BOS or EOS token: see ``SpecialTokens/addsBeginningOfSequence``.
    ///
    /// - Parameter special: where the spelling of a control token stands for that token.
    func encode(_ text: String, special: SpecialTokenParsing) -> [Token]

    /// Splits a text that goes on with another one: it gets no space in front that it does not have. The spelling of a
    /// control token is ordinary text.
    func encodeContinuation(_ text: String) -> [Token]

    /// The bytes that `id` stands for in running text; a control token stands for its spelling.
    ///
    /// A single token may be part of a UTF-8 sequence, hence bytes and not text. `id` outside the vocabulary gives
    /// no bytes.
    func bytes(of id: Int32) -> [UInt8]

    /// The text of `ids`. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter skippingSpecialTokens: leaves control tokens out.
    func decode(_ ids: [Int32], skippingSpecialTokens: Bool) -> String

    /// The text of `ids` that go on with another text: nothing is taken off its beginning.
    func decodeContinuation(_ ids: [Int32], skippingSpecialTokens: Bool) -> String

    /// Whether the text of a list that ends with `id` may become another one when more tokens follow, by more than the
    /// bytes of a character that has begun: so with bytes that are text only as a run.
    func isOpen(_ id: Int32) -> Bool

    /// The vocabulary's own spelling of `id` (`Ġhello`, `▁hello`, `<0x0A>`), for people to read.
    func piece(of id: Int32) -> String

    /// Whether `id` is a control token, which stands for no text of its own.
    func isControl(_ id: Int32) -> Bool
}

extension Tokenizer {
    public var textVocabularySize: Int { vocabularySize }

    /// For tokenizers that put nothing in front of a text.
    public func encodeContinuation(_ text: String) -> [Token] { encode(text, special: .nowhere) }

    /// For tokenizers that take nothing off a text.
    public func decodeContinuation(_ ids: [Int32], skippingSpecialTokens: Bool) -> String {
        decode(ids, skippingSpecialTokens: skippingSpecialTokens)
    }

    public func isOpen(_ id: Int32) -> Bool { false }

    /// The tokens that ``specialTokens`` names.
    public func isControl(_ id: Int32) -> Bool {
        let named = [
            specialTokens.beginningOfSequence, specialTokens.endOfSequence, specialTokens.unknown,
            specialTokens.padding,
        ]
        return named.contains(id) || specialTokens.endOfGeneration.contains(id)
    }
}

/// One token of an encoded text.
public struct Token: Hashable, Sendable {
    /// Index into the vocabulary.
    public var id: Int32
    /// The UTF-8 bytes of the input that the token covers. Empty where a normaliser added something of its own.
    public var utf8Range: Range<Int>

    public init(id: Int32, utf8Range: Range<Int>) {
        self.id = id
        self.utf8Range = utf8Range
    }
}

/// Where the spelling of a control token (`<|im_end|>`) is read as that token.
public enum SpecialTokenParsing: Hashable, Sendable {
    /// Everywhere: what Hugging Face tokenizers do with a rendered template.
    case everywhere
    /// Nowhere: the spelling is ordinary text.
    case nowhere
    /// Everywhere except where a match would touch one of these UTF-8 ranges (sorted, disjoint): text that a user
    /// wrote cannot forge a control token.
    case outside([Range<Int>])
}

/// Ids with a meaning of their own.
public struct SpecialTokens: Hashable, Sendable {
    public var beginningOfSequence: Int32?
    public var endOfSequence: Int32?
    public var unknown: Int32?
    public var padding: Int32?
    /// Every id at which generation stops: end of sequence, end of turn, end of message.
    public var endOfGeneration: Set<Int32>
    /// Whether the model expects a BOS token before a text that has none.
    public var addsBeginningOfSequence: Bool
    /// Whether the model expects an EOS token after a text.
    public var addsEndOfSequence: Bool

    public init(
        beginningOfSequence: Int32? = nil,
        endOfSequence: Int32? = nil,
        unknown: Int32? = nil,
        padding: Int32? = nil,
        endOfGeneration: Set<Int32> = [],
        addsBeginningOfSequence: Bool = false,
        addsEndOfSequence: Bool = false
    ) {
        self.beginningOfSequence = beginningOfSequence
        self.endOfSequence = endOfSequence
        self.unknown = unknown
        self.padding = padding
        self.endOfGeneration = endOfGeneration
        self.addsBeginningOfSequence = addsBeginningOfSequence
        self.addsEndOfSequence = addsEndOfSequence
    }
}
