import Tensors

@testable import Transformers

/// Copies every point it wants, and may change what it sees.
struct Recorder: ActivationHook {
    var wanted: Set<HookPoint>
    var seen: [HookPoint: [Float]] = [:]
    var shapes: [HookPoint: [Int]] = [:]
    var order: [HookPoint] = []
    var edit: (HookPoint, MatrixSlice) -> Void = { _, _ in }

    func wants(_ point: HookPoint) -> Bool { wanted.contains(point) }

    mutating func visit(_ point: HookPoint, _ activation: Activation) {
        edit(point, activation.rows)
        seen[point] = activation.copy()
        shapes[point] = activation.shape
        order.append(point)
    }
}
