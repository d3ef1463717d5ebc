internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Store
internal import Tensors
internal import Tokenization
internal import Training
internal import Transformers

/// A recipe being carried out.
struct TrainingJob {
    let kind: String
    let options: TrainingOptions

    /// What the command prints.
    struct Result: Encodable {
        /// Nil where no step was left and the database has none of the training.
        var run: String?
        var steps: Int
        var loss: Double?
        var heldOutLoss: Double?
        /// Of preferences.
        var heldOutAccuracy: Double?
        var heldOutMargin: Double?
        var written: [String] = []
    }

    func run() throws {
        var recipe = try recipe()
        let backend = try recipe.mode.backend()
        let language = try LanguageModel(
            location(ofModel: recipe.model), backend: backend, threads: threads,
            adapters: recipe.baseAdapters.map { AdapterChoice(path($0)) }, isEditable: recipe.needsEditableWeights)
        try recipe.settings.adapter?.chooseProjections(for: language.transformer.configuration)
        try warnOfOtherModels(recipe, language)
        let data = try examples(recipe, language)
        let settings = recipe.settings(examples: data.examples.count)
        let model = try trainable(recipe, settings, language, backend)
        let writer = TrainedModelWriter(recipe: recipe, model: model, language: language, backend: backend)
        try writer.check(folder: path(recipe.output))
        let teacher = try teacher(recipe, language.tokenizer, backend)
        let storedTeacher = try storedTeacher(recipe, language.tokenizer)
        let contents = try contents(recipe, language, teacher)
        let identity = RunIdentity(kind: kind, recipe: recipe, contents: contents, backend: backend)
        let folder = path(recipe.output) + "/checkpoints"
        let result = try FolderLock.holding(folder) {
            let store = try RunStore(path: options.db)
            let trainer = try Trainer(
                model, data: data, settings: settings, teacher: teacher?.transformer,
                storedTeacher: storedTeacher,
                checkpoints: try CheckpointFolder(
                    path: folder, identity: identity.training(store.trainingRuns()), kept: settings.checkpointsKept),
                backend: backend, threads: threads)
            return try carryOut(trainer, writer, store, identity, steps: settings.schedule.steps)
        }
        try show(result)
    }

    /// Trains, and writes the results. What ends it early is written into the run's record.
    private func carryOut(
        _ trainer: Trainer, _ writer: TrainedModelWriter, _ store: RunStore, _ identity: RunIdentity, steps: Int
    ) throws -> Result {
        var result = Result(run: nil, steps: steps)
        do {
            try train(trainer, store, identity, &result)
            result.written = try writer.write(toFolder: path(identity.recipe.output))
            if let id = result.run { try store.finishTraining(id) }
        } catch {
            // The database may be what has failed.
            if let id = result.run { try? store.failTraining(id, reason: FailureReport.sentence(for: error)) }
            throw error
        }
        return result
    }

    var threads: Int { options.threads.count }

    /// The recipe, its adapter's settings those of the adapter that it begins with, if any.
    private func recipe() throws -> TrainingRecipe {
        var recipe = try TrainingRecipe(yaml: TextFile.read(options.recipe), kind: kind)
        guard let start = recipe.startingAdapter, let own = recipe.settings.adapter else { return recipe }
        recipe.settings.adapter = try PEFTAdapter.settings(ofFolder: path(start))
        recipe.settings.adapter?.dropout = own.dropout
        return recipe
    }

    private func train(
        _ trainer: Trainer, _ store: RunStore, _ identity: RunIdentity, _ result: inout Result
    ) throws {
        var line: ProgressLine?
        try trainer.run { event in
            switch event {
            case .referenced(let pairs, let total):
                if line == nil { line = ProgressLine("reference", total: total, unit: "pairs") }
                line?.update(pairs)
            case .began(let start):
                line?.finish()
                result.run = try runID(identity, start, store)
                line = ProgressLine(kind, total: start.steps, unit: "steps", done: start.done)
                StandardError.write(
                    "\(start.examples) examples, \(start.heldOut) held out; \(start.trainedParameters) of "
                        + "\(start.allParameters) weights trained; from step \(start.done)\n")
            case .step(let metrics):
                if let id = result.run { try store.record(metrics, run: id) }
                result.loss = metrics.loss
                let rate = Double(metrics.tokens) / max(metrics.seconds, 1e-9)
                line?.update(metrics.step, note: String(format: "loss %.4f  %.0f tok/s", metrics.loss, rate))
            case .evaluated(let metrics):
                if let id = result.run { try store.record(metrics, run: id) }
                result.heldOutLoss = metrics.loss
                result.heldOutAccuracy = metrics.accuracy
                result.heldOutMargin = metrics.margin
                StandardError.write("step \(metrics.step): held-out \(Self.text(metrics))\n")
            case .warning(let sentence): StandardError.write("assay: warning: \(sentence)\n")
            case .checkpoint: break
            }
        }
        line?.finish()
    }

    private static func text(_ metrics: HeldOutMetrics) -> String {
        let loss = String(format: "loss %.4f", metrics.loss)
        guard let accuracy = metrics.accuracy, let margin = metrics.margin else { return loss }
        return loss + String(format: ", accuracy %.3f, margin %.4f", accuracy, margin)
    }

