/// Which samples a run has, and which are missing.
struct RunProgress {
    private let plan: EvaluationPlan
    private var samples: [GradedSample]
    private var keys: Set<SampleKey>
    /// What the run had when it was started again, where its samples may be drawn a second time.
    private var rows: [SampleKey: GradedSample] = [:]

    init(plan: EvaluationPlan, completed: [GradedSample]) throws(PlanError) {
        self.plan = plan
        samples = completed
        keys = Set(completed.map(\.key))
        let isPlanned = { (key: SampleKey) in
            plan.prompts.indices.contains(key.promptIndex)
                && (0..<plan.settings.generation.samples).contains(key.sampleIndex)
        }
        let strangers = completed.count { !isPlanned($0.key) } + completed.count - keys.count
        guard strangers == 0 else { throw .unknownRows(count: strangers) }
        if plan.gradesGroups {
            rows = Dictionary(completed.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The prompts that lack samples, in the plan's order; with all their samples where these are graded together.
    var missing: [(prompt: PlannedPrompt, sampleIndices: [Int])] {
        plan.prompts.compactMap { prompt in
            let missing = (0..<plan.settings.generation.samples).filter { index in
                !keys.contains(SampleKey(promptIndex: prompt.index, sampleIndex: index))
            }
            if missing.isEmpty { return nil }
            return (prompt, plan.gradesGroups ? Array(0..<plan.settings.generation.samples) : missing)
        }
    }

    func row(_ key: SampleKey) -> GradedSample? { rows[key] }

    /// What is there, by prompt, in the order of the samples.
    var byPrompt: [Int: [GradedSample]] {
        Dictionary(grouping: samples, by: \.key.promptIndex).mapValues { $0.sorted { $0.key < $1.key } }
    }

    mutating func add(_ sample: SampleRecord) throws(PlanError) {
        let isPlanned = (0..<plan.settings.generation.samples).contains(sample.sampleIndex)
        guard isPlanned, keys.insert(sample.key).inserted else {
            let fault = PlanError.ModelFault.unknownSample(request: sample.promptIndex, sample: sample.sampleIndex)
            throw .modelBrokeContract(fault)
        }
        samples.append(GradedSample(sample))
    }

    func checkComplete() throws(PlanError) {
        guard keys.count == plan.sampleCount else {
            throw .modelBrokeContract(.missingSamples(plan.sampleCount - keys.count))
        }
    }

    func summary(of run: RunRecord, finishedAt: String?) -> RunSummary {
        RunSummary(
            runID: run.id,
            plannedSamples: plan.sampleCount,
            completedSamples: keys.count,
            finishedAt: finishedAt,
            metrics: MetricRecord.metrics(of: samples)
        )
    }
}
