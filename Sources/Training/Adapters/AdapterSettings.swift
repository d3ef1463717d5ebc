internal import Foundation

/// What is adapted, and how (the keys of PEFT's `adapter_config.json` in brackets).
public struct AdapterSettings: Codable, Hashable, Sendable {
    /// `r`.
    public var rank: Int
    /// `lora_alpha`.
    public var alpha: Double
    /// `lora_dropout`.
    public var dropout: Double
    /// `target_modules`.
    public var projections: Set<Projection>
    /// Divides alpha by the square root of the rank (`use_rslora`: Kalajdzievski 2023).
    public var isRankStabilized: Bool

    public init(
        rank: Int = 8, alpha: Double = 16, dropout: Double = 0, projections: Set<Projection> = Set(Projection.allCases),
        isRankStabilized: Bool = false
    ) {
        self.rank = rank
        self.alpha = alpha
        self.dropout = dropout
        self.projections = projections
        self.isRankStabilized = isRankStabilized
    }

    /// Projections in their own order: a set has another one in every process, and a run is known by this text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rank, forKey: .rank)
        try container.encode(alpha, forKey: .alpha)
        try container.encode(dropout, forKey: .dropout)
        try container.encode(Projection.allCases.filter(projections.contains), forKey: .projections)
        try container.encode(isRankStabilized, forKey: .isRankStabilized)
    }

    public var scale: Double { alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)) }
}

/// A linear map of a block that can be adapted, by the name that Hugging Face's Llama gives it.
public enum Projection: String, Codable, Hashable, Sendable, CaseIterable {
    case query = "q_proj"
    case key = "k_proj"
    case value = "v_proj"
    case output = "o_proj"
    case gate = "gate_proj"
    case up = "up_proj"
    case down = "down_proj"

    /// The module that holds it.
    var module: String {
        switch self {
        case .query, .key, .value, .output: "self_attn"
        case .gate, .up, .down: "mlp"
        }
    }

    /// Its name in a GGUF file.
    var ggufName: String {
        switch self {
        case .query: "attn_q"
        case .key: "attn_k"
        case .value: "attn_v"
        case .output: "attn_output"
        case .gate: "ffn_gate"
        case .up: "ffn_up"
        case .down: "ffn_down"
        }
    }
}
