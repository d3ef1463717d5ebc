internal import ArgumentParser
internal import Evaluation
internal import Reports
internal import Store
internal import TextFormats

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Lists, shows, moves and removes stored runs.",
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsExportCommand.self, RunsImportCommand.self,
            RunsMergeCommand.self, RunsRemoveCommand.self,
        ])
}

/// Which database.
struct StoreOptions: ParsableArguments {
    @Option(help: "The database of runs.")
    var db = "runs.sqlite"

    func open() throws -> RunStore { try RunStore(existing: db) }
}

struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "One line for each run, latest first.",
        discussion: "  assay runs list --db runs.sqlite --evaluation refusal")

    @OptionGroup var store: StoreOptions
    @Option(help: "Runs of this evaluation.")
    var evaluation: String?
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var id: String
        var evaluation: String
        var version: Int
        var model: String
        var model_digest: String
        var status: RunStatus
        var samples: Int
        var planned: Int
        var started: String
        var finished: String?
    }

    func run() throws {
        let store = try store.open()
        let rows = try store.runs(RunFilter(evaluation: evaluation)).map { run in
            Row(
                id: run.id, evaluation: run.definition.name, version: run.definition.version, model: run.model.name,
                model_digest: run.model.digest, status: run.status, samples: try store.sampleCount(run.id),
                planned: run.plannedSamples, started: run.startedAt, finished: run.finishedAt)
        }
        if output.json { return try StandardOutput.json(rows) }
        for row in rows {
            let fields = [
                String(row.id.prefix(8)), row.status.rawValue, "\(row.samples)/\(row.planned)",
                "\(row.evaluation) v\(row.version)", row.model, row.started,
            ]
            StandardOutput.line(visible(fields.joined(separator: "  ")))
        }
        if rows.isEmpty { StandardOutput.line("no runs in \(store.path)") }
    }
}

struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Everything that is stored of a run.",
        discussion: """
            --json prints the run with its metrics, and with --samples every sample with its token ids.

              assay runs show 3f2a --samples --json
            """)

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String
    @OptionGroup var store: StoreOptions
    @Flag(help: "Include the samples.")
    var samples = false
    @OptionGroup var output: OutputOptions

    struct Document: Encodable {
        var run: RunDocument
        var metrics: [MetricDocument]
        var samples: [SampleDocument]?
    }

    func run() throws {
        let store = try store.open()
        let record = try store.run(id)
        if output.json {
            return try StandardOutput.json(
                Document(
                    run: RunDocument(record), metrics: try store.metrics(record.id).map(MetricDocument.init),
                    samples: samples ? try store.samples(record.id).map(SampleDocument.init) : nil))
        }
        let report = try StoredReports.evaluation(record.id, store, command: nil, includesTexts: samples)
        StandardOutput.write(report.text(width: StandardOutput.width))
        guard samples else { return }
        try store.forEachSample(of: record.id) { sample in
            StandardOutput.foreignLine(
                "\n\(sample.promptSet)/\(sample.promptID) [\(sample.sampleIndex)] \(sample.finish)")
            StandardOutput.foreignLine(sample.error ?? sample.text)
        }
    }
}

struct RunsRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Removes runs with all their samples.",
        discussion: "  assay runs rm 3f2a91c0")

    @Argument(help: "Ids, or the beginnings of ids.")
    var runs: [String]
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var removed: [String]
    }

    func run() throws {
        let store = try store.open()
        let ids = try runs.map { try store.run($0).id }
        for id in ids {
            try store.delete(id)
            if !output.json { StandardOutput.line("removed \(id)") }
        }
        if output.json { try StandardOutput.json(Report(removed: ids)) }
    }
}
