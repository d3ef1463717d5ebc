/// What decides which inputs of adapters are dropped in one pass: a function of the run's seed, the step and the place,
/// never of threads or of where a run was resumed.
public struct DropoutKey: Hashable, Sendable {
    /// Probability that an element is dropped.
    public var rate: Float
    public var seed: UInt64
    /// Passes so far.
    public var pass: UInt64

    public init(rate: Float, seed: UInt64, pass: UInt64) {
        self.rate = rate
        self.seed = seed
        self.pass = pass
    }
}
