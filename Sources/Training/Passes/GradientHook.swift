public import Tensors
public import Transformers

/// Something that looks at, or changes, activations on the way forward and their gradients on the way back.
///
/// A change on the way forward that is not an addition of something constant has a gradient of its own: what the hook
/// writes on the way back is what goes on.
public protocol GradientHook {
    func wants(_ point: HookPoint) -> Bool
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

extension TrainingPass {
    mutating func visitForward(_ site: HookPoint.Site, layer: Int?, _ rows: MatrixSlice) {
        let point = HookPoint(site, layer: layer)
        if hook.wants(point) { hook.visit(point, rows, batch) }
    }

    mutating func visitGradient(_ site: HookPoint.Site, layer: Int?, _ gradient: MatrixSlice) {
        let point = HookPoint(site, layer: layer)
        if hook.wantsGradient(point) { hook.visitGradient(point, gradient, batch) }
    }
}
