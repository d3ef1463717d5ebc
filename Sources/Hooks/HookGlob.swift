public import Transformers

/// A pattern of hook names: `*` stands for any characters, `?` for one, and commas separate alternatives.
///
/// `blocks.*.hook_resid_post` matches one point of each block.
public struct HookGlob: Hashable, Sendable {
    public let pattern: String
    private let alternatives: [[Character]]

    public init(_ pattern: String) {
        self.pattern = pattern
        alternatives = pattern.split(separator: ",").map { Array($0.filter { $0 != " " }) }
    }

    /// The model's points that the pattern names, in the order of the forward pass.
    public func points(of configuration: TransformerConfiguration) -> [HookPoint] {
        HookPoint.all(of: configuration).filter { matches($0.description) }
    }

    public func matches(_ name: String) -> Bool {
        let name = Array(name)
        return alternatives.contains { Self.matches($0, name) }
    }

    /// Greedy matching with one place to go back to: linear for names of this length.
    private static func matches(_ pattern: [Character], _ name: [Character]) -> Bool {
        var (p, n) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = star {
                p = last.pattern + 1
                n = last.name + 1
                star = (last.pattern, n)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
