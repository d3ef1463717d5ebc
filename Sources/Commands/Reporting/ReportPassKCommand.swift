internal import ArgumentParser
internal import Reports
internal import Resampling
internal import Store

struct ReportPassKCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passk",
        abstract: "pass@k from stored runs, with intervals.",
        discussion: """
            Runs of the same model digest, sampling settings and scorer are pooled; others are groups of their own. The \
            interval is a bootstrap over tasks. A k larger than a task's number of samples is refused.

              assay report passk --db runs.sqlite --k 1,2,4,8 --html passk.html
              assay report passk --run 3f2a --scorer numeric --json
            """)

    @Option(help: "The database of runs.", completion: .database)
    var db = "runs.sqlite"
    @Option(
        name: .customLong("run"),
        help: """
            A run's id or the beginning of it; may be given several times. All runs where not given, but for those of \
            resample run.
            """)
    var runs: [String] = []
    @Option(
        help: "Values of k, separated by commas; powers of two up to the smallest number of samples where not given.")
    var k: String?
    @Option(help: "Whose grades count; needed where runs have several scorers.", completion: .scorer)
    var scorer: String?
    @Flag(help: "Count samples that could not be scored as wrong, instead of leaving them out.")
    var unscoredAsWrong = false
    @Flag(help: "Add pass^k, the probability that all of k samples are right.")
    var passHatK = false
    @Option(help: "Write an HTML page.", completion: .page)
    var html: String?
    @Option(help: "Write a CSV file.", completion: .table)
    var csv: String?
    @OptionGroup var output: OutputOptions

    mutating func validate() throws { _ = try k.map { try NumberList.counts($0, option: "--k") } }

    func run() throws {
        try OutputPath.check(html, csv)
        let store = try RunStore(existing: db)
        let request = StoredReports.PassKRequest(
            runs: runs, scorer: scorer, k: try k.map { try NumberList.counts($0, option: "--k") },
            unscored: unscoredAsWrong ? .countedAsWrong : .excluded, includesPassHatK: passHatK)
        let report = try StoredReports.passK(request, store, command: Machine.command)
        if let html { try TextFile.write(report.html(), to: html) }
        if let csv { try TextFile.write(report.csv(), to: csv) }
        if output.json { return StandardOutput.line(report.json()) }
        StandardOutput.write(report.text(width: StandardOutput.width))
    }
}
