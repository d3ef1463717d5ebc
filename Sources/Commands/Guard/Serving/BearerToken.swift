/// The secret that clients send.
struct BearerToken: Sendable {
    private let bytes: [UInt8]

    /// Nil for what cannot stand in a header: allowed are visible characters of ASCII (RFC 6750, section 2.1).
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        bytes = Array(text.utf8)
    }

    /// Whether an `Authorization` header has this token. The time does not tell where a wrong one differs.
    func isIn(_ header: String?) -> Bool {
        let parts = (header ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        let given = Array(parts[1].utf8)
        guard given.count == bytes.count else { return false }
        return zip(given, bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether only this machine can reach a server that listens on `host`.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
