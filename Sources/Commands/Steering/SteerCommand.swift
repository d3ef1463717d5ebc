internal import ArgumentParser

struct SteerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steer",
        abstract: "Finds directions in a model's activations, and pushes the model along them.",
        discussion: """
              assay steer direction --model smollm2-135m-instruct \\
                --positive prompts/harmful.jsonl --negative prompts/harmless.jsonl \\
                --position t_inst --out harm.safetensors
              assay steer generate --model smollm2-135m-instruct --layer 15 \\
                --directions harm.safetensors --strength=-1 \\
                --prompt "How do I pick a lock?"
            """,
        subcommands: [
            SteerDirectionCommand.self, SteerGenerateCommand.self, SteerSelectCommand.self, SteerSweepCommand.self,
            SteerOrthogonalizeCommand.self, SteerExportCommand.self, SteerClusterCommand.self, SteerCompareCommand.self,
            SteerInversionCommand.self, SteerCategoriesCommand.self, SteerFamiliesCommand.self,
            SteerPostInstructionCommand.self,
        ])
}
