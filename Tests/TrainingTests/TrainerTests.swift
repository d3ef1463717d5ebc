import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Training

/// Whole runs on a tiny model.
@Suite struct TrainerTests {
    private static func data() -> TrainingData {
        var random = SeededGenerator(seed: 3)
        let examples = (0..<12).map { index in
            let tokens = (0..<(4 + index % 5)).map { _ in Int32.random(in: 0..<23, using: &random) }
            return TrainingExample(
                id: "e\(index)",
                sequences: [TrainingSequence(tokens: tokens, weights: tokens.indices.map { $0 < 2 ? 0 : 1 })])
        }
        return TrainingData(examples: examples, heldOut: [])
    }

    private static func settings(
        steps: Int, batch: Int = 4, tokensPerPass: Int = 64, adapter: AdapterSettings? = nil, checkpointEvery: Int = 0
    ) -> TrainingSettings {
        var optimizer = OptimizerSettings()
        optimizer.maxGradientNorm = 1
        optimizer.weightDecay = 0.01
        return TrainingSettings(
            method: .supervised,
            schedule: LearningRateSchedule(peak: 0.02, shape: .cosine, warmup: 2, steps: steps), optimizer: optimizer,
            adapter: adapter, batch: batch, tokensPerPass: tokensPerPass, seed: 7, checkpointEvery: checkpointEvery)
    }

