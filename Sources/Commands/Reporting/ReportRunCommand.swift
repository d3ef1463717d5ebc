internal import ArgumentParser
internal import Reports
internal import Store

struct ReportRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The metrics and samples of one run.",
        discussion: """
            Completions are left out unless --texts is given: they may be harmful or private.

              assay report run 3f2a --db runs.sqlite --html run.html --texts
            """)

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String
    @Option(help: "The database of runs.", completion: .database)
    var db = "runs.sqlite"
    @Flag(help: "Show what the model wrote.")
    var texts = false
    @Option(help: "Write an HTML page.", completion: .page)
    var html: String?
    @Option(help: "Write the metrics as a CSV file.", completion: .table)
    var csv: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try OutputPath.check(html, csv)
        let store = try RunStore(existing: db)
        let report = try StoredReports.evaluation(id, store, command: Machine.command, includesTexts: texts)
        if let html { try TextFile.write(report.html(), to: html) }
        if let csv { try TextFile.write(report.csv(), to: csv) }
        if output.json { return StandardOutput.line(report.json()) }
        StandardOutput.write(report.text(width: StandardOutput.width))
    }
}
