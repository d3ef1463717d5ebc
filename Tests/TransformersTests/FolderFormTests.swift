import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

/// Folders that say the same model in another way: without keys, with more tensors, by other names.
struct FolderFormTests {
    /// What `config.json` of a family says.
    private func keys(_ family: Family) throws -> [String: JSONValue] {
        let root = try JSONDocument(path: family.folderPath + "/config.json").root
        guard case .object(let keys) = root else { throw CheckpointError.missingMetadata(key: "config.json") }
        return keys
    }

    private func folder(_ family: Family, _ keys: [String: JSONValue]) throws -> HuggingFaceFolder {
        try HuggingFaceFolder(path: family.folderPath, configuration: JSONDocument(.object(keys)))
    }

    /// The tensors of a family's folder by other names, and further ones, in `path`.
    private func write(
        _ family: Family, to path: String, adding others: [(name: String, values: [Float])] = [],
        renaming: (String) -> String = { $0 }
    ) throws {
        let source = try HuggingFaceFolder(path: family.folderPath)
        let writer = try SafetensorsWriter(
            path: "\(path)/model.safetensors",
            tensors: source.tensors.map {
                TensorDeclaration(name: renaming($0.name), shape: $0.shape, elementType: .f32)
            } + others.map { TensorDeclaration(name: $0.name, shape: [$0.values.count], elementType: .f32) })
        for tensor in source.tensors {
            try writer.append(try source.floats(of: tensor.name), to: renaming(tensor.name))
        }
        for other in others { try writer.append(other.values, to: other.name) }
        try writer.finish()
    }

    private func model(_ path: String, _ keys: [String: JSONValue]) throws -> Transformer {
        let folder = try HuggingFaceFolder(path: path, configuration: JSONDocument(.object(keys)))
        return try Transformer(folder, backend: .oneDNN, threads: 1)
    }

    @Test(
        arguments: zip(
            Family.names.filter { $0 != "gpt2" }, [2048, 131_072, 32_768, 32_768, 8192, 131_072, 2048, 4096, 2048]))
    func absentKeysAreThoseOfTheClasses(_ name: String, _ context: Int) throws {
        let family = try Family(name)
        var keys = try keys(family)
        for key in family.facts.absent { keys[key] = nil }
        let model = try model(family.folderPath, keys)
        #expect(model.configuration.contextLength == context)
        expectClose(
            rows(
                family.facts.positions, of: try logits(model, family.facts.ids),
                width: model.configuration.vocabularySize),
            try family.reference.floats(of: "absent.logits"), ofLargest: 5e-5, name)
    }

    @Test func sizesThatClassesFillInAreKnown() throws {
        func configuration(_ name: String, without absent: [String], _ changes: [String: JSONValue] = [:]) throws
            -> TransformerConfiguration
        {
            let family = try Family(name)
            var keys = try keys(family).merging(changes) { $1 }
            for key in absent { keys[key] = nil }
            return try TransformerConfiguration(folder(family, keys))
        }
        #expect(try configuration("qwen3", without: ["head_dim"]).headDimension == 128)
        #expect(try configuration("gemma2", without: ["head_dim"]).headDimension == 256)
        #expect(try configuration("llama", without: ["head_dim"]).headDimension == 8)
        #expect(try configuration("mistral", without: ["sliding_window"]).slidingWindow?.width == 4096)
        #expect(try configuration("mistral", without: [], ["sliding_window": .null]).slidingWindow == nil)
        #expect(try configuration("gemma2", without: [], ["final_logit_softcapping": .null]).logitSoftCap == nil)
        let left = ["head_dim", "num_attention_heads", "num_key_value_heads", "vocab_size", "sliding_window"]
        let gemma = try configuration("gemma3", without: left)
        #expect(gemma.headDimension == 256 && gemma.headCount == 8 && gemma.keyValueHeadCount == 4)
        #expect(gemma.vocabularySize == 262_208 && gemma.slidingWindow?.width == 4096)
    }

