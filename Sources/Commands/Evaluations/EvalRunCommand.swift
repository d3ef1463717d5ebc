internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import LanguageModels
internal import Reports
internal import Store

struct EvalRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs an evaluation definition on a model.",
        discussion: """
            Every sample is committed as it finishes. Stopped anywhere, the same command with --resume goes on and ends with \
            the rows of a run that was never stopped. Where no run of the evaluation and the model is unfinished, it starts; \
            an unfinished one with other settings stops the command, which names what differs: without --resume a new \
            run starts. Batch size and threads change no result.

              assay eval run evals/refusal.yaml --model smollm2-135m-instruct
              assay eval run evals/arithmetic.yaml --model smollm2-135m-instruct \\
                --samples 16 --limit 100 --db runs.sqlite
            """)

    @Argument(help: "An evaluation definition (docs/evaluations.md).", completion: .definition)
    var file: String
    @OptionGroup var model: ModelOptions
    @Option(help: "The database of runs; made where it does not exist.", completion: .database)
    var db = "runs.sqlite"
    @Option(help: "Completions per prompt, in place of the definition's.")
    var samples: Int?
    @Option(help: "Use the first N prompts.")
    var limit: Int?
    @Option(help: "Completions decoded together.")
    var batch = 32
    @Option(help: "Seed, in place of the definition's.")
    var seed: UInt64?
    @Option(help: "Temperature of sampling, in place of the definition's.")
    var temperature: Double?
    @Flag(help: "Go on with the latest unfinished run of the same plan.")
    var resume = false
    @Flag(help: "Print the plan and stop: no model is loaded.")
    var dryRun = false
    @Option(help: "Also write the report as an HTML page.", completion: .page)
    var html: String?
    @OptionGroup var execution: CodeExecutionOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard (1...4096).contains(batch) else { throw ValidationError("--batch is \(batch); allowed: 1 to 4096") }
        try SamplingBounds.check(samples: samples, temperature: temperature)
        guard limit ?? 1 >= 1 else { throw ValidationError("--limit is \(limit ?? 0); allowed: 1 or more") }
    }

    func run() async throws {
        let overrides = PlanOverrides(limit: limit, samples: samples, seed: seed, temperature: temperature)
        var plan = try PlanLoader.load(file, overrides: overrides)
        if dryRun {
            return output.json ? try StandardOutput.json(plan) : StandardOutput.line(plan.description)
        }
        // A page that cannot be written is found out before the samples are drawn.
        try OutputPath.check(html)
        plan = try await PlanLoader.executable(plan, from: file, overrides: overrides, execution)
        let store = try RunStore(path: db)
        let local = try LocalModel(model.load(), batch: batch, date: plan.definition.date)
        plan.printWarnings()
        let record = try chosenRecord(plan, local, store, python: try await execution.version(for: plan))
        let summary = try record.status == .finished ? nil : execute(plan, record, local, store)
        try report(record.id, store)
        if let summary, !summary.isFinished {
            throw CommandFailure(
                code: 1,
                description: "stopped after \(summary.completedSamples) of \(summary.plannedSamples) samples; "
                    + "the same command with --resume goes on")
        }
    }

    /// The run to go on with, or a new one.
    private func chosenRecord(
        _ plan: EvaluationPlan, _ model: LocalModel, _ store: RunStore, python: String?
    ) throws -> RunRecord {
        let environment = RunEnvironment(
            assayVersion: BuildInformation.version, cpu: Machine.processor, threads: self.model.threadCount,
            batch: batch, python: python)
        let planned = plan.record(
            id: UUID().uuidString.lowercased(), model: model.identity, environment: environment,
            startedAt: Machine.now())
        guard resume else { return planned }
        if let run = try store.latestResumable(planDigest: planned.planDigest) { return run }
        let finished = try store.runs(
            RunFilter(status: .finished, evaluation: planned.definition.name, modelDigest: planned.model.digest))
        if let run = finished.first(where: { $0.planDigest == planned.planDigest }) {
            StandardError.write("assay: run \(run.id.prefix(8)) of this plan is finished; nothing to do\n")
            return run
        }
        do { return try store.resumable(planned) } catch StoreError.nothingToResume { return planned }
    }

    private func execute(
        _ plan: EvaluationPlan, _ record: RunRecord, _ model: LocalModel, _ store: RunStore
    ) throws -> RunSummary {
        Interruption.watch()
        let completed =
            try store.runs(RunFilter(evaluation: record.definition.name)).contains { $0.id == record.id }
            ? store.completed(record.id) : []
        let runner = EvaluationRunner(plan: plan, shouldStop: { Interruption.isRequested }, now: Machine.now)
        var recorder = RecorderGroup([
            StoreRecorder(store: store), ProgressRecorder(label: record.definition.name),
        ])
        return try runner.run(record, on: model, completed: completed, recorder: &recorder)
    }

    private func report(_ id: String, _ store: RunStore) throws {
        let report = try StoredReports.evaluation(id, store, command: Machine.command, includesTexts: false)
        if let html { try TextFile.write(report.html(), to: html) }
        if output.json {
            StandardOutput.line(report.json())
        } else {
            StandardOutput.write(report.text(width: StandardOutput.width))
            if let html { StandardOutput.line("\nreport: \(html)") }
        }
    }
}
