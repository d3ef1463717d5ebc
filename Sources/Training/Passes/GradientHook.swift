public import Tensors
public import Transformers

/// Something that looks at, or changes, activations on the way forward and their gradients on the way back.
///
/// A change on the way forward that is not an addition of something constant has a gradient of its own: what the hook
/// writes on the way back is what goes on.
public protocol GradientHook {
    func wants(_ point: HookPoint) -> Bool
    /// One of ``Transformers/HookPoint/gradientSites``; a pass refuses a hook that wants another one.
    func wantsGradient(_ point: HookPoint) -> Bool
    /// `rows` of the whole batch; its spans say which are whose. What several sequences begin with has its rows once, and
    /// their gradient is the sum over these sequences.
    mutating func visit(_ point: HookPoint, _ rows: MatrixSlice, _ batch: TrainingBatch)
    /// The gradient of the loss at a point, in the shape of the activation.
    mutating func visitGradient(_ point: HookPoint, _ gradient: MatrixSlice, _ batch: TrainingBatch)
}

/// The hook that wants nothing.
public struct NoGradientHook: GradientHook {
    public init() {}

    public func wants(_ point: HookPoint) -> Bool { false }

    public func wantsGradient(_ point: HookPoint) -> Bool { false }

    public mutating func visit(_ point: HookPoint, _ rows: MatrixSlice, _ batch: TrainingBatch) {}

    public mutating func visitGradient(_ point: HookPoint, _ gradient: MatrixSlice, _ batch: TrainingBatch) {}
}

extension HookPoint {
    /// Where gradients can be seen: the sites that are met on the way back, as far as a model has them.
    public static let gradientSites: [Site] = [
        .embed, .residPre, .z, .attentionOut, .residMid, .mlpPost, .mlpOut, .residPost,
    ]
}

extension TrainingPass {
    /// Points whose gradient the hook wants.
    ///
    /// - Throws: ``TrainingError/noGradient(point:)`` for one that is never met on the way back.
    static func watched(
        by hook: some GradientHook, in configuration: TransformerConfiguration
    ) throws -> [HookPoint] {
        let watched = HookPoint.all(of: configuration).filter(hook.wantsGradient)
        if let other = watched.first(where: { !HookPoint.gradientSites.contains($0.site) }) {
            throw TrainingError.noGradient(point: other.names(in: configuration)[0])
        }
        return watched
    }

    mutating func visitForward(_ site: HookPoint.Site, layer: Int?, _ rows: MatrixSlice) {
        let point = HookPoint(site, layer: layer)
        if hook.wants(point) { hook.visit(point, rows, batch) }
    }

    mutating func visitGradient(_ site: HookPoint.Site, layer: Int?, _ gradient: MatrixSlice) {
        let point = HookPoint(site, layer: layer)
        if hook.wantsGradient(point) { hook.visitGradient(point, gradient, batch) }
    }

    /// The gradient of something that was added to the residual stream, for a hook that may write: what it writes goes on to
    /// what was added, and not along the stream, whose gradient `gradient` is.
    mutating func visitAddend(_ site: HookPoint.Site, layer: Int, _ gradient: MatrixSlice) -> MatrixSlice {
        guard hook.wantsGradient(HookPoint(site, layer: layer)) else { return gradient }
        let own = space.scratch("addend.gradient", rows: gradient.rowCount, columns: gradient.columnCount)
        own.assign(gradient)
        visitGradient(site, layer: layer, own)
        return own
    }
}
