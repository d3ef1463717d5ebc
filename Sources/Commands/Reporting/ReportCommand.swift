internal import ArgumentParser

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Makes tables, plots and pages from stored runs.",
        subcommands: [
            ReportPassKCommand.self, ReportResamplingCommand.self, ReportRunCommand.self, ReportTrainingCommand.self,
        ])
}
