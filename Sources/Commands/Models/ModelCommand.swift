internal import ArgumentParser

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Gets models and shows what is in them.",
        subcommands: [
            ModelPullCommand.self, ModelInspectCommand.self, ModelConvertCommand.self, ModelCombineCommand.self,
        ])
}
