import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Steering

/// Weights without a direction, in files of several families.
struct OrthogonalizationTests {
    private static let ids: [Int32] = [3, 17, 8, 44, 29, 5]

    private static func file(_ family: String) throws -> GGUFFile {
        try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
    }

    private static func direction(_ count: Int, site: HookPoint.Site = .residPre) -> Direction {
        var random = SeededGenerator(seed: 4)
        let side = Direction.Side(name: "a", count: 1, digest: "")
        return Direction(
            reading: Reading(site, layer: 0, position: .instruction), vector: random.floats(count),
            provenance: .init(
                options: DirectionOptions(.meanDifference), model: "", template: nil, positive: side, negative: side,
                norm: 0))
    }

    /// gpt2 and gptneox have biases, gpt2 learned positions too.
    @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gpt2", "gptneox", "phi3"])
    func theFileSaysWhatAblationWhileRunningDoes(_ family: String) throws {
        try Places.withTemporaryFolder { folder in
            let source = try Self.file(family)
            let model = try Transformer(source, backend: .reference, threads: 1)
            let direction = Self.direction(model.configuration.modelDimension)
            var hook = try SteeringHook(Intervention.ablatingEverywhere(direction.vector))
            let steered = try SteeredModel.final(model, [Self.ids], hooks: &hook)

            let path = folder.appendingPathComponent("without.gguf").path
            try Orthogonalization(direction).write(source, to: path)
            let without = try Transformer(GGUFFile(path: path), backend: .reference, threads: 1)
            var none = NoHook()
            let baked = try SteeredModel.final(without, [Self.ids], hooks: &none)
            expectClose(baked[0], steered[0], ofLargest: 1e-4, family)
            let plain = try SteeredModel.final(model, [Self.ids], hooks: &none)
            #expect(plain[0] != steered[0])
        }
    }

    @Test(arguments: ["gemma2", "gemma3", "olmo2"])
    func aNormBehindALayerIsRefused(_ family: String) throws {
        try Places.withTemporaryFolder { folder in
            let source = try Self.file(family)
            let path = folder.appendingPathComponent("without.gguf").path
            let error = try #require(throws: SteeringError.self) {
                try Orthogonalization(Self.direction(32)).write(source, to: path)
            }
            #expect(error == .normAfter(tensor: "blk.0.post_attention_norm.weight"))
            #expect("\(error)".contains("--operation ablate"))
            #expect(throws: (any Error).self) { try GGUFFile(path: path) }
        }
    }

    @Test func aSplitModelIsOneFileAgain() throws {
        try Places.withTemporaryFolder { folder in
            let parts = folder.appendingPathComponent("part.gguf").path
            let metadata = try GGUFMetadata([
                ("general.architecture", .string("llama")), ("split.no", .uint16(0)), ("split.count", .uint16(1)),
                ("split.tensors.count", .int32(1)),
            ])
            let writer = try GGUFWriter(
                path: parts, metadata: metadata,
                tensors: [TensorDeclaration(name: "token_embd.weight", shape: [2, 4], elementType: .f32)])
            try writer.append([1, 2, 3, 4, 5, 6, 7, 8], to: "token_embd.weight")
            try writer.finish()
            let whole = folder.appendingPathComponent("whole.gguf").path
            try Orthogonalization(Self.direction(4)).write(GGUFFile(path: parts), to: whole)
            #expect(try GGUFFile(path: whole).metadata.keys == ["general.architecture"])
        }
    }

    @Test func aDirectionOfAnotherSpaceIsRefused() {
        #expect(throws: SteeringError.notResidual(reading: "blocks.0.mlp.hook_post@t_inst")) {
            try Orthogonalization(Self.direction(32, site: .mlpPost))
        }
    }
}
