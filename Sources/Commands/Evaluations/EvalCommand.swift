internal import ArgumentParser

struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Runs evaluations and keeps every sample.",
        subcommands: [EvalRunCommand.self])
}
