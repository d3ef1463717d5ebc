import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

/// Adapters of the first matrix and the last, whole matrices, and patterns, against peft
/// (scripts/reference/end_adapters.py).
@Suite struct EndAdapterTests {
    struct Case: CustomTestStringConvertible {
        var family: String
        var name: String

        var path: String { Places.fixture("families/\(family)/adapters/\(name)").path }
        var testDescription: String { "\(family) \(name)" }

        func logits() throws -> [Float] {
            try SafetensorsFile(path: Places.fixture("families/\(family)/adapters/reference.safetensors").path)
                .floats(of: name)
        }
    }

    /// Llama and GPT-NeoX have an embedding and a head, the others one matrix for both.
    static let cases = [
        Case(family: "llama", name: "ends"), Case(family: "llama", name: "saved"),
        Case(family: "llama", name: "patterns"), Case(family: "gptneox", name: "ends"),
        Case(family: "gemma2", name: "ends"), Case(family: "gemma2", name: "saved"),
        Case(family: "qwen2", name: "embedding"), Case(family: "qwen2", name: "head"),
        Case(family: "gpt2", name: "ends"), Case(family: "gpt2", name: "saved"),
    ]

    private func adapters(_ path: String, isMerged: Bool = true) throws -> ModelAdapters {
        var adapters = ModelAdapters(lora: [], isMerged: isMerged)
        try adapters.add(path: path)
        return adapters
    }

    /// Logits at the reference's positions.
    private func found(_ model: Transformer, _ family: Family) throws -> [Float] {
        let all = try logits(model, family.facts.ids)
        let width = model.configuration.vocabularySize
        return family.facts.positions.flatMap { Array(all[($0 * width)..<(($0 + 1) * width)]) }
    }

    @Test(arguments: cases, Form.allCases)
    func theyAgreeWithPEFT(_ one: Case, _ form: Form) throws {
        let family = try Family(one.family)
        for isMerged in [true, false] {
            let model = try family.model(form, adapters: adapters(one.path, isMerged: isMerged))
            expectClose(try found(model, family), try one.logits(), ofLargest: 5e-5, "merged: \(isMerged)")
        }
    }

    /// llama.cpp's names and shapes; norms are left aside, as there.
    @Test(arguments: Form.allCases)
    func adaptersOfLlamaCppAgreeToo(_ form: Form) throws {
        let family = try Family("llama")
        let path = Places.fixture("families/llama/adapters/ends.gguf").path
        for isMerged in [true, false] {
            let adapters = try adapters(path, isMerged: isMerged)
            #expect(adapters.leftAside == [path: ["blk.0.attn_norm.weight"]])
            expectClose(
                try found(family.model(form, adapters: adapters), family),
                try Case(family: "llama", name: "ends").logits(), ofLargest: 5e-5, "merged: \(isMerged)")
        }
    }

    /// A model of one matrix has two as soon as an adapter changes one end.
    @Test func aChangedEndIsAMatrixOfItsOwn() throws {
        let family = try Family("qwen2")
        #expect(try family.model(.folder).weights.isTied)
        for name in ["embedding", "head"] {
            let path = Case(family: "qwen2", name: name).path
            #expect(try !family.model(.gguf, adapters: adapters(path)).weights.isTied, "\(name)")
        }
        // An adapter without these leaves it as it is.
        let none = LoRAAdapter(.gguf, changes: [:])
        #expect(try family.model(.gguf, adapters: ModelAdapters(lora: [none])).weights.isTied)
    }

    /// What is computed beside the head has the bits of a row alone, however many rows are read at once.
    @Test(arguments: ["llama", "gemma2"])
    func headsBesideTheWeightsDoNotDependOnPieces(_ name: String) throws {
        let family = try Family(name)
        let model = try family.model(
            .folder, adapters: adapters(Case(family: name, name: "ends").path, isMerged: false))
        #expect(model.weights.unembedding.additions.count == 1)
        let ids = family.facts.ids
        let whole = try logits(model, ids)
        #expect(try logits(model, ids, pieces: ids.map { _ in 1 }) == whole)
        #expect(try logits(model, ids, pieces: [1, 3, ids.count - 4], threads: 3) == whole)
    }