    private static func model(_ adapter: AdapterSettings? = nil) throws -> TrainableModel {
        let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: adapter == nil)
        if let adapter {
            try model.addAdapters(adapter, backend: .oneDNN, seed: 5)
            model.trainAdaptersOnly()
        } else {
            model.train { _ in true }
        }
        return model
    }

    private struct Stop: Error {}

    /// Trains; stops after `stop` steps where that is given. Returns all weights and the losses.
    private static func run(
        _ settings: TrainingSettings, folder: URL? = nil, stop: Int? = nil, threads: Int = 1
    ) throws -> (weights: [[Float]], losses: [Double]) {
        let model = try model(settings.adapter)
        let checkpoints = try folder.map { try CheckpointFolder(path: $0.path, identity: "a", kept: 2) }
        let trainer = try Trainer(
            model, data: data(), settings: settings, checkpoints: checkpoints, backend: .oneDNN, threads: threads)
        var losses: [Double] = []
        do {
            try trainer.run { event in
                if case .step(let metrics) = event {
                    losses.append(metrics.loss)
                    if metrics.step == stop { throw Stop() }
                }
            }
        } catch is Stop {}
        return (try model.parameters.map { try $0.values() }, losses)
    }

    @Test func overfittingReachesZero() throws {
        let losses = try Self.run(Self.settings(steps: 150, batch: 12)).losses
        #expect(losses[0] > 2)
        #expect(losses[149] < 0.01)
    }

    @Test(arguments: [nil, AdapterSettings(rank: 2, alpha: 4, dropout: 0.3)])
    func aStoppedRunEndsWithTheSameBits(adapter: AdapterSettings?) throws {
        let settings = Self.settings(steps: 9, adapter: adapter, checkpointEvery: 2)
        let whole = try Self.run(settings).weights
        try Places.withTemporaryFolder { folder in
            // Stopped within a step that no checkpoint holds, twice.
            _ = try Self.run(settings, folder: folder, stop: 3)
            _ = try Self.run(settings, folder: folder, stop: 7, threads: 2)
            #expect(try Self.run(settings, folder: folder).weights == whole)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(files == ["step-00000008.safetensors", "step-00000009.safetensors"])
        }
    }

    @Test func aCheckpointOfAnotherRunIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            let settings = Self.settings(steps: 2, checkpointEvery: 1)
            _ = try Self.run(settings, folder: folder)
            let other = try CheckpointFolder(path: folder.path, identity: "b", kept: 2)
            let trainer = try Trainer(
                Self.model(), data: Self.data(), settings: settings, checkpoints: other, backend: .oneDNN, threads: 1)
            #expect(throws: TrainingError.self) { try trainer.run { _ in } }
        }
    }

    @Test func whatAKilledProcessLeftOfACheckpointIsRemoved() throws {
        try Places.withTemporaryFolder { folder in
            let stays = [".notes.partial", "step-00000002.safetensors"]
            for name in stays + [".step-00000004.safetensors.3w5e.partial"] {
                try Data("x".utf8).write(to: folder.appendingPathComponent(name))
            }
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(".step-00000005.partial"), withIntermediateDirectories: true)
            let checkpoints = try CheckpointFolder(path: folder.path, identity: "a", kept: 2)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == stays)
            #expect(try checkpoints.newest() == "\(folder.path)/step-00000002.safetensors")
        }
    }

    @Test func theNewestCheckpointIsTheOneOfTheLargestNumber() throws {
        try Places.withTemporaryFolder { folder in
            for step in ["99999999", "100000000", "00000007"] {
                try Data("x".utf8).write(to: folder.appendingPathComponent("step-\(step).safetensors"))
            }
            try Data("x".utf8).write(to: folder.appendingPathComponent("step-notes.safetensors"))
            let checkpoints = try CheckpointFolder(path: folder.path, identity: "a", kept: 1)
            #expect(try checkpoints.newest() == "\(folder.path)/step-100000000.safetensors")
            let optimizer = Optimizer(OptimizerSettings(), for: [], threads: 1)
            optimizer.time = 1_000_000_000
            let saved = try checkpoints.save(optimizer)
            #expect(saved == "\(folder.path)/step-1000000000.safetensors")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(files == ["step-1000000000.safetensors", "step-notes.safetensors"])
        }
    }

    /// Found before the first step: the teacher's context is 64.
    @Test func anExampleThatTheTeacherCannotReadIsNamed() throws {
        func distill(_ length: Int) throws {
            let tokens = (0..<length).map { Int32($0 % 23) }
            let data = TrainingData(
                examples: Self.data().examples + [
                    TrainingExample(
                        id: "long", sequences: [TrainingSequence(tokens: tokens, weights: tokens.map { _ in 1 })])
                ], heldOut: [])
            var settings = Self.settings(steps: 1, tokensPerPass: 256)
            settings.method = .distillation(.forward, temperature: 1)
            let model = try TrainableModel(TinyModel(context: 128).makeModel(), ownsEmbedding: true)
            _ = try Trainer(
                model, data: data, settings: settings, teacher: TinyModel(seed: 2).makeModel(), backend: .oneDNN,
                threads: 1)
        }
        try distill(65)
        let error = #expect(throws: TrainingError.teacherContext(id: "long", tokens: 65, limit: 64)) {
            try distill(66)
        }
        #expect(error?.description.contains("the teacher's context of 64; lower max_length to 64") == true)
        #expect(throws: TrainingError.contextExceeded(length: 129, limit: 128)) { try distill(130) }
    }

    @Test func distillationHasNoUnlikelyBeginnings() throws {
        var data = Self.data()
        data.examples[0].sequences[0].unlikely = UnlikelyToken(place: 1, id: 3, weight: 1)
        var settings = Self.settings(steps: 1)
        settings.method = .distillation(.forward, temperature: 1)
        let model = try Self.model()
        #expect(throws: TrainingError.unlikelyBesideTeacher(id: "e0")) {
            _ = try Trainer(
                model, data: data, settings: settings, teacher: TinyModel(seed: 2).makeModel(), backend: .oneDNN,
                threads: 1)
        }
    }

    /// By how much 20 steps on `3 4 5` raise the log-probabilities of 9 and 5 after `3 4`.
    private static func change(unlikely: UnlikelyToken?) throws -> (unlikely: Float, wanted: Float) {
        let model = try model()
        let space = TrainingSpace(model.configuration, backend: .oneDNN, rows: 8, recomputes: false, threads: 1)
        func values() throws -> [Float] {
            var batch = TrainingBatch()
            for id in [9, 5] as [Int32] { batch.append([3, 4, id], weights: [0, 0, 1]) }
            return try model.logProbabilities(of: batch, space: space)
        }
        let before = try values()
        let sequence = TrainingSequence(tokens: [3, 4, 5], weights: [0, 0, 1], unlikely: unlikely)
        let data = TrainingData(examples: [TrainingExample(id: "a", sequences: [sequence])], heldOut: [])
        try Trainer(model, data: data, settings: settings(steps: 20), backend: .oneDNN, threads: 1).run { _ in }
        let after = try values()
        return (after[0] - before[0], after[1] - before[1])
    }

    @Test func whatIsUnlikelyBecomesSo() throws {
        let with = try Self.change(unlikely: UnlikelyToken(place: 2, id: 9, weight: 3))
        let without = try Self.change(unlikely: nil)
        #expect(with.unlikely < without.unlikely - 0.5)
        #expect(with.wanted > 1 && without.wanted > 1)
    }

    /// Rows 3 to 7 of 12 examples; those of a step may be the last of an epoch and the first of the next.
    @Test(arguments: [(1, 64, 7), (2, 64, 14), (4, 64, 28), (13, 64, 64), (4, 1_048_576, 28), (65_536, 9, 9)])
    func roomIsMadeForTheLargestPass(batch: Int, tokensPerPass: Int, rows: Int) throws {
        let settings = Self.settings(steps: 1, batch: batch, tokensPerPass: tokensPerPass)
        #expect(PassRows.most(Self.data(), settings) == rows)
        let trainer = try Trainer(Self.model(), data: Self.data(), settings: settings, backend: .oneDNN, threads: 1)
        #expect(trainer.space.rowCapacity == rows)
    }

    /// A factor of rank 1 has one row, and is a matrix all the same.
    @Test func matricesOfOneRowAreDecayed() throws {
        let model = try Self.model(AdapterSettings(rank: 1, alpha: 2))
        let name = "blocks.0.q_proj.lora_A"
        model.train { $0 == name || $0 == "ln_final" }
        let (factor, norm) = (
            try #require(model.trained.first { $0.name == name }),
            try #require(model.trained.first { $0.name == "ln_final" })
        )
        let before = (try factor.values(), try norm.values())
        var settings = OptimizerSettings()
        settings.kind = .sgd
        settings.weightDecay = 0.5
        try Optimizer(settings, for: model.trained, threads: 1).step(rate: 0.5, norm: 0)
        expectClose(try factor.values(), before.0.map { $0 * 0.75 }, absolute: 0, relative: 1e-6)
        #expect(try norm.values() == before.1)
    }

    /// Steps after which the held-out example was looked at.
    @Test(arguments: [(0, [5]), (2, [2, 4, 5])])
    func heldOutExamplesAreEvaluatedInTheEnd(every: Int, steps: [Int]) throws {
        var settings = Self.settings(steps: 5)
        settings.evaluateEvery = every
        let examples = Self.data().examples
        let data = TrainingData(examples: Array(examples.dropLast()), heldOut: Array(examples.suffix(1)))
        let trainer = try Trainer(Self.model(), data: data, settings: settings, backend: .oneDNN, threads: 1)
        var evaluated: [Int] = []
        try trainer.run { if case .evaluated(let metrics) = $0 { evaluated.append(metrics.step) } }
        #expect(evaluated == steps)
    }

    @Test func aPatternThatNamesNothingIsAnError() throws {
        let model = try Self.model()
        let error = try #require(throws: TrainingError.self) {
            try model.train(named: ["ln_final", "blocks.0.atn.qkv"])
        }
        #expect(
            "\(error)" == "train is \"blocks.0.atn.qkv\", which names no parameter of the model; allowed: "
                + "blocks.*.attn.qkv, blocks.*.attn.o, blocks.*.mlp.gate_up, blocks.*.mlp.down, blocks.*.ln1, "
                + "blocks.*.ln2, ln_final, unembed")
        try model.train(named: ["ln_final", "blocks.*.attn.qkv"])
        #expect(model.trained.map(\.name) == ["blocks.0.attn.qkv", "blocks.1.attn.qkv", "ln_final"])
    }

    /// A step in many passes is the step in one, but for the rounding of sums.
    @Test func accumulationEqualsOneBatch() throws {
        let one = try Self.run(Self.settings(steps: 4, tokensPerPass: 64)).weights
        let many = try Self.run(Self.settings(steps: 4, tokensPerPass: 9)).weights
        for (a, b) in zip(one, many) { expectClose(b, a, ofLargest: 2e-4) }
    }

    @Test func threadsChangeNothing() throws {
        let settings = Self.settings(steps: 3)
        #expect(try Self.run(settings).weights == Self.run(settings, threads: 3).weights)
    }

    @Test func aLossThatIsNoNumberStopsTheRun() throws {
        let model = try Self.model()
        let weights = try model.parameters[0].values()
        try model.parameters[0].assign(weights.map { _ in .nan })
        let trainer = try Trainer(
            model, data: Self.data(), settings: Self.settings(steps: 2), backend: .oneDNN, threads: 1)
        let error = #expect(throws: TrainingError.self) { try trainer.run { _ in } }
        guard case .notFinite(let step, let examples, nil) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(step == 1)
        #expect(examples.count == 4)
    }

    /// Weights that stay quantised, with their transposes, lead where weights in float32 lead.
    @Test func adaptersOfCompactWeightsLearnTheSame() throws {
        let file = try GGUFFile(path: Places.root.appendingPathComponent("fixtures/models/tiny.gguf").path)
        let adapter = AdapterSettings(rank: 2, alpha: 4)
        func train(isEditable: Bool, threads: Int) throws -> [Float] {
            let model = try TrainableModel(
                Transformer(file, backend: .oneDNN, threads: 1, isEditable: isEditable), ownsEmbedding: false)
            try model.addAdapters(adapter, backend: .oneDNN, seed: 5)
            model.trainAdaptersOnly()
            try model.packFrozenWeights(backend: .oneDNN)
            #expect(model.blocks.allSatisfy { ($0.gateUp.weights.transposed == nil) == isEditable })
            let trainer = try Trainer(
                model, data: Self.data(), settings: Self.settings(steps: 4, adapter: adapter), backend: .oneDNN,
                threads: threads)
            try trainer.run { _ in }
            return try model.trained.flatMap { try $0.values() }
        }
        let compact = try train(isEditable: false, threads: 1)
        expectClose(compact, try train(isEditable: true, threads: 1), ofLargest: 1e-3)
        #expect(try train(isEditable: false, threads: 3) == compact)
    }

    @Test func mergedAdaptersEqualAdapters() throws {
        let adapter = AdapterSettings(rank: 3, alpha: 6, isRankStabilized: true)
        let model = try Self.model(adapter)
        let trainer = try Trainer(
            model, data: Self.data(), settings: Self.settings(steps: 5, adapter: adapter), backend: .oneDNN, threads: 1)
        try trainer.run { _ in }
        var batch = TrainingBatch()
        for example in Self.data().examples {
            batch.append(example.sequences[0].tokens, weights: example.sequences[0].tokens.map { _ in 1 })
        }
        let space = TrainingSpace(
            model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: false, threads: 1)
        let plain = try model.withoutAdapters { try model.logProbabilities(of: batch, space: space) }
        let applied = try model.logProbabilities(of: batch, space: space)
        try model.mergeAdapters()
        let merged = try model.withoutAdapters { try model.logProbabilities(of: batch, space: space) }
        #expect(zip(plain, applied).contains { abs($0 - $1) > 1e-2 })
        expectClose(merged, applied, absolute: 2e-5, relative: 1e-5)
        try model.unmergeAdapters()
        expectClose(
            try model.withoutAdapters { try model.logProbabilities(of: batch, space: space) }, plain, absolute: 1e-5,
            relative: 1e-5)
    }

    @Test func adaptersComeBackFromTheirFolder() throws {
        let settings = AdapterSettings(rank: 2, alpha: 8, projections: [.query, .key, .down])
        let model = try Self.model(settings)
        for parameter in model.trained { try parameter.assign(try parameter.values().map { $0 + 0.01 }) }
        try Places.withTemporaryFolder { folder in
            try PEFTAdapter.write(model, settings: settings, baseModel: "tiny", toFolder: folder.path)
            let other = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: false)
            #expect(try PEFTAdapter.read(folder.path, into: other, backend: .oneDNN) == settings)
            #expect(
                try other.adapters.map { try $0.b.values() + $0.a.values() }
                    == model.adapters.map { try $0.b.values() + $0.a.values() })
            let names = try SafetensorsFile(path: "\(folder.path)/adapter_model.safetensors").tensors.map(\.name)
            try PEFTAdapter.write(model, settings: settings, baseModel: "tiny", as: .f16, toFolder: folder.path)
            let half = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: false)
            try PEFTAdapter.read(folder.path, into: half, backend: .oneDNN)
            #expect(
                try half.adapters.map { try $0.a.values() }
                    == model.adapters.map { try $0.a.values().map { Float(Float16($0)) } })
            #expect(names.contains("base_model.model.model.layers.1.self_attn.k_proj.lora_B.weight"))
        }
    }

    @Test func anAdapterForAnotherModelIsRefused() throws {
        let settings = AdapterSettings(rank: 2, alpha: 8)
        try Places.withTemporaryFolder { folder in
            try PEFTAdapter.write(
                try Self.model(settings), settings: settings, baseModel: "tiny", toFolder: folder.path)
            let json = folder.appendingPathComponent("adapter_config.json")
            let text = try String(contentsOf: json, encoding: .utf8).replacing("\"r\" : 2", with: "\"r\" : 3")
            try text.write(to: json, atomically: true, encoding: .utf8)
            let model = try TrainableModel(TinyModel().makeModel(), ownsEmbedding: false)
            #expect(throws: TrainingError.self) { try PEFTAdapter.read(folder.path, into: model, backend: .oneDNN) }
        }
    }
}
