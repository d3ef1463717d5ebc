internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import Resampling
internal import Store
internal import Verification

struct ResampleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Samples each prompt until the weak verifier accepts, or the policy says stop.",
        discussion: """
            The policy knows how tasks went in earlier runs (--from), and stops where another sample is worth less than \
            none; without --from nothing but the budget ends the search. Rows are committed as they are made; --resume goes \
            on. Such runs are kept apart from runs that draw every sample.

              assay resample run evals/arithmetic.yaml --model smollm2-135m-instruct \\
                --weak numeric --budget 16
              assay resample run evals/code.yaml --model M --weak python-weak \\
                --budget 64 --allow-code-execution --from 3f2a --strong python-strong \\
                --false-positive-cost 4
            """)

    @Argument(help: "An evaluation definition.", completion: .definition)
    var file: String
    @OptionGroup var model: ModelOptions
    @Option(help: "The scorer that says yes.", completion: .scorer)
    var weak: String
    @Option(help: "The most samples of a prompt.")
    var budget = 16
    @Option(name: .customLong("from"), help: "A run with both verdicts on such tasks, for the policy.")
    var source: String?
    @Option(help: "With --from: the scorer that counts as the truth.", completion: .scorer)
    var strong: String?
    @Option(help: "With --from: cost of a false positive, in right answers; 1 where not given.")
    var falsePositiveCost: Double?
    @Option(help: "With --from: cost of drawing a sample; 0 where not given.")
    var sampleCost: Double?
    @Option(help: "The database of runs; made where it does not exist.", completion: .database)
    var db = "runs.sqlite"
    @Option(help: "Use the first N prompts.")
    var limit: Int?
    @Option(help: "Completions decoded together.")
    var batch = 32
    @Option(help: "Seed, in place of the definition's.")
    var seed: UInt64?
    @Flag(help: "Go on with the latest unfinished run of the same plan.")
    var resume = false
    @OptionGroup var execution: CodeExecutionOptions
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var run: String
        var prompts: Int
        var accepted: Int
        var samples: Int
        var planned: Int
        var planned_attempts: String?
        var finished: Bool
    }

    mutating func validate() throws {
        guard (1...100_000).contains(budget) else {
            throw ValidationError("--budget is \(budget); allowed: 1 to 100000")
        }
        guard (1...4096).contains(batch) else { throw ValidationError("--batch is \(batch); allowed: 1 to 4096") }
        guard limit ?? 1 >= 1 else { throw ValidationError("--limit is \(limit ?? 0); allowed: 1 or more") }
        guard (source == nil) == (strong == nil) else {
            throw ValidationError("--from and --strong are given together")
        }
        guard source != nil || (falsePositiveCost == nil && sampleCost == nil) else {
            throw ValidationError("costs are of the policy: give --from and --strong with them")
        }
    }

    func run() async throws {
        let store = try RunStore(path: db)
        let policy = try policy(store)
        let overrides = PlanOverrides(limit: limit, samples: budget, seed: seed, stopping: name(of: policy))
        var plan = try PlanLoader.load(file, overrides: overrides)
        try check(plan)
        plan = try await PlanLoader.executable(plan, from: file, overrides: overrides, execution)
        let local = try LocalModel(model.load(), batch: batch, date: plan.definition.date)
        plan.printWarnings()
        let python = try await execution.version(for: plan)
        let (summary, record) = try execute(plan, policy, local, store, python: python)
        try report(summary, record, plan, policy, store)
    }

    private func check(_ plan: EvaluationPlan) throws {
        guard plan.definition.task == .generate else {
            throw CommandFailure(
                code: FailureReport.usage, description: "a multiple-choice question has one answer: nothing to sample")
        }
        guard plan.scorerReferences.contains(where: { $0.key == weak }) else {
            let known = plan.scorerReferences.map(\.key).joined(separator: ", ")
            throw CommandFailure(
                code: FailureReport.usage, description: "--weak is \"\(weak)\"; the definition has \(known)")
        }
    }

    /// Carries the plan out, from where the run that goes on has come.
    private func execute(
        _ plan: EvaluationPlan, _ policy: StoppingPolicy?, _ local: LocalModel, _ store: RunStore, python: String?
    ) throws -> (RunSummary, RunRecord) {
        let planned = plan.record(
            id: UUID().uuidString.lowercased(), model: local.identity,
            environment: RunEnvironment(
                assayVersion: BuildInformation.version, cpu: Machine.processor, threads: model.threadCount,
                batch: batch, python: python),
            startedAt: Machine.now())
        let record = resume ? try store.resumable(planned) : planned
        let completed = resume ? try store.completed(record.id) : []
        Interruption.watch()
        let runner = SequentialRunner(
            plan: plan, shouldStop: { Interruption.isRequested }, now: Machine.now, continues: { continues($0, policy) }
        )
        var recorder = RecorderGroup([StoreRecorder(store: store), ProgressRecorder(label: plan.definition.name)])
        return (try runner.run(record, on: local, completed: completed, recorder: &recorder), record)
    }

    /// Without `--from` nothing but the budget ends the search.
    private func policy(_ store: RunStore) throws -> StoppingPolicy? {
        guard let source, let strong else { return nil }
        let request = StoredResampling.Request(runs: [source], weak: weak, strong: strong)
        let groups = try StoredResampling.groups(try StoredResampling.chosen(request, store), store)
        let utility = Utility(falsePositive: costs.falsePositive, sample: costs.sample)
        return try StoppingPolicy(groups.first?.tasks ?? [], utility: utility, budget: budget)
    }

    private var costs: (falsePositive: Double, sample: Double) { (falsePositiveCost ?? 1, sampleCost ?? 0) }

    private func name(of policy: StoppingPolicy?) -> String {
        guard policy != nil else { return "first accepted by \(weak)" }
        return "first accepted by \(weak), policy from \(source ?? ""), "
            + "costs \(costs.falsePositive) and \(costs.sample)"
    }

    private func continues(_ samples: [GradedSample], _ policy: StoppingPolicy?) -> Bool {
        let isAccepted = samples.contains { sample in
            sample.scores.contains { $0.scorer == weak && $0.grade.outcome == .scored(1) }
        }
        if isAccepted { return false }
        return policy?.decision(afterRejections: samples.count).samplesAgain ?? (samples.count < budget)
    }

    private func report(
        _ summary: RunSummary, _ record: RunRecord, _ plan: EvaluationPlan, _ policy: StoppingPolicy?, _ store: RunStore
    ) throws {
        let counts = try store.taskCounts(runs: [record.id], scorer: weak)
        let report = Report(
            run: record.id, prompts: plan.prompts.count, accepted: counts.count { $0.correct > 0 },
            samples: summary.completedSamples, planned: plan.sampleCount,
            planned_attempts: policy.map { $0.plannedAttempts.description }, finished: summary.isFinished)
        if output.json {
            try StandardOutput.json(report)
        } else {
            StandardOutput.line(
                "run \(record.id.prefix(8)): \(report.accepted) of \(report.prompts) prompts accepted with "
                    + "\(report.samples) of at most \(report.planned) samples")
        }
        guard summary.isFinished else {
            throw CommandFailure(code: 1, description: "stopped; the same command with --resume goes on")
        }
    }
}
