public import Verification

/// A scorer as a run remembers it.
public struct ScorerReference: Codable, Hashable, Sendable {
    /// The scorer's name and what distinguishes it: `refusal/refusal-direction`. Unique within a run.
    public var key: String
    public var version: Int

    public init(key: String, version: Int) {
        self.key = key
        self.version = version
    }

    public init(_ scorer: any Scorer) {
        key = Self.key(name: scorer.name, parameters: scorer.parameters)
        version = scorer.version
    }

    /// `name`, or `name/values` with the parameters' values in the order of their names; `name=value` where the value
    /// alone does not say which parameter it is of: ``valuesThatTell``.
    ///
    /// Values that are long or hold anything but letters, digits, `.`, `-` and `_` are replaced by the first twelve
    /// digits of the SHA-256 of all parameters.
    static func key(name: String, parameters: [String: String]) -> String {
        guard !parameters.isEmpty else { return name }
        let sorted = parameters.sorted { $0.key < $1.key }
        let isPlain = sorted.allSatisfy { $0.value.utf8.count <= 32 && $0.value.utf8.allSatisfy(isPlainByte) }
        guard isPlain, sorted.count <= 3 else { return "\(name)/\(CanonicalJSON.digest(of: parameters).prefix(12))" }
        let telling = valuesThatTell[name]
        let parts = sorted.map { telling?.contains($0.key) ?? true ? $0.value : "\($0.key)=\($0.value)" }
        return "\(name)/\(parts.joined(separator: ","))"
    }

    /// Of scorers with several parameters, those that no value of another one can be taken for. A scorer that is not here
    /// has one parameter.
    private static let valuesThatTell: [String: Set<String>] = [
        "includes": ["ignore", "words"],
        "likelihood": ["measure", "threshold"],
        "majority-vote": ["of", "quorum"],
        "noisy": ["of", "sensitivity", "specificity"],
        "numeric": ["extract", "tolerance"],
        "regex": ["pattern"],
        "self-judgement": ["threshold"],
    ]

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }
}
