internal import Synchronization

/// A processor that puts no space in front of a text, made when it is first needed.
final class ContinuationProcessor: Sendable {
    private let model: SentencePieceModel
    private let hidesUserDefined: Bool
    private let processor = Mutex<SentencePieceProcessor?>(nil)

    /// - Parameter model: one of which the library has accepted the form with the space.
    init(_ model: SentencePieceModel, hidesUserDefined: Bool) {
        self.model = model
        self.hidesUserDefined = hidesUserDefined
    }

    /// The tokens of `text` with the bytes that they cover, nil where the library reports an error.
    func encode(_ text: [UInt8]) -> [Token]? {
        let ready = processor.withLock { processor in
            if processor == nil { processor = try? made() }
            return processor
        }
        return ready?.encode(text)
    }

    private func made() throws(TokenizerError) -> SentencePieceProcessor {
        var bare = try model.accepted(hidesUserDefined: hidesUserDefined)
        bare.normalizer.addsDummyPrefix = false
        return try SentencePieceProcessor(bare)
    }
}
