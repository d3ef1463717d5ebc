/// A place in the forward pass where activations can be read and changed, by its TransformerLens name.
public struct HookPoint: Hashable, Sendable {
    public var site: Site
    /// Block, from 0; nil for sites outside the blocks.
    public var layer: Int?

    public init(_ site: Site, layer: Int? = nil) {
        self.site = site
        self.layer = layer
    }

    /// What is found at a point. p: positions of one sequence; h: heads; k: positions seen.
    public enum Site: String, CaseIterable, Codable, Hashable, Sendable {
        /// Token embeddings, [p, modelDimension].
        case embed = "hook_embed"
        /// The residual stream before a block, [p, modelDimension].
        case residPre = "hook_resid_pre"
        /// Root mean square of the residual stream, [p, 1].
        case attentionNormScale = "ln1.hook_scale"
        /// The residual stream over its scale, before the norm's weights, [p, modelDimension].
        case attentionNormalized = "ln1.hook_normalized"
        /// Queries before rotation, [p, headCount, headDimension].
        case query = "attn.hook_q"
        /// Keys before rotation, [p, keyValueHeadCount, headDimension].
        case key = "attn.hook_k"
        /// Values, [p, keyValueHeadCount, headDimension].
        case value = "attn.hook_v"
        /// Queries after rotation, [p, headCount, headDimension].
        case rotatedQuery = "attn.hook_rot_q"
        /// Keys after rotation, [p, keyValueHeadCount, headDimension].
        case rotatedKey = "attn.hook_rot_k"
        /// Scaled scores before the softmax, [headCount, p, k]; -infinity where a position may not look.
        case attentionScores = "attn.hook_attn_scores"
        /// Attention patterns, [headCount, p, k].
        case pattern = "attn.hook_pattern"
        /// Mixed values of each head, [p, headCount, headDimension].
        case z = "attn.hook_z"
        /// What attention adds to the residual stream, [p, modelDimension].
        case attentionOut = "hook_attn_out"
        /// The residual stream between attention and feed-forward, [p, modelDimension].
        case residMid = "hook_resid_mid"
        /// Root mean square of the residual stream, [p, 1].
        case mlpNormScale = "ln2.hook_scale"
        /// The residual stream over its scale, [p, modelDimension].
        case mlpNormalized = "ln2.hook_normalized"
        /// The gate before its activation function, [p, feedForwardDimension].
        case mlpPre = "mlp.hook_pre"
        /// What the gate is multiplied with, [p, feedForwardDimension].
        case mlpPreLinear = "mlp.hook_pre_linear"
        /// Activated gate times linear part, [p, feedForwardDimension].
        case mlpPost = "mlp.hook_post"
        /// What feed-forward adds to the residual stream, [p, modelDimension].
        case mlpOut = "hook_mlp_out"
        /// The residual stream after a block, [p, modelDimension].
        case residPost = "hook_resid_post"
        /// Root mean square of the last residual stream, [p, 1].
        case finalNormScale = "ln_final.hook_scale"
        /// The last residual stream over its scale, [p, modelDimension].
        case finalNormalized = "ln_final.hook_normalized"

        /// Whether there is one for each block.
        public var isInBlock: Bool {
            switch self {
            case .embed, .finalNormScale, .finalNormalized: false
            default: true
            }
        }
    }

    /// Every point of a model, in the order in which the forward pass meets them.
    public static func all(layerCount: Int) -> [HookPoint] {
        let blocks = (0..<layerCount).flatMap { layer in
            Site.allCases.filter(\.isInBlock).map { HookPoint($0, layer: layer) }
        }
        return [HookPoint(.embed)] + blocks + [HookPoint(.finalNormScale), HookPoint(.finalNormalized)]
    }
}

extension HookPoint: CustomStringConvertible {
    /// `blocks.3.hook_resid_pre`, `hook_embed`.
    public var description: String {
        guard let layer else { return site.rawValue }
        return "blocks.\(layer).\(site.rawValue)"
    }
}
