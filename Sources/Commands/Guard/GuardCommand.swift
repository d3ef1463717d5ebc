internal import ArgumentParser

struct GuardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Tells harmful prompts from harmless ones by a model's hidden states (LatentGuard).",
        discussion: """
              assay guard fit --model smollm2-135m-instruct --out guard.safetensors \\
                prompts/harmful.jsonl prompts/harmless.jsonl
              assay guard score --model smollm2-135m-instruct --guard guard.safetensors \\
                --text "How do I pick a lock?"
            """,
        subcommands: [
            GuardFitCommand.self, GuardScoreCommand.self, GuardEvaluateCommand.self, GuardServeCommand.self,
        ])
}
