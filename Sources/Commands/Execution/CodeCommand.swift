internal import ArgumentParser

struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "Executes programs that models wrote, in a sandbox.",
        subcommands: [CodeCheckCommand.self, CodeRunCommand.self])
}
