internal import ArgumentParser
internal import LanguageModels
internal import Tensors
internal import Tokenization
internal import Training
internal import Transformers

struct TeacherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher", abstract: "Stores what a teacher says of a recipe's examples.",
        discussion: """
            Of every token to predict, the ids and log-probabilities of the most probable tokens, and what is left to all \
            others. A recipe that names the file as teacher_file distils from it without the teacher. Stopped anywhere, the \
            same command goes on where it was.

              assay train teacher distill.yaml --top 64 --out teacher.safetensors
            """)

    @Argument(help: "A recipe for distillation, with its teacher (docs/training.md).", completion: .definition)
    var recipe: String
    @Option(help: "Tokens that are named at each position; all of the vocabulary where it has fewer.")
    var top = 64
    @Option(help: "The safetensors file to write.", completion: .tensors)
    var out: String
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard top >= 1 else { throw ValidationError("--top is \(top); allowed: 1 and more") }
    }

    func run() throws {
        try OutputPath.check(out)
        let recipe = try TrainingRecipe(yaml: TextFile.read(recipe), kind: "distill")
        guard case .distillation(_, let temperature) = recipe.settings.method, recipe.teacher != nil else {
            throw Self.noTeacher
        }
        let backend = try recipe.mode.backend()
        let student = try student(recipe, backend)
        guard let teacher = try job.teacher(recipe, student.tokenizer, backend) else { throw Self.noTeacher }
        let facts = StoredTeacher.Facts(
            vocabularySize: student.vocabularySize, vocabulary: StoredTeacher.digest(ofVocabulary: student.tokenizer),
            top: min(top, student.vocabularySize), temperature: temperature, teacher: try teacher.digest())
        let writer = TeacherWriter(
            student.data.examples + student.data.heldOut, facts: facts, path: out, backend: backend,
            threads: threads.count)
        var line: ProgressLine?
        let tokens = recipe.settings.tokensPerPass
        let summary = try writer.write(teacher.transformer, tokensPerPass: tokens) { done, total in
            if line == nil { line = ProgressLine("teacher", total: total, unit: "sequences") }
            line?.update(done)
        }
        line?.finish()
        try show(summary)
    }

    private static let noTeacher = TrainingError.configuration(
        key: "teacher", found: "missing", allowed: "the model to store, in place of teacher_file")

    /// What the student has to do with what is stored. Its weights are given back.
    private struct Student {
        var tokenizer: any Tokenizer
        var vocabularySize: Int
        var data: TrainingData
    }

    private func student(_ recipe: TrainingRecipe, _ backend: MatrixBackend) throws -> Student {
        let language = try LanguageModel(job.location(ofModel: recipe.model), backend: backend, threads: threads.count)
        return Student(
            tokenizer: language.tokenizer, vocabularySize: language.transformer.configuration.vocabularySize,
            data: try job.examples(recipe, language))
    }

    /// The training that the file is for.
    private var job: TrainingJob {
        var options = TrainingOptions()
        options.recipe = recipe
        options.threads = threads
        options.output = output
        return TrainingJob(kind: "distill", options: options)
    }

    private func show(_ summary: TeacherWriter.Summary) throws {
        if output.json { return try StandardOutput.json(summary) }
        StandardOutput.line(
            "\(summary.path): \(summary.targets) targets of \(summary.examples) examples, \(summary.top) tokens of each"
        )
        StandardOutput.line("left to all other tokens \(summary.tail) of the probability, in the mean")
    }
}
