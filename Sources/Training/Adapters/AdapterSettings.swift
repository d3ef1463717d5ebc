internal import Foundation
public import Transformers

/// What is adapted, and how (the keys of PEFT's `adapter_config.json` in brackets).
public struct AdapterSettings: Codable, Hashable, Sendable {
    /// `r`.
    public var rank: Int
    /// `lora_alpha`.
    public var alpha: Double
    /// `lora_dropout`.
    public var dropout: Double
    /// `target_modules`; nil for all that the model's family has.
    public var projections: Set<Projection>?
    /// Divides alpha by the square root of the rank (`use_rslora`: Kalajdzievski 2023).
    public var isRankStabilized: Bool
    /// Blocks that are adapted, from 0 (`layers_to_transform`); nil for all.
    public var layers: Set<Int>?

    public init(
        rank: Int = 8, alpha: Double = 16, dropout: Double = 0, projections: Set<Projection>? = nil,
        isRankStabilized: Bool = false, layers: Set<Int>? = nil
    ) {
        self.rank = rank
        self.alpha = alpha
        self.dropout = dropout
        self.projections = projections
        self.isRankStabilized = isRankStabilized
        self.layers = layers
    }

    /// Projections in their own order: a set has another one in every process, and a run is known by this text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rank, forKey: .rank)
        try container.encode(alpha, forKey: .alpha)
        try container.encode(dropout, forKey: .dropout)
        try container.encodeIfPresent(
            projections.map { Projection.allCases.filter($0.contains) }, forKey: .projections)
        try container.encode(isRankStabilized, forKey: .isRankStabilized)
        try container.encodeIfPresent(layers?.sorted(), forKey: .layers)
    }

    public var scale: Double { alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)) }

    /// Settles on the projections of a family where none were chosen.
    ///
    /// - Throws: ``TrainingError/configuration(key:found:allowed:)`` for one that the family does not have;
    ///   `TransformerError`.
    public mutating func chooseProjections(for configuration: TransformerConfiguration) throws {
        let own = try Projection.own(in: configuration)
        guard let chosen = projections else {
            projections = Set(own)
            return
        }
        // Llama's can be adapted where they are a part of a larger matrix, too.
        let known = Set(own + Projection.llama)
        guard let other = Projection.allCases.first(where: { chosen.contains($0) && !known.contains($0) }) else {
            return
        }
        throw TrainingError.configuration(
            key: "adapter.projections", found: other.rawValue,
            allowed: "those of the family \(configuration.architecture), "
                + own.map(\.rawValue).joined(separator: ", "))
    }
}
