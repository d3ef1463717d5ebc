extension HookPoint.Site {
    /// Sizes behind the axis of positions; scores and patterns have no fixed ones.
    public func shape(in configuration: TransformerConfiguration) -> [Int] {
        let width = configuration.modelDimension
        switch self {
        case .query, .rotatedQuery, .z: return [configuration.headCount, configuration.headDimension]
        case .key, .rotatedKey, .value: return [configuration.keyValueHeadCount, configuration.headDimension]
        case .attentionIn, .queryInput, .result: return [configuration.headCount, width]
        case .keyInput, .valueInput: return [configuration.keyValueHeadCount, width]
        case .tokens, .attentionNormScale, .attentionPostNormScale, .mlpNormScale, .mlpPostNormScale, .finalNormScale:
            return [1]
        case .mlpPre, .mlpPreLinear, .mlpPost: return [configuration.feedForwardDimension]
        case .attentionScores, .pattern: return [configuration.headCount]
        case .logits: return [configuration.vocabularySize]
        default: return [width]
        }
    }
}
