import Tensors
import TestSupport
import Testing
import Transformers

@testable import Steering

/// Control vectors on some requests of a batch.
struct ControlVectorTests {
    private struct Sampled: Equatable {
        var ids: [Int32]
        var logProbabilities: [Float]
    }

    private static let prompts = [[3, 17, 8, 44], [9, 2, 41, 7, 30, 11], [25, 6]].enumerated().map { index, ids in
        Generator.Prompt(
            ids: ids.map { Int32($0) }, samples: [0, 1], random: CounterRandom(seed: 5, promptID: "\(index)"))
    }

    private static func vector(seed: UInt64) -> Steering.ControlVector {
        var random = SeededGenerator(seed: seed)
        // The model has blocks 0 and 1: what is for block 5 is left aside.
        return Steering.ControlVector(
            modelHint: "llama",
            directions: [1: random.floats(SteeredModel.width), 5: random.floats(SteeredModel.width)])
    }

    /// Two samples of each prompt, by prompt and sample.
    private func sample(
        _ prompts: [Generator.Prompt], _ model: Transformer, _ interventions: [Intervention] = []
    ) throws -> [[Sampled]] {
        let generator = Generator(
            model, sampling: try SamplingOptions(temperature: 0.9),
            limits: Generator.Limits(maxTokens: 12, endTokens: [], batch: 8), threads: 1)
        var found = prompts.map { _ in [Sampled](repeating: Sampled(ids: [], logProbabilities: []), count: 2) }
        var hook = try SteeringHook(interventions)
        try generator.run(prompts, hooks: &hook) { completion in
            found[completion.tag.prompt][completion.tag.sample ?? 0] = Sampled(
                ids: completion.ids, logProbabilities: completion.logProbabilities)
        }
        return found
    }

    /// Requests with a vector, with none and with another one, read and decoded together.
    @Test func eachRequestOfABatchGivesWhatItGivesAlone() throws {
        let model = try SteeredModel().transformer()
        let (configuration, prompts) = (model.configuration, Self.prompts)
        let (first, second) = (Self.vector(seed: 7), Self.vector(seed: 8))
        let together = try sample(
            prompts, model,
            first.interventions(on: [0], of: configuration)
                + second.interventions(on: [2], of: configuration, strength: 0.3))
        let alone = [
            try sample([prompts[0]], model, first.interventions(on: [0], of: configuration))[0],
            try sample([prompts[1]], model)[0],
            try sample([prompts[2]], model, second.interventions(on: [0], of: configuration, strength: 0.3))[0],
        ]
        #expect(together == alone)
        let plain = try sample(prompts, model)
        #expect(together[0] != plain[0] && together[1] == plain[1] && together[2] != plain[2])
        #expect(together.joined().allSatisfy { $0.ids.count == 12 && $0.logProbabilities.count == 12 })
    }

    @Test func aRequestHasTheBitsOfAVectorAtLoad() throws {
        let model = try SteeredModel().transformer()
        let vector = Self.vector(seed: 7)
        let adapters = ModelAdapters(lora: [], control: [Transformers.ControlVector(vector.directions)])
        let loaded = try Transformer(SteeredModel(), backend: .reference, threads: 1, adapters: adapters)
        let steered = try sample(Self.prompts, model, vector.interventions(on: [1], of: model.configuration))
        #expect(try steered[1] == sample(Self.prompts, loaded)[1])
        #expect(try steered[0] == sample(Self.prompts, model)[0])
    }

    @Test func aVectorOfAnotherModelIsRefused() throws {
        let configuration = try SteeredModel().transformer().configuration
        let narrow = Steering.ControlVector(modelHint: "llama", directions: [1: [1, 2, 3]])
        #expect(throws: SteeringError.wrongWidth(what: "direction.1", found: 3, expected: 24)) {
            try narrow.interventions(on: [0], of: configuration)
        }
        let infinite = Steering.ControlVector(
            modelHint: "llama", directions: [1: [Float](repeating: .infinity, count: 24)])
        #expect(throws: SteeringError.notFinite(what: "direction.1")) {
            try infinite.interventions(on: [0], of: configuration)
        }
    }
}
