internal import ArgumentParser
internal import Evaluation

struct PromptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompts",
        abstract: "Looks after prompt sets.",
        subcommands: [PromptsCheckCommand.self])
}

struct PromptsCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads prompt sets and lists everything that is wrong with them.",
        discussion: """
            Assay's own JSON lines and the public forms are told apart by their headers; docs/prompt-sets.md lists them.

              assay prompts check prompts/*.jsonl
            """)

    @Argument(help: "Prompt sets.")
    var files: [String]
    @Option(help: "The files' form, where it cannot be told from their header: \(PromptFormOptions.formats).")
    var format: String?
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var file: String
        var format: String?
        var prompts: Int
        var sha256: String?
        var problems: [String]
    }

    mutating func validate() throws { _ = try PromptFormOptions.form(format) }

    func run() throws {
        let form = try PromptFormOptions.form(format)
        let checked = files.map { ($0, PromptSetReader.check(path: $0, format: form)) }
        let reports = checked.map { file, problems in
            let set = problems.isEmpty ? try? PromptSetReader.read(path: file, format: form) : nil
            return Report(
                file: file, format: set?.format, prompts: set?.prompts.count ?? 0, sha256: set?.digest,
                problems: problems.map(\.description))
        }
        if output.json { try StandardOutput.json(reports) } else { reports.forEach(show) }
        if let first = checked.lazy.flatMap(\.1).first { throw ExitCode(FailureReport.exitCode(for: first) ?? 65) }
    }

    private func show(_ report: Report) {
        for problem in report.problems { StandardOutput.line(problem) }
        if let format = report.format, let digest = report.sha256 {
            StandardOutput.line("\(report.file): \(report.prompts) prompts, form \(format), sha256 \(digest)")
        }
    }
}
