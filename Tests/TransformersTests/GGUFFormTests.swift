import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Transformers

/// What would be written of a folder, beside the file that was made of the same weights by the names of llama.cpp.
struct GGUFFormTests {
    private func form(of source: some ModelSource) throws -> GGUFForm {
        let plans = try TensorPlan.tensors(of: source)
        return try GGUFForm(
            TransformerConfiguration(source), parameters: Set(plans.map(\.parameter)),
            isTied: !plans.contains { $0.parameter == "embed" })
    }

    private func fixture(_ name: String) throws -> (folder: HuggingFaceFolder, file: GGUFFile) {
        let path = Places.fixture("families/\(name)").path
        return (try HuggingFaceFolder(path: "\(path)/folder"), try GGUFFile(path: "\(path)/model.gguf"))
    }

    @Test(arguments: [("llama", true), ("phi3", true), ("gemma2", false), ("gemma3", false)])
    func aWindowThatLlamaCppIgnoresIsKnown(name: String, isIgnored: Bool) throws {
        var configuration = try TransformerConfiguration(try fixture(name).folder)
        configuration.attentionScale = 1 / Float(configuration.headDimension).squareRoot()
        func ignored(width: Int) throws -> [IgnoredKey] {
            let layers = [Bool](repeating: true, count: configuration.layerCount)
            configuration.slidingWindow = SlidingWindow(width: width, layers: layers)
            return try configuration.keysIgnoredByLlamaCpp()
        }
        let width = configuration.contextLength - 1
        let key = IgnoredKey(name: "\(name).attention.sliding_window", value: "\(width)", harmlessLength: width)
        #expect(try ignored(width: width) == (isIgnored ? [key] : []))
        #expect(try ignored(width: width + 1) == [])
        configuration.slidingWindow = nil
        #expect(try configuration.keysIgnoredByLlamaCpp() == [])
    }

    @Test(arguments: Family.names) func aScaleOfItsOwnIsIgnoredByLlamaCpp(name: String) throws {
        var configuration = try TransformerConfiguration(try fixture(name).folder)
        configuration.slidingWindow = nil
        configuration.attentionScale = 0.75
        let key = IgnoredKey(
            name: "\(configuration.architecture).attention.scale", value: "0.75", harmlessLength: nil)
        #expect(try configuration.keysIgnoredByLlamaCpp() == [key])
    }

    @Test(arguments: Family.names) func namesAndShapesAreThoseOfTheFile(name: String) throws {
        let (folder, file) = try fixture(name)
        let form = try form(of: folder)
        var found = Dictionary(uniqueKeysWithValues: form.plans.map { ($0.name, $0.shape) })
        for vector in form.vectors { found[vector.name] = [vector.values.count] }
        #expect(found == Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) }))
        for vector in form.vectors {
            expectClose(vector.values, try file.floats(of: vector.name), ofLargest: 1e-6, vector.name)
        }
    }

    @Test(arguments: Family.names) func keysAreThoseOfTheFile(name: String) throws {
        let (folder, file) = try fixture(name)
        let metadata = try form(of: folder).metadata
        #expect(metadata["general.architecture"] == file.metadata["general.architecture"])
        for key in file.metadata.keys where !key.hasPrefix("general.") {
            if case .float32(let expected)? = file.metadata[key] {
                let found = try #require(try metadata.float(key), "\(key)")
                #expect(abs(found - expected) <= 1e-6 * abs(expected), "\(key) is \(found), not \(expected)")
            } else {
                #expect(metadata[key] == file.metadata[key], "\(key)")
            }
        }
    }

    /// The file says what the folder says, and the form of the one is the form of the other.
    @Test(arguments: Family.names) func theConfigurationIsTheSame(name: String) throws {
        let (folder, file) = try fixture(name)
        let configuration = try TransformerConfiguration(folder)
        #expect(configuration.difference(from: try TransformerConfiguration(file)) == nil)
        #expect(try form(of: file).metadata == form(of: folder).metadata)
    }

    @Test func theConfigurationsOfVariantsAreWrittenOrRefused() throws {
        var refused: [String] = []
        for name in Family.names {
            let family = try Family(name)
            let document = try JSONDocument(path: family.folderPath + "/config.json")
            guard case .object(let base) = document.root else { continue }
            for (variant, patch) in family.facts.variants {
                guard case .object(let changes) = patch else { continue }
                let configuration = JSONDocument(.object(base.merging(changes) { $1 }))
                let folder = try HuggingFaceFolder(path: family.folderPath, configuration: configuration)
                do {
                    _ = try form(of: folder)
                } catch TransformerError.noGGUF(let part) {
                    refused.append("\(name) \(variant): \(part)")
                }
            }
        }
        func activation(_ name: String) -> String { "the activation \(name), which files of its family do not say" }
        let rotation = "a scaling of its rotation, which files of its family do not say"
        #expect(
            Set(refused) == [
                "qwen2 windows: a sliding window of its own, which files of its family do not say",
                "llama longrope-factor: \(rotation)", "llama longrope-outer: \(rotation)",
                "gemma2 silu: \(activation("silu"))", "gemma3 silu: \(activation("silu"))",
                "gemma2 other-act: \(activation("gelu"))", "gemma2 relu2: \(activation("reluSquared"))",
                "llama relu: \(activation("relu"))", "llama relu2: \(activation("reluSquared"))",
                "llama quick-gelu: \(activation("quickGelu"))", "llama gelu-fast: \(activation("geluTanh"))",
                "llama gelu-accurate: \(activation("geluTanh"))", "gpt2 relu: \(activation("relu"))",
                "gpt2 relu2: \(activation("reluSquared"))", "gpt2 quick-gelu: \(activation("quickGelu"))",
                "gptneox relu: \(activation("relu"))", "gptneox quick-gelu: \(activation("quickGelu"))",
            ])
    }

    /// Bounds between fast and slow that are not rounded to whole pairs, which no key says.
    @Test func aScalingThatNoKeySaysIsRefused() throws {
        var configuration = try TransformerConfiguration(fixture("llama").folder)
        let parameters = Set(try TensorPlan.tensors(of: fixture("llama").folder).map(\.parameter))
        var yarn = RotaryScaling.Yarn(factor: 8, originalContext: 4096, magnitude: 1.3)
        configuration.contextLength = 8 * 4096
        configuration.rotaryScaling = .yarn(yarn)
        let form = try GGUFForm(configuration, parameters: parameters, isTied: false)
        #expect(try form.metadata.float("llama.rope.scaling.factor") == 8)
        #expect(form.vectors.isEmpty)
        yarn.truncates = false
        configuration.rotaryScaling = .yarn(yarn)
        #expect(
            throws: TransformerError.noGGUF("a scaling of its rotation, which files of its family do not say")
        ) {
            try GGUFForm(configuration, parameters: parameters, isTied: false)
        }
    }

    @Test func biasesWithoutANameInTheFamilyAreRefused() throws {
        let configuration = try TransformerConfiguration(fixture("olmo2").folder)
        let plans = try TensorPlan.tensors(of: fixture("olmo2").folder)
        let parameters = Set(plans.map(\.parameter))
        #expect(
            throws: TransformerError.noGGUF(
                "blocks.0.attn.qkv.bias, which files of the family olmo2 do not have")
        ) {
            try GGUFForm(configuration, parameters: parameters.union(["blocks.0.attn.qkv.bias"]), isTied: false)
        }
        #expect(throws: TransformerError.noGGUF("no ln_final, which files of the family olmo2 have")) {
            try GGUFForm(configuration, parameters: parameters.subtracting(["ln_final"]), isTied: false)
        }
    }
}
