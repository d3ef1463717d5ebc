internal import ArgumentParser

struct GuardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Tells harmful prompts from harmless ones by a model's hidden states (LatentGuard).",
        subcommands: [
            GuardFitCommand.self, GuardScoreCommand.self, GuardEvaluateCommand.self, GuardServeCommand.self,
        ])
}
