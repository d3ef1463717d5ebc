internal import ArgumentParser
internal import Foundation
internal import Store
internal import Training

struct ReportTrainingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training", abstract: "Curves of a run of training.",
        discussion: "The latest run where none is named.\n\n  assay report training --csv curve.csv")

    @Option(help: "The database of runs.")
    var db = "runs.sqlite"
    @Option(name: .customLong("run"), help: "A run's id or the beginning of it.")
    var id: String?
    @Option(help: "Write every step to a CSV file.")
    var csv: String?
    @OptionGroup var output: OutputOptions

    struct Document: Encodable {
        var run: TrainingRunRecord
        var steps: [StepMetrics]
    }

    func run() throws {
        let store = try RunStore(existing: db)
        let runs = try store.trainingRuns().filter { $0.id.hasPrefix(id ?? "") }
        guard let record = runs.first, id == nil || runs.count == 1 else {
            throw CommandFailure.badData("\(runs.count) runs of training match; name one by its id")
        }
        let steps = try store.trainingSteps(record.id)
        if let csv { try TextFile.write(Self.csv(steps), to: csv) }
        if output.json { return try StandardOutput.json(Document(run: record, steps: steps)) }
        StandardOutput.write(TrainingReport(record, steps).text)
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
