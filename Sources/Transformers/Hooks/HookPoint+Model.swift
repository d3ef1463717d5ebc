extension HookPoint {
    /// Every point of a model, in the order in which they are met: the logits last, behind the forward pass.
    public static func all(of configuration: TransformerConfiguration) -> [HookPoint] {
        let blockSites = Site.inOrder(configuration).filter(\.isInBlock)
        let blocks = (0..<configuration.layerCount).flatMap { layer in
            blockSites.map { HookPoint($0, layer: layer) }
        }
        let learned: [Site] = configuration.positionEncoding == .learned ? [.positionEmbed] : []
        return ([.tokens, .embed] + learned).map { HookPoint($0) } + blocks
            + [.finalNormScale, .finalNormalized, .finalNormOut, .logits].map { HookPoint($0) }
    }
}

extension HookPoint.Site {
    /// The sites that a model has, in the order of the forward pass.
    fileprivate static func inOrder(_ configuration: TransformerConfiguration) -> [HookPoint.Site] {
        let sites = allCases.filter { $0.exists(in: configuration) }
        guard configuration.normPlacement == .after else { return sites }
        // The block's only norms stand behind what they normalise.
        return sites.moving([.attentionNormScale, .attentionNormalized], before: .attentionOut)
            .moving([.mlpNormScale, .mlpNormalized], before: .mlpOut)
    }

    private func exists(in configuration: TransformerConfiguration) -> Bool {
        switch self {
        case .positionEmbed: configuration.positionEncoding == .learned
        case .rotatedQuery, .rotatedKey: configuration.positionEncoding == .rotary
        case .residMid: !configuration.isParallel
        case .mlpPreLinear: configuration.isGated
        case .attentionNormOut, .mlpNormOut: configuration.normPlacement != .after
        case .attentionResult, .mlpResult: configuration.normPlacement != .before
        case .attentionPostNormScale, .attentionPostNormalized, .mlpPostNormScale, .mlpPostNormalized:
            configuration.normPlacement == .around
        default: true
        }
    }
}

extension [HookPoint.Site] {
    fileprivate func moving(_ moved: [HookPoint.Site], before next: HookPoint.Site) -> [HookPoint.Site] {
        let rest = filter { !moved.contains($0) }
        guard let index = rest.firstIndex(of: next) else { return self }
        return Array(rest[..<index] + moved + rest[index...])
    }
}
