extension HookPoint {
    /// Every name of the point in a model: TransformerLens' old one first, then the canonical ones of its version 3.
    public func names(in configuration: TransformerConfiguration) -> [String] {
        let prefix = layer.map { "blocks.\($0)." } ?? ""
        var names = [site.rawValue] + site.aliases(configuration)
        if site == .residPost, layer == configuration.layerCount - 1 { names.append("") }
        return names.map { $0.isEmpty ? "ln_final.hook_in" : prefix + $0 }
    }

    /// The point of a model that a name denotes: an old name, a canonical one, or a shorthand of `get_act_name`.
    public init?(named name: String, in configuration: TransformerConfiguration) {
        let full = HookName.full(name)
        let found = HookPoint.all(of: configuration).first { $0.names(in: configuration).contains(full) }
        guard let found else { return nil }
        self = found
    }
}

extension HookPoint.Site {
    /// Other names, without the block.
    fileprivate func aliases(_ configuration: TransformerConfiguration) -> [String] {
        let placement = configuration.normPlacement
        switch self {
        case .tokens: return ["embed.hook_in"]
        case .embed: return ["embed.hook_out"]
        case .positionEmbed: return ["pos_embed.hook_out"]
        case .residPre:
            let heads = ["attn.hook_in", "attn.q.hook_in", "attn.k.hook_in", "attn.v.hook_in"]
            // Where both sublayers read the stream side by side, it is the input of both norms.
            let norms = configuration.isParallel ? ["ln1.hook_in", "ln2.hook_in"] : ["ln1.hook_in"]
            return ["hook_in"] + (placement == .after ? heads : norms)
        case .residMid:
            return placement == .after ? ["mlp.hook_in"] : ["ln2.hook_in"]
        case .residPost: return ["hook_out"]
        case .attentionNormOut: return ["attn.hook_in", "attn.q.hook_in", "attn.k.hook_in", "attn.v.hook_in"]
        case .mlpNormOut: return ["mlp.hook_in"]
        case .query: return ["attn.q.hook_out"]
        case .key: return ["attn.k.hook_out"]
        case .value: return ["attn.v.hook_out"]
        case .z: return ["attn.o.hook_in"]
        case .attentionResult:
            return ["attn.o.hook_out", placement == .after ? "ln1.hook_in" : "ln1_post.hook_in"]
        case .attentionOut:
            switch placement {
            case .before: return ["attn.hook_out", "attn.o.hook_out"]
            case .after: return ["ln1.hook_out"]
            case .around: return ["ln1_post.hook_out"]
            }
        case .mlpPre: return [configuration.isGated ? "mlp.gate.hook_out" : "mlp.in.hook_out"]
        case .mlpPreLinear: return ["mlp.in.hook_out"]
        case .mlpPost: return ["mlp.out.hook_in"]
        case .mlpResult:
            return ["mlp.out.hook_out", placement == .after ? "ln2.hook_in" : "ln2_post.hook_in"]
        case .mlpOut:
            switch placement {
            case .before: return ["mlp.hook_out", "mlp.out.hook_out"]
            case .after: return ["ln2.hook_out"]
            case .around: return ["ln2_post.hook_out"]
            }
        case .finalNormOut: return ["unembed.hook_in"]
        default: return []
        }
    }
}
