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
    @Option(help: "Write every step to a CSV file.", completion: .table)
    var csv: String?
    @Option(help: "Write an HTML page.", completion: .page)
    var html: String?
    @OptionGroup var output: OutputOptions

    struct Document: Encodable {
        var run: TrainingRunRecord
        var steps: [StepMetrics]
    }

    func run() throws {
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
        if let csv { try TextFile.write(Self.csv(steps), to: csv) }
        if let html { try TextFile.write(Self.page(record, steps).html(), to: html) }
        if output.json { return try StandardOutput.json(Document(run: record, steps: steps)) }
        StandardOutput.write(TrainingReport(record, steps).text)
    }

    private static func page(_ record: TrainingRunRecord, _ steps: [StepMetrics]) -> TrainingPage {
        let model = record.model.split(separator: "/").last.map(String.init) ?? record.model
        return TrainingPage(
            title: "\(record.kind) of \(model)",
            facts: [
                ReportFact("run", record.id, isCode: true), ReportFact("status", record.status.rawValue),
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
            command: Machine.command)
    }

    private static func csv(_ steps: [StepMetrics]) -> String {
        let rows = steps.map { step in
            [
                "\(step.step)", "\(step.loss)", "\(step.gradientNorm)", "\(step.learningRate)", "\(step.tokens)",
                "\(step.targets)", "\(step.seconds)", step.accuracy.map { "\($0)" } ?? "",
                step.margin.map { "\($0)" } ?? "",
            ].joined(separator: ",")
        }
        let header = "step,loss,gradient_norm,learning_rate,tokens,targets,seconds,accuracy,margin"
        return ([header] + rows).joined(separator: "\n") + "\n"
    }
}
