internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import Store

struct RunsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes runs as JSON lines.",
        discussion: """
            Nothing is lost on the way round: assay runs import gives the same rows, bit for bit.

              assay runs export --out runs.jsonl
              assay runs export 3f2a | gzip > run.jsonl.gz
            """)

    @Argument(help: "Ids, or the beginnings of ids; all runs where none is given.")
    var runs: [String] = []
    @Option(help: "The file to write; standard output where not given.")
    var out: String?
    @OptionGroup var store: StoreOptions
    @Flag(help: "With --out: print one JSON document about the file.")
    var json = false

    struct Report: Encodable {
        var file: String
        var lines = 0
        var bytes = 0
    }

    mutating func validate() throws {
        guard out != nil || !json else {
            throw ValidationError("--json tells of the file that --out names; without --out the lines are the output")
        }
    }

    func run() throws {
        let store = try store.open()
        let ids = runs.isEmpty ? nil : try runs.map { try store.run($0).id }
        guard let out else {
            return try store.export(ids) { try StandardOutput.send($0) }
        }
        let report = try write(ids, of: store, to: out)
        if json { try StandardOutput.json(report) }
    }

    private func write(_ ids: [String]?, of store: RunStore, to out: String) throws -> Report {
        var report = Report(file: out)
        let temporary = out + ".part"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw CommandFailure.cannotWrite(out, "the folder does not exist or may not be written to") }
        do {
            try store.export(ids) { line in
                try handle.write(contentsOf: line)
                report.lines += 1
                report.bytes += line.count
            }
            try handle.synchronize()
            try handle.close()
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            if error is StoreError { throw error }
            throw CommandFailure.cannotWrite(out, (error as NSError).localizedDescription)
        }
        guard unsafe rename(temporary, out) == 0 else {
            throw CommandFailure.cannotWrite(out, unsafe String(cString: strerror(errno)))
        }
        return report
    }
}

struct RunsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Reads runs from JSON lines.",
        discussion: """
            Rows that are there already must be the same; anything else is refused, and the database stays as it was; \
            one that was not there is not made. A file that gzip has packed is unpacked.

              assay runs import runs.jsonl --db all.sqlite
              assay runs import run.jsonl.gz --db all.sqlite
            """)

    @Argument(help: "A file written by assay runs export, gzipped or not; - reads standard input.")
    var file: String
    @Option(help: "The database; made where it does not exist.")
    var db = "runs.sqlite"
    @OptionGroup var output: OutputOptions

    func run() throws {
        let result = try RunStore.filling(path: db) { store in
            file == "-"
                ? try store.importRuns(from: .standardInput, named: "standard input")
                : try store.importRuns(fromFile: file)
        }
        if output.json { try StandardOutput.json(IntakeReport(result)) } else { StandardOutput.line(result.sentence) }
    }
}

struct RunsMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Copies the runs of other databases into one.",
        discussion: "  assay runs merge a.sqlite b.sqlite --db all.sqlite")

    @Argument(help: "Databases to read.")
    var sources: [String]
    @Option(help: "The database to write; made where it does not exist.")
    var db = "runs.sqlite"
    @OptionGroup var output: OutputOptions

    func run() throws {
        // A source that cannot be read leaves no database behind.
        let opened = try sources.map { try RunStore(existing: $0) }
        let store = try RunStore(path: db)
        var reports: [IntakeReport] = []
        for (name, source) in zip(sources, opened) {
            let result = try store.merge(from: source)
            reports.append(IntakeReport(result, from: name))
            if !output.json { StandardOutput.line("\(name): \(result.sentence)") }
        }
        if output.json { try StandardOutput.json(reports) }
    }
}

/// What came in, and what was there, for programs.
struct IntakeReport: Encodable {
    var source: String?
    var runs_added: Int
    var runs_known: Int
    var samples_added: Int
    var samples_known: Int
    var training_runs_added: Int
    var training_runs_known: Int

    init(_ result: IntakeResult, from source: String? = nil) {
        self.source = source
        (runs_added, runs_known) = (result.runsAdded, result.runsKnown)
        (samples_added, samples_known) = (result.samplesAdded, result.samplesKnown)
        (training_runs_added, training_runs_known) = (result.trainingRunsAdded, result.trainingRunsKnown)
    }
}

extension IntakeResult {
    /// What came in, and what was there.
    fileprivate var sentence: String {
        var parts = [
            "\(runsAdded) runs and \(samplesAdded) samples added, \(runsKnown) runs and \(samplesKnown) samples were there"
        ]
        if trainingRunsAdded + trainingRunsKnown > 0 {
            parts.append("\(trainingRunsAdded) runs of training added, \(trainingRunsKnown) were there")
        }
        return parts.joined(separator: "; ")
    }
}
