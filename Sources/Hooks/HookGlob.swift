public import Transformers

/// A pattern of hook names: `*` stands for any characters, `?` for one, `[01]` for one of those in it and `[!01]` for any
/// other; commas separate alternatives.
///
/// Names are old or canonical ones of TransformerLens, or shorthands of its `get_act_name`:
/// `blocks.*.hook_resid_post`, `blocks.*.hook_out` and `resid_post3` all match. Every part of a model has a `hook_in` and
/// a `hook_out`: in a pattern that ends in one of them, what stands for characters stops at dots.
public struct HookGlob: Hashable, Sendable {
    public let pattern: String
    private let alternatives: [NamePattern]

    public init(_ pattern: String) {
        self.pattern = pattern
        alternatives = pattern.split(separator: ",").map { NamePattern(String($0.filter { $0 != " " })) }
    }

    /// The model's points that the pattern names, in the order of the forward pass.
    ///
    /// Points of single heads' inputs and results, and the copy of the residual stream for feed-forward alone, cost
    /// products of their own: they are found by their names, not by a pattern that could mean anything.
    public func points(of configuration: TransformerConfiguration) -> [HookPoint] {
        HookPoint.all(of: configuration).filter { point in
            alternatives.contains { $0.finds(point, in: configuration) }
        }
    }

    /// Alternatives that name no point of a model.
    public func unmatched(in configuration: TransformerConfiguration) -> [String] {
        let points = HookPoint.all(of: configuration)
        return alternatives.filter { pattern in !points.contains { pattern.finds($0, in: configuration) } }.map(\.text)
    }

    /// Whether an alternative ends as one of the point's names does, so that it is meant and not met by chance.
    public func means(_ point: HookPoint, in configuration: TransformerConfiguration) -> Bool {
        point.names(in: configuration).contains { name in
            alternatives.contains { $0.matches(name) && $0.endsAs(name) }
        }
    }

    public func matches(_ name: String) -> Bool { alternatives.contains { $0.matches(name) } }
}
