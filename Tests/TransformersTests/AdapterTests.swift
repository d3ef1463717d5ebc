import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Tensors
@testable import Transformers

/// Logits at the reference's positions.
private func logits(_ family: Family, _ form: Form, _ adapters: ModelAdapters) throws -> [Float] {
    let model = try family.model(form, adapters: adapters)
    let found = try logits(model, family.facts.ids)
    let vocabulary = model.configuration.vocabularySize
    return family.facts.positions.flatMap { Array(found[($0 * vocabulary)..<(($0 + 1) * vocabulary)]) }
}

private func reference(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: Places.fixture("families/\(name)/adapters.safetensors").path)
}

private func path(_ name: String, _ file: String) -> String { Places.fixture("families/\(name)/\(file)").path }

/// Against peft, merged and beside the weights; scripts/reference/tiny_adapters.py.
@Test(arguments: ["llama", "gpt2", "gptneox", "phi3"], Form.allCases)
func adaptersOfPEFTAgreeOnBothForms(_ name: String, _ form: Form) throws {
    var adapters = ModelAdapters()
    try adapters.add(path: path(name, "adapter"))
    for isMerged in [true, false] {
        adapters.isMerged = isMerged
        expectClose(
            try logits(Family(name), form, adapters), try reference(name).floats(of: "lora.logits"), ofLargest: 5e-5,
            "merged: \(isMerged)")
    }
}

/// What is computed beside the weights has the bits of a row alone, whatever is read with it.
@Test(arguments: ["llama", "gpt2", "gptneox", "phi3"])
func adaptersBesideWeightsDoNotDependOnPiecesOrThreads(_ name: String) throws {
    let family = try Family(name)
    var adapters = ModelAdapters(lora: [], isMerged: false)
    try adapters.add(path: path(name, "adapter"))
    let model = try family.model(.gguf, adapters: adapters)
    let ids = family.facts.ids
    let whole = try logits(model, ids)
    #expect(try logits(model, ids, pieces: ids.map { _ in 1 }) == whole)
    #expect(try logits(model, ids, pieces: [1, 3, ids.count - 4], threads: 3) == whole)
    #expect(try logits(family.model(.gguf), ids) != whole)
}

private func isBlocks(_ weights: PackedWeights) -> Bool {
    switch weights.storage {
    case .quantized, .expanding: true
    default: false
    }
}

/// The blocks of a quantised file stay what they are, in every mode that computes on them.
@Test(arguments: [MatrixBackend.oneDNN, .native])
func adaptersBesideWeightsLeaveBlocksAlone(_ backend: MatrixBackend) throws {
    let file = try GGUFFile(path: Places.root.appendingPathComponent("fixtures/models/tiny.gguf").path)
    let configuration = try TransformerConfiguration(file)
    let shape = (outputs: configuration.modelDimension, inputs: configuration.feedForwardDimension)
    let a = Matrix(rows: 2, columns: shape.inputs)
    let b = Matrix(rows: shape.outputs, columns: 2)
    for matrix in [a, b] {
        for row in 0..<matrix.rowCount {
            matrix.slice.withMutableRow(row) { for index in $0.indices { $0[index] = Float(index % 7) / 8 } }
        }
    }
    let change = LoRAAdapter(.gguf, changes: ["blk.1.ffn_down": LoRAAdapter.Change(a: a, b: b, scale: 0.5)])
    func model(_ adapters: ModelAdapters) throws -> Transformer {
        try Transformer(file, backend: backend, threads: 1, adapters: adapters)
    }
    let beside = try model(ModelAdapters(lora: [change], isMerged: false))
    #expect(isBlocks(beside.weights.blocks[1].down.weights))
    #expect(try !isBlocks(model(ModelAdapters(lora: [change])).weights.blocks[1].down.weights))
    let ids: [Int32] = [5, 17, 3, 99, 41]
    let merged = try logits(model(ModelAdapters(lora: [change])), ids)
    let plain = try logits(model(ModelAdapters()), ids)
    let found = try logits(beside, ids)
    #expect(zip(found, plain).contains { abs($0 - $1) > 0.1 })
    // In `native` the merged matrix is multiplied in float32, the one beside it by 8-bit activations.
    expectClose(found, merged, ofLargest: backend == .native ? 0.02 : 1e-5)
}

@Test(arguments: Form.allCases)
func adaptersOfLlamaCppAgreeOnBothForms(_ form: Form) throws {
    var adapters = ModelAdapters()
    try adapters.add(path: path("llama", "adapter.gguf"))
    expectClose(
        try logits(Family("llama"), form, adapters), try reference("llama").floats(of: "lora.logits"), ofLargest: 5e-5)
}

