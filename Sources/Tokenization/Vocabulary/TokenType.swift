/// What a vocabulary says of one of its tokens. The numbers are those of GGUF and of SentencePiece.
public enum TokenType: UInt8, Hashable, Sendable {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
}
