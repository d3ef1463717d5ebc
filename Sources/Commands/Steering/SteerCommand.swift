internal import ArgumentParser

struct SteerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steer",
        abstract: "Finds directions in a model's activations, and pushes the model along them.",
        subcommands: [
            SteerDirectionCommand.self, SteerGenerateCommand.self, SteerSelectCommand.self, SteerSweepCommand.self,
            SteerOrthogonalizeCommand.self, SteerExportCommand.self, SteerClusterCommand.self, SteerCompareCommand.self,
            SteerInversionCommand.self, SteerCategoriesCommand.self, SteerFamiliesCommand.self,
            SteerPostInstructionCommand.self,
        ])
}
