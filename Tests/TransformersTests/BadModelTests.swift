import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

private func configuration(_ name: String) throws -> [String: JSONValue] {
    let path = Places.fixture("families/\(name)/folder/config.json").path
    guard case .object(let members) = try JSONDocument(path: path).root else { return [:] }
    return members
}

private func load(_ name: String, _ members: [String: JSONValue], memory: Int? = nil) throws -> Transformer {
    let folder = try HuggingFaceFolder(
        path: Places.fixture("families/\(name)/folder").path, configuration: JSONDocument(.object(members)))
    return try Transformer(folder, backend: .oneDNN, threads: 1, memory: memory)
}

@Test func unknownArchitecturesListTheKnownOnes() throws {
    var members = try configuration("llama")
    members["model_type"] = .string("mamba")
    let error = #expect(throws: TransformerError.self) { try load("llama", members) }
    let sentence = error?.description ?? ""
    #expect(sentence.contains("\"mamba\""))
    for name in ["llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3_text", "gpt2", "gpt_neox", "phi3", "olmo2"] {
        #expect(sentence.contains(name), "\(sentence) lacks \(name)")
    }
}

@Test func aModelThatDoesNotFitIsRefusedWithItsSize() throws {
    let members = try configuration("llama")
    #expect(throws: TransformerError.tooLarge(needed: 82_944, available: 82_943)) {
        try load("llama", members, memory: 82_943)
    }
    _ = try load("llama", members, memory: 82_944)
    #expect(
        TransformerError.tooLarge(needed: 14_200_000_000, available: 8_000_000_000).description
            .contains("14.2 GB of memory; 8.0 GB are free"))
    #expect(
        TransformerError.tooLarge(needed: 1_000_000_000, available: 82_940_000).description
            .contains("1.0 GB of memory; 82.9 MB are free"))
}

@Test func availableMemoryIsReadFromTheSystem() {
    #expect(AvailableMemory.available(inMemoryInfo: "MemTotal: 5 kB\nMemAvailable:    1024 kB\n") == 1 << 20)
    #expect(AvailableMemory.available(inMemoryInfo: "MemAvailable: many kB") == nil)
    #expect(AvailableMemory.available(inMemoryInfo: "") == nil)
}

/// What a control group has read of files and would give back is free.
@Test(arguments: [
    ("1000\n", "900\n", "anon 150\nactive_file 150\ninactive_file 600\n", 700), ("1000\n", "900\n", "", 100),
    ("1000", "1200", "inactive_file 100\n", 0), ("1000", "50", "inactive_file 100\n", 1000),
    ("1000", "900", "inactive_file many\n", 100), ("max\n", "900\n", "inactive_file 600\n", nil),
])
func cachedFilesAreFreeMemory(_ limit: String, _ used: String, _ statistics: String, _ expected: Int?) {
    #expect(AvailableMemory.available(inGroupOf: limit, used: used, statistics: statistics) == expected)
}

@Test(arguments: [
    ("hidden_size", 1 << 40), ("num_hidden_layers", 1_000_000), ("num_attention_heads", -4),
    ("intermediate_size", Int.max), ("vocab_size", Int.max), ("max_position_embeddings", 0), ("head_dim", Int.max),
    ("num_key_value_heads", 3),
])
func absurdSizesAreRefused(_ key: String, _ value: Int) throws {
    var members = try configuration("llama")
    members[key] = .integer(value)
    let error = #expect(throws: TransformerError.self) { try load("llama", members) }
    if case .configuration? = error { return }
    Issue.record("\(key) = \(value) gave \(String(describing: error))")
}

@Test func wrongSizesNameTheTensor() throws {
    var members = try configuration("llama")
    members["intermediate_size"] = .integer(50)
    #expect(
        throws: TransformerError.shape(
            tensor: "model.layers.0.mlp.gate_proj.weight", found: [48, 32], expected: [50, 32])
    ) { try load("llama", members) }
}

/// Thousands of changed configurations: each loads and runs, or is refused; nothing traps.
@Test(arguments: Family.names)
func changedConfigurationsLoadOrAreRefused(_ name: String) throws {
    var random = SeededGenerator(seed: 31)
    let original = try configuration(name)
    let values: [JSONValue] = [
        .null, .bool(true), .bool(false), .integer(0), .integer(-1), .integer(1), .integer(2), .integer(7),
        .integer(.max), .integer(.min), .double(0.5), .double(-1e30), .double(1e300), .string(""), .string("gelu"),
        .string("sliding_attention"), .array([]), .array([.integer(1)]), .object([:]),
        .object(["rope_type": .string("yarn"), "factor": .integer(0)]),
    ]
    var loaded = 0
    for _ in 0..<200 {
        var members = original
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            guard let key = members.keys.sorted().randomElement(using: &random) else { continue }
            members[key] = values.randomElement(using: &random)
        }
        do {
            let model = try load(name, members)
            _ = try logits(model, [1])
            loaded += 1
        } catch {
            #expect(error is TransformerError || error is CheckpointError, "\(error)")
        }
    }
    #expect(loaded > 20)
}
