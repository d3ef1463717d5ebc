internal import ArgumentParser
internal import Foundation
internal import Reports
internal import Store
internal import TextFormats
internal import Training

struct ReportTrainingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training", abstract: "Curves of a run of training.",
        discussion: """
            The latest run where none is named.

              assay report training --html training.html --csv curve.csv
            """)

    @Option(help: "The database of runs.", completion: .database)
    var db = "runs.sqlite"
    @Option(name: .customLong("run"), help: "A run's id or the beginning of it.")
    var id: String?
    @Option(help: "Write every step to a CSV file, with what held-out examples said after it.", completion: .table)
    var csv: String?
    @Option(help: "Write an HTML page.", completion: .page)
    var html: String?
    @OptionGroup var output: OutputOptions

    struct Document: Encodable {
        var run: TrainingRunRecord
        var steps: [StepMetrics]
        var evaluations: [HeldOutMetrics]
    }

    func run() throws {
        try OutputPath.check(csv, html)
        let store = try RunStore(existing: db)
        let all = try store.trainingRuns()
        let runs = all.filter { $0.id.hasPrefix(id ?? "") }
        guard let record = runs.first, id == nil || runs.count == 1 else {
            guard !all.isEmpty else { throw CommandFailure.badData("no run of training is in \(db)") }
            let known = all.prefix(20).map {
                visible("\($0.id)  \($0.kind)  \($0.status.rawValue)  \($0.startedAt)")
            }
            throw CommandFailure.badData(
                "\(runs.count) runs of training match; name one:\n" + known.joined(separator: "\n"))
        }
        let steps = try store.trainingSteps(record.id)
        let evaluations = try store.trainingEvaluations(record.id)
        if let csv { try TextFile.write(TrainingTable(steps, evaluations).csv, to: csv) }
        if let html { try TextFile.write(Self.page(record, steps, evaluations).html(), to: html) }
        if output.json {
            return try StandardOutput.json(Document(run: record, steps: steps, evaluations: evaluations))
        }
        StandardOutput.write(TrainingReport(record, steps, evaluations).text)
    }

    private static func page(
        _ record: TrainingRunRecord, _ steps: [StepMetrics], _ evaluations: [HeldOutMetrics]
    ) -> TrainingPage {
        let model = record.model.split(separator: "/").last.map(String.init) ?? record.model
        return TrainingPage(
            title: "\(record.kind) of \(model)",
            facts: [
                ReportFact("run", record.id, isCode: true), ReportFact("status", record.status.rawValue),
            ] + (record.reason.map { [ReportFact("reason", $0)] } ?? []) + [
                ReportFact("model", record.model), ReportFact("begun", record.startedAt),
                ReportFact("identity of settings, data and model", record.identity, isCode: true),
                ReportFact("environment", record.environment),
            ],
            recipe: record.recipe,
            steps: steps.map {
                TrainingPage.Step(
                    step: $0.step, loss: $0.loss, gradientNorm: $0.gradientNorm, learningRate: $0.learningRate,
                    tokens: $0.tokens, seconds: $0.seconds, accuracy: $0.accuracy, margin: $0.margin)
            },
            evaluations: evaluations.map {
                TrainingPage.Evaluation(step: $0.step, loss: $0.loss, accuracy: $0.accuracy, margin: $0.margin)
            },
            command: Machine.command)
    }
}
