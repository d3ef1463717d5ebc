import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Transformers

/// Configurations that a folder made of a GGUF file says, and those that it would not.
struct FolderDescriptionTests {
    private func outcome(_ family: String, _ change: (inout TransformerConfiguration) -> Void) throws -> String {
        let source = try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
        let plans = try TensorPlan.tensors(of: source)
        var configuration = try TransformerConfiguration(source)
        change(&configuration)
        do {
            let form = try FolderForm(
                configuration, parameters: Set(plans.map(\.parameter)),
                isTied: !plans.contains { $0.parameter == "embed" })
            return form.configurationText(tokens: ["bos_token_id": 7, "eos_token_id": nil])
        } catch TransformerError.noFolder(let part) {
            return "no: \(part)"
        }
    }

    @Test func specialTokensAreNumbersOrNull() throws {
        let text = try outcome("qwen3") { _ in }
        #expect(text.contains("\n  \"bos_token_id\": 7,\n"), "\(text)")
        #expect(text.contains("\n  \"eos_token_id\": null,\n"), "\(text)")
        #expect(try JSONDocument(text: text).string("model_type") == "qwen3")
    }

    @Test(arguments: ["qwen2", "qwen3", "gemma3", "olmo2", "gptneox"])
    func scalingsWithKeysAreSaid(family: String) throws {
        let linear = try outcome(family) { $0.rotaryScaling = .linear(factor: 8) }
        #expect(linear.contains("\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8.0}"), "\(linear)")
    }

    @Test(arguments: ["qwen2", "qwen3", "mistral"]) func yarnIsSaid(family: String) throws {
        let text = try outcome(family) {
            var yarn = RotaryScaling.Yarn(factor: 4, originalContext: $0.contextLength, magnitude: 1.25)
            yarn.slowRotations = 2
            $0.contextLength *= 4
            $0.rotaryScaling = .yarn(yarn)
        }
        let keys = try JSONDocument(text: text)
        #expect(try keys.float("rope_scaling.attention_factor") == 1.25)
        #expect(try keys.float("rope_scaling.beta_slow") == 2)
        #expect(try keys.integer("max_position_embeddings") == 256)
    }

    @Test func whatNoKeySaysIsRefused() throws {
        let rotation = "no: a scaling of its rotation, which folders of its family do not say"
        #expect(
            try outcome("qwen2") { $0.rotaryScaling = .divisors([1, 2, 3, 4], magnitude: 1) } == rotation)
        #expect(try outcome("phi3") { $0.rotaryScaling = .linear(factor: 8) } == rotation)
        #expect(
            try outcome("qwen3") { $0.attentionScale = 0.3 }
                == "no: the attention scale 0.3, which folders of its family do not say")
        #expect(
            try outcome("gemma2") { $0.attentionScale = 0.3 }
                == "no: the attention scale 0.3, which folders of its family do not say")
        #expect(try outcome("gptneox") { $0.headDimension = 12 }.hasPrefix("no: "))
    }

    /// A window in some layers of a Llama is no Mistral.
    @Test func windowsOfSomeLayersAreRefused() throws {
        #expect(
            try outcome("mistral") { $0.slidingWindow?.layers = [true, false] }
                == "no: a sliding window of its own, which folders of its family do not say")
        #expect(try outcome("mistral") { _ in }.contains("\"model_type\": \"mistral\""))
    }
}
