public import Transformers

/// What is read of a prompt: the activations of one hook point at one place.
public struct Reading: Codable, Hashable, Sendable {
    public var site: HookPoint.Site
    /// Block, from 0; nil for sites outside the blocks.
    public var layer: Int?
    public var position: TokenPosition

    public init(_ site: HookPoint.Site = .residPost, layer: Int?, position: TokenPosition) {
        self.site = site
        self.layer = layer
        self.position = position
    }

    public var point: HookPoint { HookPoint(site, layer: layer) }

    /// Blocks that must run before the point is met and done with.
    public func depth(layerCount: Int) -> Int { layer.map { $0 + 1 } ?? (site == .embed ? 0 : layerCount) }
}

extension Reading {
    /// Whether it is one vector as wide as the residual stream for each position, in every model that has the point.
    public var hasResidualWidth: Bool {
        switch site {
        case .embed, .positionEmbed, .residPre, .attentionNormalized, .attentionNormOut, .attentionResult,
            .attentionPostNormalized, .attentionOut, .residMid, .mlpIn, .mlpNormalized, .mlpNormOut, .mlpResult,
            .mlpPostNormalized, .mlpOut, .residPost, .finalNormalized, .finalNormOut:
            true
        default: false
        }
    }

    /// Whether a forward pass of a model has a vector for each position there.
    ///
    /// - Throws: ``SteeringError/noSuchPoint(_:layerCount:)``, ``SteeringError/noVector(reading:)``.
    func check(in configuration: TransformerConfiguration) throws(SteeringError) {
        guard HookPoint.all(of: configuration).contains(point) else {
            throw .noSuchPoint(description, layerCount: configuration.layerCount)
        }
        guard !site.isSquare, site != .logits, site != .tokens else { throw .noVector(reading: description) }
    }
}

extension Reading: CustomStringConvertible {
    /// `blocks.12.hook_resid_post@t_inst`.
    public var description: String { "\(point)@\(position)" }
}