@Test(arguments: Form.allCases)
func controlVectorsAreAddedBehindTheirBlock(_ form: Form) throws {
    var adapters = ModelAdapters()
    try adapters.add(path: path("llama", "control.gguf"), strength: 0.25)
    try adapters.add(path: path("llama", "control.gguf"), strength: 0.25)
    expectClose(
        try logits(Family("llama"), form, adapters), try reference("llama").floats(of: "control.logits"),
        ofLargest: 5e-5)
}

@Test func strengthZeroChangesNothing() throws {
    var adapters = ModelAdapters()
    try adapters.add(path: path("llama", "adapter"), strength: 0)
    let family = try Family("llama")
    #expect(try logits(family, .folder, adapters) == logits(family, .folder, ModelAdapters()))
}

@Test func adaptersThatDoNotFitAreErrors() throws {
    var ofLlama = ModelAdapters()
    try ofLlama.add(path: path("llama", "adapter.gguf"))
    let architecture = TransformerError.adapterArchitecture("llama", model: "gpt2")
    #expect(throws: TransformerError.adapter(path: path("llama", "adapter.gguf"), architecture)) {
        try logits(Family("gpt2"), .gguf, ofLlama)
    }
    var ofGPT2 = ModelAdapters()
    try ofGPT2.add(path: path("gpt2", "adapter"))
    let target = TransformerError.adapterTarget("transformer.h.0.attn.c_attn")
    let fault = #expect(throws: TransformerError.adapter(path: path("gpt2", "adapter"), target)) {
        try logits(Family("llama"), .folder, ofGPT2)
    }
    #expect(fault?.description.contains("gpt2/adapter cannot be put on the model: the adapter holds") == true)
    let narrow = LoRAAdapter(
        .gguf,
        changes: [
            "blk.0.attn_q": LoRAAdapter.Change(
                a: Matrix(rows: 2, columns: 31), b: Matrix(rows: 48, columns: 2), scale: 1)
        ])
    #expect(throws: TransformerError.shape(tensor: "blk.0.attn_q A", found: [2, 31], expected: [2, 32])) {
        try logits(Family("llama"), .folder, ModelAdapters(lora: [narrow]))
    }
    var ofLlamasWidth = ModelAdapters()
    try ofLlamasWidth.add(path: path("llama", "control.gguf"))
    var narrower = try Family("llama").model(.gguf).configuration
    narrower.modelDimension = 31
    let width = TransformerError.shape(tensor: "direction.1", found: [32], expected: [31])
    #expect(throws: TransformerError.adapter(path: path("llama", "control.gguf"), width)) {
        try ofLlamasWidth.controlRows(narrower)
    }
    let short = ControlVector([1: [1, 2, 3]])
    #expect(throws: TransformerError.shape(tensor: "direction.1", found: [3], expected: [32])) {
        try logits(Family("llama"), .folder, ModelAdapters(lora: [], control: [short]))
    }
}

