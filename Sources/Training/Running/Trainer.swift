internal import Foundation
public import Tensors
public import Transformers

/// Trains a model on examples: step after step, each a function of the settings, the data and the step's number.
public final class Trainer {
    let model: TrainableModel
    let data: TrainingData
    let settings: TrainingSettings
    let optimizer: Optimizer
    let space: TrainingSpace
    let threads: Int
    let teacher: Teacher?
    let storedTeacher: StoredTeacher?
    private let checkpoints: CheckpointFolder?
    /// Summed log-probabilities of each example's two sides under the model as it was.
    private var references: [[Double]] = []
    /// The same of the held-out examples.
    private(set) var heldOutReferences: [[Double]] = []
    private var lastCheckpoint: String?

    /// - Parameters:
    ///   - model: with what is to be trained already chosen
    ///   - teacher: for distillation; its context holds every example to learn from
    ///   - storedTeacher: for distillation, in place of a teacher
    ///   - checkpoints: where the run's state is kept; nil keeps none
    /// - Throws: ``TrainingError`` for examples that do not fit into a pass, or into the context of the model or the
    ///   teacher, or that the stored teacher does not have
    public init(
        _ model: TrainableModel, data: TrainingData, settings: TrainingSettings, teacher: Transformer? = nil,
        storedTeacher: StoredTeacher? = nil, checkpoints: CheckpointFolder? = nil, backend: MatrixBackend, threads: Int
    ) throws {
        self.model = model
        self.data = data
        self.settings = settings
        self.threads = threads
        self.checkpoints = checkpoints
        self.storedTeacher = storedTeacher
        precondition(
            !settings.sharesBeginnings || settings.adapter?.dropout ?? 0 == 0,
            "beginnings are not shared beside dropout, which is decided row by row")
        try Self.check(data, settings, model.configuration, teacher: teacher?.configuration)
        if let storedTeacher, case .distillation(_, let temperature) = settings.method {
            try storedTeacher.check(vocabularySize: model.configuration.vocabularySize, temperature: temperature)
            try storedTeacher.check(data.examples + data.heldOut)
        }
        optimizer = Optimizer(settings.optimizer, for: model.trained, threads: threads)
        let rows = PassRows.most(data, settings)
        space = TrainingSpace(
            model.configuration, backend: backend, rows: rows, recomputes: settings.recomputes, threads: threads)
        self.teacher = try teacher.map {
            try Teacher($0, student: model.configuration, rows: rows, backend: backend, threads: threads)
        }
    }

    /// Fails for an example that some pass could not take.
    private static func check(
        _ data: TrainingData, _ settings: TrainingSettings, _ model: TransformerConfiguration,
        teacher: TransformerConfiguration?
    ) throws(TrainingError) {
        for example in data.examples + data.heldOut {
            var rows = PassRows(settings)
            rows.add(example)
            guard rows.count <= settings.tokensPerPass else {
                throw .passTooSmall(id: example.id, tokens: rows.count, limit: settings.tokensPerPass)
            }
            guard example.length <= model.contextLength else {
                throw .contextExceeded(length: example.length, limit: model.contextLength)
            }
        }
        guard case .distillation = settings.method else { return }
        for example in data.examples + data.heldOut where example.sequences.contains(where: { $0.unlikely != nil }) {
            throw .unlikelyBesideTeacher(id: example.id)
        }
        guard let limit = teacher?.contextLength else { return }
        for example in data.examples + data.heldOut where example.length > limit {
            throw .teacherContext(id: example.id, tokens: example.length, limit: limit)
        }
    }

    /// Runs from the newest checkpoint that is whole, or from the beginning, to the last step.
    ///
    /// - Throws: ``TrainingError``, for a checkpoint of another run or backend and a loss that is no number;
    ///   `CheckpointError`; what `onEvent` throws
    public func run(onEvent: (TrainingEvent) throws -> Void) throws {
        if case .preference = settings.method { try computeReferences(onEvent) }
        let restored = try checkpoints?.restoreNewest(optimizer, steps: settings.schedule.steps)
        lastCheckpoint = restored?.path
        try onEvent(.began(start))
        for sentence in (restored?.warnings ?? []) + warnings { try onEvent(.warning(sentence)) }
        var silentSteps = 0
        while optimizer.time < settings.schedule.steps {
            let metrics = try step()
            try onEvent(.step(metrics))
            silentSteps = metrics.gradientNorm == 0 ? silentSteps + 1 : 0
            if silentSteps == 1 {
                try onEvent(.warning("the gradient of step \(metrics.step) is zero: nothing is being learned"))
            }
            try afterStep(metrics.step, onEvent)
        }
    }

    private func afterStep(_ step: Int, _ onEvent: (TrainingEvent) throws -> Void) throws {
        let isLast = step == settings.schedule.steps
        let wantsEvaluation = isLast || settings.evaluateEvery > 0 && step % settings.evaluateEvery == 0
        if wantsEvaluation, let metrics = try evaluation(afterStep: step) {
            let sentence = "the held-out loss after step \(step) is not a finite number"
            try onEvent(metrics.isFinite ? .evaluated(metrics) : .warning(sentence))
        }
        guard let checkpoints else { return }
        if isLast || settings.checkpointEvery > 0 && step % settings.checkpointEvery == 0 {
            let path = try checkpoints.save(optimizer)
            lastCheckpoint = path
            try onEvent(.checkpoint(step: step, path: path))
        }
    }