    /// transformers has renamed the head of GPT-NeoX; older adapters have the older name.
    @Test func bothNamesOfAHeadAreKnown() throws {
        let family = try Family("gptneox")
        let configuration = try family.model(.folder).configuration
        let a = Matrix(rows: 1, columns: configuration.modelDimension)
        let b = Matrix(rows: configuration.vocabularySize, columns: 1)
        a.slice.assign((0..<configuration.modelDimension).map { Float($0 % 3) })
        b.slice.assign((0..<configuration.vocabularySize).map { Float($0 % 5) / 10 })
        func logits(_ head: String) throws -> [Float] {
            let adapter = LoRAAdapter(.huggingFace, changes: [head: LoRAAdapter.Change(a: a, b: b, scale: 1)])
            return try found(family.model(.folder, adapters: ModelAdapters(lora: [adapter])), family)
        }
        #expect(try logits("embed_out") == logits("lm_head"))
        #expect(try logits("embed_out") != found(family.model(.folder), family))
    }

    /// Whole matrices have no half strength, are no others than the two, and not two for one place.
    @Test func wholeMatricesThatDoNotFitAreErrors() throws {
        let llama = try Family("llama")
        let saved = Case(family: "llama", name: "saved").path
        #expect(throws: TransformerError.adapter(path: saved, .adapterStrength(0.5, whole: "lm_head"))) {
            var half = ModelAdapters()
            try half.add(path: saved, strength: 0.5)
        }
        var twice = try adapters(saved)
        try twice.add(path: saved)
        let second = TransformerError.adapterKind("a second one with the whole of model.embed_tokens")
        #expect(throws: TransformerError.adapter(path: saved, second)) { try llama.model(.folder, adapters: twice) }
        #expect(throws: TransformerError.adapter(path: saved, .adapterSum("lm_head"))) {
            try LoRAAdapter.sum([LoRAAdapter(peftFolder: saved)])
        }
        let ends = Case(family: "llama", name: "ends").path
        #expect(throws: TransformerError.adapter(path: ends, .adapterSum("model.embed_tokens"))) {
            try LoRAAdapter.sum([LoRAAdapter(peftFolder: ends)])
        }
    }

    /// A folder with one more tensor, in place of one of the others.
    private func withTensor(
        _ name: String, shape: [Int], config: String, _ body: (String) throws -> Void
    ) throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("adapter_model.safetensors").path
            let writer = try SafetensorsWriter(
                path: path, metadata: [:], tensors: [TensorDeclaration(name: name, shape: shape, elementType: .f32)])
            try writer.append([Float](repeating: 0.5, count: shape.reduce(1, *)), to: name)
            try writer.finish()
            try Data(config.utf8).write(to: folder.appendingPathComponent("adapter_config.json"))
            try body(folder.path)
        }
    }

    @Test func otherWholeModulesAreRefusedByName() throws {
        let llama = try Family("llama")
        let name = "base_model.model.model.layers.0.mlp.gate_proj.weight"
        let config = #"{"peft_type": "LORA", "lora_alpha": 1, "modules_to_save": ["mlp.gate_proj"]}"#
        try withTensor(name, shape: [4, 4], config: config) { path in
            let module = TransformerError.adapterModule(
                "model.layers.0.mlp.gate_proj", allowed: ["model.embed_tokens", "lm_head"])
            #expect(throws: TransformerError.adapter(path: path, module)) {
                try llama.model(.folder, adapters: adapters(path))
            }
        }
        let missing = #"{"peft_type": "LORA", "lora_alpha": 1, "modules_to_save": ["score"]}"#
        try withTensor("base_model.model.lm_head.weight", shape: [4, 4], config: missing) { path in
            #expect(throws: TransformerError.adapterKind("modules_to_save score without a matrix of it")) {
                try LoRAAdapter(peftFolder: path)
            }
        }
        // A vocabulary that has grown.
        let saved = #"{"peft_type": "LORA", "lora_alpha": 1, "modules_to_save": ["lm_head"]}"#
        try withTensor("base_model.model.lm_head.weight", shape: [4, 4], config: saved) { path in
            let configuration = try llama.model(.folder).configuration
            let shape = TransformerError.shape(
                tensor: "base_model.model.lm_head.weight", found: [4, 4],
                expected: [configuration.vocabularySize, configuration.modelDimension])
            #expect(throws: TransformerError.adapter(path: path, shape)) {
                try llama.model(.folder, adapters: adapters(path))
            }
        }
    }
}
