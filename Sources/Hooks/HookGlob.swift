public import Transformers

/// A pattern of hook names: `*` stands for any characters, `?` for one, and commas separate alternatives.
///
/// Names are old or canonical ones of TransformerLens, or shorthands of its `get_act_name`:
/// `blocks.*.hook_resid_post`, `blocks.*.hook_out` and `resid_post3` all match. Every part of a model has a `hook_in` and
/// a `hook_out`: in a pattern that ends in one of them, `*` and `?` stop at dots.
public struct HookGlob: Hashable, Sendable {
    public let pattern: String
    private let alternatives: [[Character]]

    public init(_ pattern: String) {
        self.pattern = pattern
        alternatives = pattern.split(separator: ",").map { Self.expand(String($0.filter { $0 != " " })) }
    }

    /// The model's points that the pattern names, in the order of the forward pass.
    ///
    /// Points of single heads' inputs and results, and the copy of the residual stream for feed-forward alone, cost
    /// products of their own: they are found by their names, not by a pattern that could mean anything.
    public func points(of configuration: TransformerConfiguration) -> [HookPoint] {
        HookPoint.all(of: configuration).filter { point in
            point.names(in: configuration).contains { name in
                matches(name) && (!point.site.isOnDemand || namesSite(name))
            }
        }
    }

    public func matches(_ name: String) -> Bool {
        let name = Array(name)
        return alternatives.contains { Self.matches($0, name, crossesDots: !Self.namesAnEnd($0)) }
    }

    /// Whether an alternative ends as the name does, behind its last dot.
    private func namesSite(_ name: String) -> Bool {
        let site = Array(name.split(separator: ".").last ?? "")
        return alternatives.contains { $0.count >= site.count && Array($0.suffix(site.count)) == site }
    }

    /// A shorthand in full; a pattern as it is.
    private static func expand(_ alternative: String) -> [Character] {
        let isPattern = alternative.contains("*") || alternative.contains("?")
        return Array(isPattern ? alternative : HookName.full(alternative))
    }

    private static func namesAnEnd(_ pattern: [Character]) -> Bool {
        let text = String(pattern)
        return text.hasSuffix("hook_in") || text.hasSuffix("hook_out")
    }

    /// Greedy matching with one place to go back to: linear for names of this length.
    private static func matches(_ pattern: [Character], _ name: [Character], crossesDots: Bool) -> Bool {
        var (p, n) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == name[n] || (pattern[p] == "?" && (crossesDots || name[n] != "."))
            {
                p += 1
                n += 1
            } else if let last = star, crossesDots || name[last.name] != "." {
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