    private var start: TrainingStart {
        TrainingStart(
            steps: settings.schedule.steps, done: optimizer.time, examples: data.examples.count,
            heldOut: data.heldOut.count, trainedParameters: model.trained.reduce(0) { $0 + $1.elementCount },
            allParameters: model.parameters.reduce(0) { $0 + $1.elementCount })
    }

    private var warnings: [String] {
        var sentences = data.warnings
        if model.trained.isEmpty { sentences.append("no parameter is trained: nothing will be learned") }
        return sentences + settings.schedule.warnings
    }

    /// The examples of a step, by index.
    private func chosen(step: Int) -> [Int] {
        let count = data.examples.count
        var orders: [Int: [Int]] = [:]
        return (0..<settings.batch).map { slot in
            let number = step * settings.batch + slot
            let epoch = number / count
            let order = orders[epoch] ?? data.order(epoch: epoch, seed: settings.seed)
            orders[epoch] = order
            return order[number % count]
        }
    }

    private func step() throws -> StepMetrics {
        let clock = ContinuousClock()
        let began = clock.now
        let step = optimizer.time
        let indices = chosen(step: step)
        let examples = indices.map { data.examples[$0] }
        let scale = 1 / normalizer(examples)
        model.clearGradients(threads: threads)
        var tally = StepTally()
        for (index, pass) in passes(indices).enumerated() {
            let key = settings.adapter.map {
                DropoutKey(rate: Float($0.dropout), seed: settings.seed, pass: UInt64(step) << 20 | UInt64(index))
            }
            try accumulate(pass, scale: scale, dropout: key, into: &tally)
        }
        let norm = optimizer.gradientNorm()
        guard tally.loss.isFinite, norm.isFinite else {
            throw TrainingError.notFinite(step: step + 1, examples: examples.map(\.id), lastCheckpoint: lastCheckpoint)
        }
        let rate = settings.schedule.rate(step: step)
        try optimizer.step(rate: rate, norm: norm)
        let seconds = (clock.now - began) / .seconds(1)
        return tally.metrics(step: step + 1, gradientNorm: norm, learningRate: rate, seconds: seconds)
    }

    /// What losses of a step are divided by: targets, or pairs.
    private func normalizer(_ examples: [TrainingExample]) -> Double {
        if case .preference = settings.method { return Double(examples.count) }
        return Double(max(1, examples.reduce(0) { $0 + $1.targetCount }))
    }

    /// Examples in as few passes as their order allows.
    private func passes(_ indices: [Int]) -> [[Int]] {
        var passes: [[Int]] = []
        var rows = PassRows(settings)
        for index in indices {
            var longer = rows
            longer.add(data.examples[index])
            if passes.isEmpty || longer.count > settings.tokensPerPass {
                passes.append([])
                longer = PassRows(settings)
                longer.add(data.examples[index])
            }
            passes[passes.count - 1].append(index)
            rows = longer
        }
        return passes
    }

    private func accumulate(
        _ indices: [Int], scale: Double, dropout: DropoutKey?, into tally: inout StepTally
    ) throws {
        let examples = indices.map { data.examples[$0] }
        let batch = batch(examples)
        switch settings.method {
        case .supervised:
            let loss = UnlikelihoodLoss(batch.targets, scale: scale)
            tally.add(batch, try model.accumulateGradient(of: loss, on: batch, space: space, dropout: dropout))
        case .preference(let beta):
            let pairs = indices.enumerated().map { place, index in
                PreferenceLoss.Pair(
                    chosen: 2 * place, rejected: 2 * place + 1, referenceChosen: references[index][0],
                    referenceRejected: references[index][1])
            }
            let loss = PreferenceLoss(batch.targets, pairs: pairs, beta: beta, scale: scale)
            let outcomes = try model.accumulateGradient(of: loss, on: batch, space: space, dropout: dropout)
            tally.add(batch, outcomes)
            tally.add(pairs, batch, outcomes, beta: beta)
        case .distillation(let divergence, let temperature):
            let loss = try distillation(
                examples, batch, divergence: divergence, temperature: temperature, scale: scale)
            tally.add(batch, try model.accumulateGradient(of: loss, on: batch, space: space, dropout: dropout))
        }
    }

    func batch(_ examples: [TrainingExample]) -> TrainingBatch {
        var batch = TrainingBatch()
        switch BeginningSharing(settings) {
        case .none:
            for sequence in examples.flatMap(\.sequences) { batch.append(sequence) }
        case .withinPass: batch.append(sharing: examples.flatMap(\.sequences))
        case .withinExamples: for example in examples { batch.append(sharing: example.sequences) }
        }
        return batch
    }

    private func computeReferences(_ onEvent: (TrainingEvent) throws -> Void) throws {
        let all = data.examples + data.heldOut
        let sums = try model.withoutAdapters {
            try all.enumerated().map { index, example in
                let batch = batch([example])
                let logProbabilities = try model.logProbabilities(of: batch, space: space)
                var sums = [0.0, 0.0]
                for (target, value) in zip(batch.targets, logProbabilities) { sums[target.sequence] += Double(value) }
                try onEvent(.referenced(pairs: index + 1, of: all.count))
                return sums
            }
        }
        references = Array(sums.prefix(data.examples.count))
        heldOutReferences = Array(sums.dropFirst(data.examples.count))
    }
}
