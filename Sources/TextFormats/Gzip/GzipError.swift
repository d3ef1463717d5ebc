/// Why bytes cannot be unpacked.
package enum GzipError: Error, Hashable, CustomStringConvertible {
    case truncated
    /// What is wrong in the packed bytes.
    case damaged(String)
    /// More comes out than may.
    case tooLarge(limit: Int)

    package var description: String {
        switch self {
        case .truncated: "the gzip file ends too early"
        case .damaged(let fault): "the gzip file is damaged: \(fault)"
        case .tooLarge(let limit): "more than \(limit) bytes come out of the gzip file"
        }
    }
}