    /// Divisors of short texts hold up to the original context, the dynamic kind up to the context.
    @Test(arguments: [
        ("llama", "longrope-factor", 48), ("llama", "longrope-outer", 48), ("llama", "dynamic", 64),
        ("phi3", "longrope", 48), ("phi3", "su", 48),
    ])
    func theContextEndsWhereTheRotationWouldChange(_ name: String, _ variant: String, _ context: Int) throws {
        let family = try Family(name)
        guard case .object(let changes)? = family.facts.variants[variant] else {
            Issue.record("no variant \(variant)")
            return
        }
        let model = try model(family.folderPath, try keys(family).merging(changes) { $1 })
        #expect(model.configuration.contextLength == context)
        let ids = [Int32](repeating: 5, count: context + 1)
        #expect(throws: TransformerError.contextExceeded(length: context + 1, limit: context)) {
            try logits(model, ids, pieces: [context, 1])
        }
    }

    /// Names and numbers of the biases of all attention layers, as `biased_logits` in
    /// scripts/reference/tiny_families.py has them.
    private func biases(of configuration: TransformerConfiguration) -> [(name: String, values: [Float])] {
        let parts = [
            ("q_proj", configuration.queryWidth), ("k_proj", configuration.keyValueWidth),
            ("v_proj", configuration.keyValueWidth), ("o_proj", configuration.modelDimension),
        ]
        func value(_ index: Int, _ place: Int) -> Float { Float((7 * index + 3 * place) % 11 - 5) / 16 }
        var biases: [(name: String, values: [Float])] = []
        for layer in 0..<configuration.layerCount {
            for (place, part) in parts.enumerated() {
                let name = "model.layers.\(layer).self_attn.\(part.0).bias"
                biases.append((name, (0..<part.1).map { value($0, place) }))
            }
        }
        return biases
    }

    @Test(arguments: ["gemma2", "gemma3"]) func biasesOfGemmaAreRead(_ name: String) throws {
        let family = try Family(name)
        let configuration = try TransformerConfiguration(HuggingFaceFolder(path: family.folderPath))
        let biases = biases(of: configuration)
        try Places.withTemporaryFolder { place in
            try write(family, to: place.path, adding: biases)
            let keys = try keys(family).merging(["attention_bias": .bool(true)]) { $1 }
            let found = try logits(model(place.path, keys), family.facts.ids)
            expectClose(
                rows(family.facts.positions, of: found, width: configuration.vocabularySize),
                try family.reference.floats(of: "biased.logits"), ofLargest: 5e-5, name)
            #expect(throws: TransformerError.missingTensor("model.layers.0.self_attn.q_proj.bias")) {
                try self.model(family.folderPath, keys)
            }
        }
    }

    /// What `save_pretrained` writes of the module inside a model for generation, beside its head.
    @Test(arguments: ["llama", "qwen2", "gemma3", "gptneox", "phi3", "olmo2", "gpt2"])
    func aModelSavedWithoutItsOuterModuleIsRead(_ name: String) throws {
        let family = try Family(name)
        let outer = ["gptneox": "gpt_neox.", "gpt2": "transformer."][name] ?? "model."
        try Places.withTemporaryFolder { place in
            try write(family, to: place.path) { $0.hasPrefix(outer) ? String($0.dropFirst(outer.count)) : $0 }
            let found = try logits(model(place.path, keys(family)), family.facts.ids)
            expectIdentical(found, try logits(family.model(.folder), family.facts.ids), name)
        }
    }

    @Test func aTensorThatIsThereTwiceIsRefused() throws {
        let family = try Family("qwen2")
        try Places.withTemporaryFolder { place in
            try write(family, to: place.path, adding: [("norm.weight", [Float](repeating: 1, count: 32))])
            #expect(throws: TransformerError.unexpectedTensor("norm.weight")) {
                try model(place.path, keys(family))
            }
        }
    }

    /// Gemma 3 as released with images, and as transformers names it now.
    @Test(arguments: ["language_model.model.", "model.language_model."])
    func theTextPartOfAModelWithImagesIsRead(_ module: String) throws {
        let family = try Family("gemma3")
        try Places.withTemporaryFolder { place in
            let images = [
                (name: "vision_tower.vision_model.post_layernorm.bias", values: [Float(1), 2]),
                (name: "model.multi_modal_projector.mm_soft_emb_norm.weight", values: [Float(3)]),
            ]
            try write(family, to: place.path, adding: images) {
                $0.hasPrefix("model.") ? module + $0.dropFirst(6) : $0
            }
            var text = try keys(family)
            text["model_type"] = nil
            let keys: [String: JSONValue] = [
                "model_type": .string("gemma3"), "text_config": .object(text), "hidden_size": .integer(7),
            ]
            let found = try model(place.path, keys)
            #expect(found.configuration.architecture == "gemma3")
            expectIdentical(
                try logits(found, family.facts.ids), try logits(family.model(.folder), family.facts.ids), module)
        }
    }

    @Test func aModelWithImagesWithoutATextPartIsRefused() throws {
        let family = try Family("gemma3")
        let keys = try keys(family).merging(["model_type": .string("gemma3")]) { $1 }
        let error = try #require(throws: TransformerError.self) { try model(family.folderPath, keys) }
        #expect("\(error)".hasPrefix("the model's architecture is \"gemma3\""))
    }
}
