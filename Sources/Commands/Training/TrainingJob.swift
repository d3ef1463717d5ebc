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
        var written: [String]
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
        let teacher = try teacher(recipe, language, backend)
        let identity = try identity(recipe, language, teacher)
        let trainer = try Trainer(
            model, data: data, settings: settings, teacher: teacher?.transformer,
            checkpoints: try CheckpointFolder(
                path: path(recipe.output) + "/checkpoints", identity: identity, kept: settings.checkpointsKept),
            backend: backend, threads: threads)
        let store = try RunStore(path: options.db)
        var result = Result(run: nil, steps: settings.schedule.steps, loss: nil, heldOutLoss: nil, written: [])
        try train(trainer, store, record(recipe, identity, backend), &result)
        result.written = try writer.write(toFolder: path(recipe.output))
        if let id = result.run { try store.finishTraining(id) }
        try show(result)
    }

    private var threads: Int { options.threads.count }

    /// The recipe, its adapter's settings those of the adapter that it begins with, if any.
    private func recipe() throws -> TrainingRecipe {
        var recipe = try TrainingRecipe(yaml: TextFile.read(options.recipe), kind: kind)
        guard let start = recipe.startingAdapter, let own = recipe.settings.adapter else { return recipe }
        recipe.settings.adapter = try PEFTAdapter.settings(ofFolder: path(start))
        recipe.settings.adapter?.dropout = own.dropout
        return recipe
    }

    private func train(
        _ trainer: Trainer, _ store: RunStore, _ run: TrainingRunRecord, _ result: inout Result
    ) throws {
        var line: ProgressLine?
        try trainer.run { event in
            switch event {
            case .referenced(let pairs, let total):
                if line == nil { line = ProgressLine("reference", total: total, unit: "pairs") }
                line?.update(pairs)
            case .began(let start):
                line?.finish()
                result.run = try runID(run, start, store)
                line = ProgressLine(kind, total: start.steps, unit: "steps", done: start.done)
                StandardError.write(
                    "\(start.examples) examples, \(start.heldOut) held out; \(start.trainedParameters) of "
                        + "\(start.allParameters) weights trained; from step \(start.done)\n")
            case .step(let metrics):
                if let id = result.run { try store.record(metrics, run: id) }
                result.loss = metrics.loss
                let rate = Double(metrics.tokens) / max(metrics.seconds, 1e-9)
                line?.update(metrics.step, note: String(format: "loss %.4f  %.0f tok/s", metrics.loss, rate))
            case .evaluated(let step, let loss):
                result.heldOutLoss = loss
                StandardError.write(String(format: "step %d: held-out loss %.4f\n", step, loss))
            case .warning(let sentence): StandardError.write("assay: warning: \(sentence)\n")
            case .checkpoint: break
            }
        }
        line?.finish()
    }

    /// The id under which steps are recorded; where none is left, that of the run that took them.
    private func runID(_ run: TrainingRunRecord, _ start: TrainingStart, _ store: RunStore) throws -> String? {
        guard start.done < start.steps else { return try store.latestTraining(identity: run.identity)?.id }
        return try store.begin(run)
    }

    private func examples(_ recipe: TrainingRecipe, _ language: LanguageModel) throws -> TrainingData {
        let encoder = ExampleEncoder(
            tokenizer: language.tokenizer, template: try language.templateSource.map { try ChatTemplate(source: $0) },
            maxLength: min(recipe.maxLength, language.transformer.configuration.contextLength))
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
        StandardError.warn(ofAdapters: language.adaptersOfOthers)
        guard let start = recipe.startingAdapter.map(path),
            try PEFTAdapter.isMadeForAnother(start, than: language.transformer)
        else { return }
        StandardError.warn(ofAdapters: [start])
    }

    private func teacher(
        _ recipe: TrainingRecipe, _ student: LanguageModel, _ backend: MatrixBackend
    ) throws -> LanguageModel? {
        guard let name = recipe.teacher else { return nil }
        let teacher = try LanguageModel(location(ofModel: name), backend: backend, threads: threads)
        let size = student.tokenizer.vocabularySize
        guard teacher.tokenizer.vocabularySize == size else {
            throw TrainingError.vocabularySizes(student: size, teacher: teacher.tokenizer.vocabularySize)
        }
        for id in 0..<Int32(size) where teacher.tokenizer.piece(of: id) != student.tokenizer.piece(of: id) {
            throw TrainingError.vocabularyToken(id: id)
        }
        return teacher
    }

    private func identity(
        _ recipe: TrainingRecipe, _ language: LanguageModel, _ teacher: LanguageModel?
    ) throws -> String {
        let start = try recipe.startingAdapter.map {
            try Digest.sha256(ofFile: path($0) + "/adapter_model.safetensors")
        }
        let parts = [
            kind, try JSONText.encode(recipe.settings), recipe.trained?.joined(separator: ",") ?? "",
            "\(recipe.epochs ?? 0) \(recipe.steps ?? 0) \(recipe.maxLength) \(recipe.heldOutShare)"
                + (recipe.mode == .f32 ? "" : " \(recipe.mode.rawValue)"),
            try Digest.sha256(ofFile: path(recipe.data)), try language.digest(), try teacher?.digest() ?? "",
        ]
        return Digest.sha256(of: (parts + [start].compactMap(\.self)).joined(separator: "\n"))
    }

    private func record(_ recipe: TrainingRecipe, _ identity: String, _ backend: MatrixBackend) throws
        -> TrainingRunRecord
    {
        TrainingRunRecord(
            id: UUID().uuidString.lowercased(), kind: kind, model: recipe.model, identity: identity,
            recipe: try JSONText.encode(recipe),
            environment: "\(backend.description), \(Machine.processor), \(threads) threads", status: .started,
            startedAt: Machine.now())
    }

    private func show(_ result: Result) throws {
        if options.output.json { return try StandardOutput.json(result) }
        let run = result.run ?? "none in \(options.db), and no step was left to take"
        StandardOutput.line("run      \(run)")
        if let loss = result.loss {
            StandardOutput.line(String(format: "loss     %.4f at step %d", loss, result.steps))
        }
        if let loss = result.heldOutLoss { StandardOutput.line(String(format: "held out %.4f", loss)) }
        for path in result.written { StandardOutput.line("written  \(path)") }
    }

    /// Paths in a recipe are relative to the recipe.
    /// A model's path is relative to the recipe, like all others; a name of the catalogue is none.
    private func location(ofModel name: String) throws -> ModelLocation {
        let beside = path(name)
        return try ModelLocation(finding: FileManager.default.fileExists(atPath: beside) ? beside : name)
    }

    private func path(_ name: String) -> String {
        guard !name.hasPrefix("/") else { return name }
        return URL(fileURLWithPath: options.recipe).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
