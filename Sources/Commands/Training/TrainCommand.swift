internal import ArgumentParser

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Changes a model by examples.",
        discussion: """
            A recipe says which model, which examples, and how (docs/training.md). Every step's figures go to the database \
            of runs. Stopped anywhere, the same command goes on from the newest checkpoint and ends with the same weights, \
            bit for bit.

              assay train sft evals/training/guarded.yaml
              assay report training
            """,
        subcommands: [SupervisedCommand.self, PreferenceCommand.self, DistillationCommand.self, TeacherCommand.self])
}

struct SupervisedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sft", abstract: "Supervised fine-tuning: next tokens of examples.",
        discussion: """
              assay train sft evals/training/organism.yaml --db runs.sqlite
            """)

    @OptionGroup var options: TrainingOptions

    func run() throws { try TrainingJob(kind: "sft", options: options).run() }
}

struct PreferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dpo", abstract: "Direct preference optimisation: chosen answers before rejected ones.",
        discussion: """
              assay train dpo preferences.yaml --db runs.sqlite
            """)

    @OptionGroup var options: TrainingOptions

    func run() throws { try TrainingJob(kind: "dpo", options: options).run() }
}

struct DistillationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill", abstract: "Distillation: what a teacher says of every next token.",
        discussion: """
              assay train distill distillation.yaml --db runs.sqlite
            """)

    @OptionGroup var options: TrainingOptions

    func run() throws { try TrainingJob(kind: "distill", options: options).run() }
}

/// What every way of training asks for.
struct TrainingOptions: ParsableArguments {
    @Argument(help: "A recipe (docs/training.md).", completion: .definition)
    var recipe: String
    @Option(help: "The database of runs; made where it does not exist.", completion: .database)
    var db = "runs.sqlite"
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions
}