    /// The id under which steps are recorded; where none is left, that of the run that took them.
    private func runID(_ identity: RunIdentity, _ start: TrainingStart, _ store: RunStore) throws -> String? {
        guard start.done < start.steps else { return try store.trainingRuns().first(where: identity.isSame)?.id }
        return try store.begin(record(identity)) { try identity.isSame($0) && identity.hasSameBackend($0) }
    }

    func examples(_ recipe: TrainingRecipe, _ language: LanguageModel) throws -> TrainingData {
        let encoder = ExampleEncoder(
            tokenizer: language.tokenizer, template: try language.templateSource.map { try ChatTemplate(source: $0) },
            maxLength: min(recipe.maxLength, language.transformer.configuration.contextLength),
            date: recipe.date.flatMap { CivilTime(date: $0) })
        return try TrainingData(
            path: path(recipe.data), shape: kind == "dpo" ? .preference : .supervised, encoder: encoder,
            heldOutShare: recipe.heldOutShare, seed: recipe.settings.seed)
    }

    private func trainable(
        _ recipe: TrainingRecipe, _ settings: TrainingSettings, _ language: LanguageModel, _ backend: MatrixBackend
    ) throws -> TrainableModel {
        guard let adapter = settings.adapter else {
            let model = try TrainableModel(language.transformer, ownsEmbedding: true)
            try model.train(named: recipe.trained ?? ["*"])
            return model
        }
        let model = try TrainableModel(language.transformer, ownsEmbedding: false)
        if let start = recipe.startingAdapter {
            try PEFTAdapter.read(path(start), into: model, backend: backend)
        } else {
            try model.addAdapters(adapter, backend: backend, seed: settings.seed)
        }
        model.trainAdaptersOnly()
        try model.packFrozenWeights(backend: backend)
        return model
    }

    /// An adapter fits every model of the same shapes, and means something for the one that it was trained on.
    private func warnOfOtherModels(_ recipe: TrainingRecipe, _ language: LanguageModel) throws {
        StandardError.warn(ofAdaptersOn: language)
        guard let start = recipe.startingAdapter.map(path),
            try PEFTAdapter.isMadeForAnother(start, than: language.transformer)
        else { return }
        StandardError.warn(ofAdapters: [start])
    }

    func teacher(
        _ recipe: TrainingRecipe, _ student: any Tokenizer, _ backend: MatrixBackend
    ) throws -> LanguageModel? {
        guard let name = recipe.teacher else { return nil }
        let teacher = try LanguageModel(location(ofModel: name), backend: backend, threads: threads)
        let size = student.vocabularySize
        guard teacher.tokenizer.vocabularySize == size else {
            throw TrainingError.vocabularySizes(student: size, teacher: teacher.tokenizer.vocabularySize)
        }
        for id in 0..<Int32(size) where teacher.tokenizer.piece(of: id) != student.piece(of: id) {
            throw TrainingError.vocabularyToken(id: id)
        }
        return teacher
    }

    private func storedTeacher(_ recipe: TrainingRecipe, _ student: any Tokenizer) throws -> StoredTeacher? {
        guard let name = recipe.teacherFile else { return nil }
        let teacher = try StoredTeacher(path: path(name))
        try teacher.check(student)
        return teacher
    }

    private func contents(
        _ recipe: TrainingRecipe, _ language: LanguageModel, _ teacher: LanguageModel?
    ) throws -> RunIdentity.Contents {
        RunIdentity.Contents(
            data: try FileDigest.sha256(ofFileAt: path(recipe.data)), model: try language.digest(),
            teacher: try teacher?.digest() ?? recipe.teacherFile.map { try FileDigest.sha256(ofFileAt: path($0)) },
            start: try recipe.startingAdapter.map {
                try FileDigest.sha256(ofFileAt: "\(path($0))/\(LoRAAdapter.weightsFile)")
            })
    }

    private func record(_ identity: RunIdentity) throws -> TrainingRunRecord {
        TrainingRunRecord(
            id: UUID().uuidString.lowercased(), kind: kind, model: identity.recipe.model,
            identity: try identity.digest(), recipe: try JSONText.encode(identity.recipe),
            environment: "\(identity.backend.description), \(Machine.processor), \(threads) threads",
            status: .started, startedAt: Machine.now())
    }

    private func show(_ result: Result) throws {
        if options.output.json { return try StandardOutput.json(result) }
        let run = result.run ?? "none in \(options.db), and no step was left to take"
        StandardOutput.line("run      \(run)")
        if let loss = result.loss {
            StandardOutput.line(String(format: "loss     %.4f at step %d", loss, result.steps))
        }
        if let loss = result.heldOutLoss { StandardOutput.line(String(format: "held out %.4f", loss)) }
        if let accuracy = result.heldOutAccuracy, let margin = result.heldOutMargin {
            StandardOutput.line(String(format: "         accuracy %.3f, margin %.4f", accuracy, margin))
        }
        for path in result.written { StandardOutput.line("written  \(path)") }
    }

    /// A model's path is relative to the recipe, like all others; a name of the catalogue is none.
    func location(ofModel name: String) throws -> ModelLocation {
        let beside = path(name)
        return try ModelLocation(finding: FileManager.default.fileExists(atPath: beside) ? beside : name)
    }

    /// Paths in a recipe are relative to the recipe.
    private func path(_ name: String) -> String {
        guard !name.hasPrefix("/") else { return name }
        return URL(fileURLWithPath: options.recipe).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