/// The adapter of the GPT-NeoX fixture, rank 3, with other patterns.
private func adapter(alphas patterns: String) throws -> LoRAAdapter {
    try Places.withTemporaryFolder { folder in
        let copy = folder.appendingPathComponent("adapter")
        try FileManager.default.copyItem(atPath: path("gptneox", "adapter"), toPath: copy.path)
        try Data(#"{"peft_type": "LORA", "lora_alpha": 6, "alpha_pattern": \#(patterns)}"#.utf8)
            .write(to: copy.appendingPathComponent("adapter_config.json"))
        return try LoRAAdapter(peftFolder: copy.path)
    }
}

/// PEFT takes the first pattern of the file that matches.
@Test func patternsOfAlphasHaveOneMeaning() throws {
    let module = "gpt_neox.layers.0.attention.dense"
    let equal = try adapter(alphas: #"{"dense": 5, "attention.dense": 5.0}"#)
    #expect(equal.changes[module]?.scale == Float(5) / 3)
    #expect(equal.changes["gpt_neox.layers.0.attention.query_key_value"]?.scale == 2)
    let two = try adapter(alphas: #"{"layers.0.attention.dense": 7, "dense": 5}"#)
    #expect(two.changes[module]?.scale == Float(7) / 3)
    let other = try adapter(alphas: #"{"dense": 5, "layers.0.attention.dense": 7}"#)
    #expect(other.changes[module]?.scale == Float(5) / 3)
    let infinite = TransformerError.adapterPattern(
        key: "alpha_pattern", pattern: "dense", allowed: "a finite float32 for each pattern, not 1e+99")
    #expect(throws: infinite) { try adapter(alphas: #"{"dense": 1e99}"#) }
}

@Test func halvesOfDifferentRanksAreErrors() throws {
    try Places.withTemporaryFolder { folder in
        let name = "base_model.model.model.layers.0.self_attn.q_proj"
        let writer = try SafetensorsWriter(
            path: folder.appendingPathComponent("adapter_model.safetensors").path, metadata: [:],
            tensors: [
                TensorDeclaration(name: "\(name).lora_A.weight", shape: [4, 8], elementType: .f32),
                TensorDeclaration(name: "\(name).lora_B.weight", shape: [6, 3], elementType: .f32),
            ])
        try writer.append([Float](repeating: 1, count: 32), to: "\(name).lora_A.weight")
        try writer.append([Float](repeating: 1, count: 18), to: "\(name).lora_B.weight")
        try writer.finish()
        try Data(#"{"peft_type": "LORA", "lora_alpha": 1}"#.utf8)
            .write(to: folder.appendingPathComponent("adapter_config.json"))
        let module = "model.layers.0.self_attn.q_proj lora B"
        #expect(throws: TransformerError.shape(tensor: module, found: [6, 3], expected: [6, 4])) {
            try LoRAAdapter(peftFolder: folder.path)
        }
    }
}

/// An adapter that counts only behind certain tokens would be merged for all of them, and one without a finite scale makes
/// every weight infinite.
@Test func adaptersOfLlamaCppThatCannotBeMergedAreErrors() throws {
    try Places.withTemporaryFolder { folder in
        func adapter(_ more: [(String, MetadataValue)], alpha: Float = 4) throws -> LoRAAdapter {
            let path = folder.appendingPathComponent("\(more.count).gguf").path
            let kind: [(String, MetadataValue)] = [
                ("general.architecture", .string("llama")), ("general.type", .string("adapter")),
                ("adapter.type", .string("lora")), ("adapter.lora.alpha", .float32(alpha)),
            ]
            let parts = [("blk.0.attn_q.weight.lora_a", [2, 4]), ("blk.0.attn_q.weight.lora_b", [4, 2])]
            let writer = try GGUFWriter(
                path: path, metadata: GGUFMetadata(kind + more),
                tensors: parts.map { TensorDeclaration(name: $0.0, shape: $0.1, elementType: .f32) })
            for part in parts { try writer.append([Float](repeating: 1, count: 8), to: part.0) }
            try writer.finish()
            return try LoRAAdapter(gguf: GGUFFile(path: path))
        }
        let plain = try adapter([])
        #expect(plain.changes["blk.0.attn_q"]?.scale == 2)
        #expect(throws: TransformerError.adapterKind("activated LoRA")) {
            try adapter([("adapter.alora.invocation_tokens", .array(.uint32([1, 2])))])
        }
        let infinite = TransformerError.configuration(
            key: "adapter.lora.alpha", value: "inf", allowed: "finite numbers")
        #expect(throws: infinite) { try adapter([], alpha: .infinity) }
    }
}

@Test func otherKindsOfAdaptersAreErrors() throws {
    try Places.withTemporaryFolder { folder in
        let copy = folder.appendingPathComponent("adapter")
        try FileManager.default.copyItem(atPath: path("phi3", "adapter"), toPath: copy.path)
        let settings = copy.appendingPathComponent("adapter_config.json")
        try Data(#"{"peft_type": "LORA", "use_dora": true, "lora_alpha": 1}"#.utf8).write(to: settings)
        #expect(throws: TransformerError.adapterKind("DoRA")) { try LoRAAdapter(peftFolder: copy.path) }
        try Data(#"{"peft_type": "IA3"}"#.utf8).write(to: settings)
        #expect(throws: TransformerError.adapterKind("IA3")) { try LoRAAdapter(peftFolder: copy.path) }
        for (more, kind) in [
            (#""init_lora_weights": "pissa""#, "init_lora_weights pissa"),
            (#""alora_invocation_tokens": [1, 2]"#, "activated LoRA"),
        ] {
            try Data("{\"peft_type\": \"LORA\", \"lora_alpha\": 1, \(more)}".utf8).write(to: settings)
            #expect(throws: TransformerError.adapterKind(kind)) { try LoRAAdapter(peftFolder: copy.path) }
        }
        let harmless =
            #"{"peft_type": "LORA", "lora_alpha": 1, "init_lora_weights": "gaussian", "alora_invocation_tokens": null}"#
        try Data(harmless.utf8).write(to: settings)
        #expect(try !LoRAAdapter(peftFolder: copy.path).changes.isEmpty)
    }
}
