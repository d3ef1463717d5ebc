internal import Tensors
public import Transformers

/// Puts given activations in the place of the model's own at one point: activation patching.
public struct PatchHook: ActivationHook {
    public let point: HookPoint
    /// New values by position, each as long as a row of the point.
    public let values: [Int: [Float]]

    public init(_ point: HookPoint, values: [Int: [Float]]) {
        self.point = point
        self.values = values
    }

    public func wants(_ point: HookPoint) -> Bool { point == self.point }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {
        for (position, row) in values where activation.positions.contains(position) {
            let index = position - activation.positions.lowerBound
            activation.rows.rows(index..<(index + 1)).assign(row)
        }
    }
}
