import Foundation
import LanguageModels
import Tensors
import TestSupport
import Testing
import Tokenization
import Transformers

@testable import Steering

/// The project's own small model: 6 blocks, 128 components.
enum TinyLanguageModel {
    static func load() throws -> LanguageModel {
        try LanguageModel(
            name: "tiny", path: Places.root.appendingPathComponent("fixtures/models/tiny.gguf").path,
            backend: .oneDNN, threads: 1)
    }

    static func prompts(_ model: LanguageModel, _ texts: [String]) throws -> [RenderedPrompt] {
        try texts.map { try model.render([ChatMessage(role: "user", content: $0)]) }
    }

    static func direction(_ reading: Reading, count: Int) -> Direction {
        var random = SeededGenerator(seed: 6)
        let side = Direction.Side(name: "a", count: 1, digest: "")
        return Direction(
            reading: reading, vector: random.floats(count),
            provenance: .init(
                options: DirectionOptions(.meanDifference), model: "", template: nil, positive: side, negative: side,
                norm: 0))
    }
}

/// What can be read of a prompt, and what cannot.
struct ReadingTests {
    @Test func offsetsBeyondTheirBoundHaveNoName() {
        #expect(TokenPosition("t_inst-9223372036854775808") == nil)
        #expect(TokenPosition("t_inst-65537") == nil)
        #expect(TokenPosition("t_inst-65536") == .offset(-65536))
    }

    /// Three tokens before the end of a short instruction the template begins, which all prompts share.
    @Test func tokensOfTheSharedBeginningAreRead() throws {
        let model = try TinyLanguageModel.load()
        let prompt = try TinyLanguageModel.prompts(model, ["Hi"])[0]
        let readings = [Reading(layer: 0, position: .offset(-3))]
        let shared = try PromptReader(model, readings: readings).read(prompt)
        let alone = try PromptReader(model, readings: readings, sharesPrefix: false).read(prompt)
        expectIdentical(shared[0], alone[0])
    }

    @Test(arguments: [
        Reading(layer: -5, position: .instruction), Reading(layer: 6, position: .instruction),
        Reading(layer: nil, position: .instruction), Reading(.embed, layer: 0, position: .instruction),
    ])
    func pointsThatAModelLacksAreRefused(_ reading: Reading) throws {
        let model = try TinyLanguageModel.load()
        let error = SteeringError.noSuchPoint(reading.description, layerCount: 6)
        #expect(throws: error) { try PromptReader(model, readings: [reading]) }
        #expect(throws: error) {
            try DirectionFile([TinyLanguageModel.direction(reading, count: 128)])
                .fitting(model.transformer.configuration)
        }
    }

    @Test(arguments: [HookPoint.Site.pattern, .attentionScores])
    func sitesWithoutAVectorAreRefused(_ site: HookPoint.Site) throws {
        let model = try TinyLanguageModel.load()
        let reading = Reading(site, layer: 1, position: .instruction)
        let error = SteeringError.noVector(reading: reading.description)
        #expect(throws: error) { try PromptReader(model, readings: [reading]) }
        // As many components as there are heads.
        #expect(throws: error) {
            try DirectionFile([TinyLanguageModel.direction(reading, count: 4)])
                .fitting(model.transformer.configuration)
        }
    }

    @Test func aDirectionOfAnotherSpaceCannotBeSelected() throws {
        let model = try TinyLanguageModel.load()
        let prompts = try TinyLanguageModel.prompts(model, ["Hello."])
        let selection = try DirectionSelection(model, harmful: prompts, harmless: prompts)
        let reading = Reading(.mlpPost, layer: 2, position: .instruction)
        #expect(throws: SteeringError.notResidual(reading: reading.description)) {
            try selection.candidates([TinyLanguageModel.direction(reading, count: 384)])
        }
    }

    @Test func directionsOfDifferentWidthsAreNotCompared() throws {
        let reading = Reading(layer: 3, position: .instruction)
        let wide = TinyLanguageModel.direction(reading, count: 8)
        let narrow = TinyLanguageModel.direction(reading, count: 4)
        #expect(throws: SteeringError.differentWidths(layer: 3, 8, 4)) {
            try DirectionGeometry.cosines([wide], [narrow])
        }
        let repeated = try DirectionGeometry.cosines([wide, wide], [wide, wide])
        #expect(repeated.map(\.layer) == [3, 3])
        #expect(repeated.allSatisfy { abs($0.cosine - 1) < 1e-9 })
    }

    @Test func aControlVectorIsFinite() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("control.gguf").path
            #expect(throws: SteeringError.notFinite(what: "direction.2")) {
                try ControlVector(modelHint: "llama", directions: [1: [0, 1], 2: [.infinity, 0]]).write(to: path)
            }
        }
    }
}
