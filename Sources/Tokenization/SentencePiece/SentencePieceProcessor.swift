import CSentencePiece

/// The SentencePiece library's processor for one model.
///
/// Encoding does not change the library's object, so that threads may share it.
@safe
final class SentencePieceProcessor: @unchecked Sendable {
    private let model: OpaquePointer

    /// - Throws: ``TokenizerError/refused(reason:)``.
    init(_ model: SentencePieceModel) throws(TokenizerError) {
        var message = [CChar](repeating: 0, count: 256)
        let serialized = model.serialized()
        let created = unsafe csp_model_create(serialized, serialized.count, &message, message.count)
        guard let created = unsafe created else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .refused(reason: String(decoding: text, as: UTF8.self))
        }
        unsafe self.model = created
        guard unsafe csp_model_piece_count(created) == Int32(model.pieces.count) else {
            throw .refused(reason: "it reads another number of pieces")
        }
    }

    deinit { unsafe csp_model_destroy(model) }

    /// The tokens of `text` with the bytes that they cover, nil where the library reports an error.
    func encode(_ text: [UInt8]) -> [Token]? {
        var tokens: UnsafeMutablePointer<csp_token>?
        var count = 0
        guard unsafe csp_model_encode(model, text, text.count, &tokens, &count) == 0 else { return nil }
        defer { unsafe csp_tokens_destroy(tokens) }
        return unsafe UnsafeBufferPointer(start: tokens, count: count).map { token in
            let begin = Swift.min(Int(token.begin), text.count)
            return Token(id: token.id, utf8Range: begin..<Swift.max(begin, Swift.min(Int(token.end), text.count)))
        }
    }
}
