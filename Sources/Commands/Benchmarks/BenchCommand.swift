internal import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures speed on this machine.",
        subcommands: [
            BenchInferenceCommand.self, BenchTrainingCommand.self, BenchGuardCommand.self, BenchSteeringCommand.self,
            BenchTokenizationCommand.self,
        ])
}
