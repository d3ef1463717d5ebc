internal import ArgumentParser
internal import Reports
internal import Resampling
internal import Store

struct ReportResamplingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resampling",
        abstract: "Sampling until a weak verifier accepts: accuracy, ceilings, price, and the paper's claims.",
        discussion: """
            Runs of the same model digest, sampling settings and verifiers are one generator; others stay apart. Every \
            claim of "Inference Scaling fLaws" is marked as seen, not seen, or undecided at this size.

              assay report resampling --db runs.sqlite --html resampling.html
              assay report resampling --weak python-weak --strong python-strong \\
                --cost 0,1,4 --json
            """)

    @OptionGroup var pair: VerifierPairOptions
    @OptionGroup var choice: RunChoiceOptions
    @OptionGroup var price: PriceOptions
    @Option(
        help: "A scorer that says whether a sample keeps to a style; may be given several times.", completion: .scorer)
    var style: [String] = []
    @Option(help: "Write an HTML page.", completion: .page)
    var html: String?
    @Option(help: "Write the curves as a CSV file.", completion: .table)
    var csv: String?
    @Option(help: "Write the counts of every task as a CSV file.", completion: .table)
    var tasksCSV: String?
    @OptionGroup var output: OutputOptions

    func run() throws {
        try OutputPath.check(html, csv, tasksCSV)
        let store = try RunStore(existing: pair.db)
        let report = try StoredResampling.report(
            pair.request(runs: choice.ids, styles: style), price.options(), store, command: Machine.command)
        if let html { try TextFile.write(report.html(), to: html) }
        if let csv { try TextFile.write(report.csv(), to: csv) }
        if let tasksCSV { try TextFile.write(report.tasksCSV(), to: tasksCSV) }
        if output.json { return StandardOutput.line(report.json()) }
        StandardOutput.write(report.text(width: StandardOutput.width))
    }
}
