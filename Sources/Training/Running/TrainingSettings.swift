/// What one run of training does, apart from its data and model.
public struct TrainingSettings: Codable, Hashable, Sendable {
    public var method: TrainingMethod
    public var schedule: LearningRateSchedule
    public var optimizer: OptimizerSettings
    public var adapter: AdapterSettings?
    /// Examples of one step.
    public var batch: Int
    /// Most tokens of one pass; a step takes as many passes as it needs.
    public var tokensPerPass: Int
    /// Computes blocks again on the way back, to save memory.
    public var recomputes: Bool
    /// Computes what the sequences of a pass begin with once for all of them; never beside dropout.
    public var sharesBeginnings: Bool {
        get { sharing ?? false }
        set { sharing = newValue ? true : nil }
    }
    public var seed: UInt64
    /// Steps between checkpoints; 0 for none but the last.
    public var checkpointEvery: Int
    /// Checkpoints kept, the newest ones.
    public var checkpointsKept: Int
    /// Steps between evaluations of the held-out examples, beside the one after the last step; 0 for that one alone.
    public var evaluateEvery: Int
    /// Absent where nothing is shared, so that runs from before it could be have the same identity.
    private var sharing: Bool?

    public init(
        method: TrainingMethod, schedule: LearningRateSchedule, optimizer: OptimizerSettings = OptimizerSettings(),
        adapter: AdapterSettings? = nil, batch: Int = 8, tokensPerPass: Int = 1024, recomputes: Bool = false,
        sharesBeginnings: Bool = false, seed: UInt64 = 0, checkpointEvery: Int = 0, checkpointsKept: Int = 2,
        evaluateEvery: Int = 0
    ) {
        self.method = method
        self.schedule = schedule
        self.optimizer = optimizer
        self.adapter = adapter
        self.batch = batch
        self.tokensPerPass = tokensPerPass
        self.recomputes = recomputes
        sharing = sharesBeginnings ? true : nil
        self.seed = seed
        self.checkpointEvery = checkpointEvery
        self.checkpointsKept = checkpointsKept
        self.evaluateEvery = evaluateEvery
    }
}

/// Which loss is taken.
public enum TrainingMethod: Codable, Hashable, Sendable {
    case supervised
    case preference(beta: Double)
    case distillation(Divergence, temperature: Double)
}
