public import Transformers

/// Two hooks as one; the first sees, and may change, every activation before the second.
public struct HookPair<First: ActivationHook, Second: ActivationHook>: ActivationHook {
    public var first: First
    public var second: Second

    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    public func wants(_ point: HookPoint) -> Bool { first.wants(point) || second.wants(point) }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {
        if first.wants(point) { first.visit(point, activation) }
        if second.wants(point) { second.visit(point, activation) }
    }
}
