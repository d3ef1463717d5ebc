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
        /// Token ids, [p, 1]; an edit has other tokens read in their places.
        case tokens = "hook_tokens"
        /// Token embeddings, [p, modelDimension].
        case embed = "hook_embed"
        /// Learned position embeddings, [p, modelDimension].
        case positionEmbed = "hook_pos_embed"
        /// The residual stream before a block, [p, modelDimension].
        case residPre = "hook_resid_pre"
        /// What the norm before attention divides by, [p, 1].
        case attentionNormScale = "ln1.hook_scale"
        /// The residual stream over its scale, before the norm's weights, [p, modelDimension].
        case attentionNormalized = "ln1.hook_normalized"
        /// What attention reads: the normalised residual stream, [p, modelDimension].
        case attentionNormOut = "ln1.hook_out"
        /// The residual stream once for each query head, before the norm, [p, headCount, modelDimension]; an edit
        /// reaches the queries, keys and values of that head.
        case attentionIn = "hook_attn_in"
        /// The same for queries alone, [p, headCount, modelDimension].
        case queryInput = "hook_q_input"
        /// The same for keys alone, [p, keyValueHeadCount, modelDimension].
        case keyInput = "hook_k_input"
        /// The same for values alone, [p, keyValueHeadCount, modelDimension].
        case valueInput = "hook_v_input"
        /// Queries before norm and rotation, [p, headCount, headDimension].
        case query = "attn.hook_q"
        /// Keys before norm and rotation, [p, keyValueHeadCount, headDimension].
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
        /// What each head adds, before the bias and a norm behind attention, [p, headCount, modelDimension].
        case result = "attn.hook_result"
        /// Attention's result, before a norm behind it, [p, modelDimension]; a point of its own where there is such a
        /// norm, otherwise the same as `hook_attn_out`.
        case attentionResult = "attn.hook_out"
        /// What the norm of attention's result divides by, where norms stand on both sides, [p, 1].
        case attentionPostNormScale = "ln1_post.hook_scale"
        /// Attention's result over its scale, [p, modelDimension].
        case attentionPostNormalized = "ln1_post.hook_normalized"
        /// What attention adds to the residual stream, [p, modelDimension].
        case attentionOut = "hook_attn_out"
        /// The residual stream between attention and feed-forward, [p, modelDimension].
        case residMid = "hook_resid_mid"
        /// The residual stream that feed-forward alone reads, before the norm, [p, modelDimension].
        case mlpIn = "hook_mlp_in"
        /// What the norm before feed-forward divides by, [p, 1].
        case mlpNormScale = "ln2.hook_scale"
        /// The residual stream over its scale, [p, modelDimension].
        case mlpNormalized = "ln2.hook_normalized"
        /// What feed-forward reads: the normalised residual stream, [p, modelDimension].
        case mlpNormOut = "ln2.hook_out"
        /// The gate before its activation function, [p, feedForwardDimension].
        case mlpPre = "mlp.hook_pre"
        /// What the gate is multiplied with, [p, feedForwardDimension].
        case mlpPreLinear = "mlp.hook_pre_linear"
        /// What the last matrix of the layer reads, [p, feedForwardDimension].
        case mlpPost = "mlp.hook_post"
        /// Feed-forward's result, before a norm behind it, [p, modelDimension]; a point of its own where there is such
        /// a norm, otherwise the same as `hook_mlp_out`.
        case mlpResult = "mlp.hook_out"
        /// What the norm of feed-forward's result divides by, where norms stand on both sides, [p, 1].
        case mlpPostNormScale = "ln2_post.hook_scale"
        /// Feed-forward's result over its scale, [p, modelDimension].
        case mlpPostNormalized = "ln2_post.hook_normalized"
        /// What feed-forward adds to the residual stream, [p, modelDimension].
        case mlpOut = "hook_mlp_out"
        /// The residual stream after a block, [p, modelDimension].
        case residPost = "hook_resid_post"
        /// What the final norm divides by, [p, 1].
        case finalNormScale = "ln_final.hook_scale"
        /// The last residual stream over its scale, [p, modelDimension].
        case finalNormalized = "ln_final.hook_normalized"
        /// What the unembedding reads, [p, modelDimension].
        case finalNormOut = "ln_final.hook_out"
        /// Logits before they are capped, [p, vocabularySize]: of the positions alone whose logits are computed, which
        /// is ``Transformer/logits(_:of:into:space:hooks:)``'s work and not that of the forward pass.
        case logits = "unembed.hook_out"

        /// Whether the point is computed only for those who look at it.
        public var isOnDemand: Bool {
            switch self {
            case .tokens, .attentionIn, .queryInput, .keyInput, .valueInput, .result, .mlpIn, .logits: true
            default: false
            }
        }

        /// Whether positions of the sequence are the second axis, behind heads, and the third.
        public var isSquare: Bool { self == .attentionScores || self == .pattern }

        /// Whether there is one for each block.
        public var isInBlock: Bool {
            switch self {
            case .tokens, .embed, .positionEmbed, .finalNormScale, .finalNormalized, .finalNormOut, .logits: false
            default: true
            }
        }
    }
}

extension HookPoint: CustomStringConvertible {
    /// `blocks.3.hook_resid_pre`, `hook_embed`.
    public var description: String {
        guard let layer else { return site.rawValue }
        return "blocks.\(layer).\(site.rawValue)"
    }
}
