import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

/// `alpha_pattern` and `rank_pattern`; what matches is what `peft.utils.other.get_pattern_key` of peft 0.21.2 gives.
@Suite struct ModulePatternTests {
    private static let module = "model.layers.10.self_attn.q_proj"

    private func patterns(_ json: String) throws -> ModulePatterns {
        let text = "{\"other\": {\"alpha_pattern\": {\"x\": 1}}, \"alpha_pattern\": \(json), \"r\": 3}"
        return try ModulePatterns(JSONDocument(text: text), text: Array(text.utf8), key: "alpha_pattern")
    }

    private func value(_ json: String, _ module: String = module) throws -> Double? {
        var patterns = try patterns(json)
        return try patterns.value(ofModule: module)
    }

    @Test(
        arguments: [
            ("q_proj", true), ("proj", false), ("attn.q_proj", false), ("self_attn.q_proj", true),
            ("self_attn?q_proj", false), ("selfXattn.q_proj", false), ("self.attn.q.proj", true), ("^q_proj", false),
            ("^model.*q_proj", true), ("layers.1.self_attn.q_proj", false), ("layers.1.*q_proj", true),
            (#"layers\.1\..*"#, false), (#"layers\.(1|10)\..*"#, true), ("(k|q)_proj", true), ("k_proj|q_proj", true),
            (".*", true), ("", false), ("q_proj$", true), ("q_pro", false), ("[kq]_proj", true), (#"\w+"#, true),
            (#"layers\.\d{2}\.self_attn\.q_proj"#, true), ("layers.1[0-9].self_attn.q_proj", true),
            ("10.self_attn.q_proj", true), (#"q\_proj"#, true), (module, true), ("x\(module)", false),
            ("x|model", false),
        ])
    func patternsMatchAsInPEFT(_ pattern: String, _ isMatch: Bool) throws {
        let quoted = String(decoding: try JSONEncoder().encode([pattern: 2]), as: UTF8.self)
        #expect(try value(quoted) == (isMatch ? 2 : nil))
    }

    /// The order is the file's, whatever the names.
    @Test func theFirstThatMatchesCounts() throws {
        #expect(try value(#"{"q_proj": 1, ".*": 2, "a": 3}"#) == 1)
        #expect(try value(#"{".*": 2, "q_proj": 1}"#) == 2)
        #expect(try value(#"{"k_proj": 4, "q\u005fproj": 1.5, "z": 2}"#) == 1.5)
        #expect(try value("{}") == nil)
        #expect(try value("null") == nil)
    }

    /// What Python reads otherwise, or not at all, and what would take too long, is refused by name.
    @Test(
        arguments: [
            "(", "a)|(b", "(?i)q_proj", "(?=q)q_proj", #"(q)\1"#, #"\x71_proj"#, "q{,3}", "[[:alpha:]]_proj", "q**",
            "q{2}{3}", "((((a{50}){50}){50}){50})", String(repeating: "(a*)*", count: 201),
        ])
    func expressionsThatAreNotUnderstoodAreRefused(_ pattern: String) throws {
        let quoted = String(decoding: try JSONEncoder().encode([pattern: 2]), as: UTF8.self)
        let error = try #require(throws: TransformerError.self) { try patterns(quoted) }
        guard case .adapterPattern("alpha_pattern", pattern, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func valuesThatMeanNothingAreRefused() throws {
        for json in [#"{"q_proj": "2"}"#, #"{"q_proj": true}"#, #"{"q_proj": null}"#] {
            #expect(
                throws: TransformerError.adapterPattern(
                    key: "alpha_pattern", pattern: "q_proj", allowed: "a number for each pattern")
            ) { try patterns(json) }
        }
        #expect(throws: CheckpointError.self) { try patterns("[1]") }
        let twice = try #require(throws: TransformerError.self) { try patterns(#"{"q_proj": 2, "q_proj": 3}"#) }
        #expect("\(twice)".contains("allowed: each pattern once"), "\(twice)")
    }

    /// However many patterns there are, and whatever they cost, an end comes.
    @Test func theWorkIsBounded() throws {
        let many = (0...ModulePatterns.mostExpressions).map { "\"(a|\($0))\": 1" }.joined(separator: ", ")
        #expect(throws: TransformerError.self) { try patterns("{\(many)}") }
        let names = (0...ModulePatterns.mostPatterns).map { "\"p\($0)\": 1" }.joined(separator: ", ")
        #expect(throws: TransformerError.self) { try patterns("{\(names)}") }
        // Backtracking would take longer than the world lasts.
        let long = String(repeating: "a", count: 200)
        #expect(try value(#"{"(a*)*b": 1, "(a|a)*c": 2}"#, long) == nil)
    }

    /// The folder that the GPT-NeoX fixture is, with another configuration.
    private func adapter(_ settings: String) throws -> LoRAAdapter {
        try Places.withTemporaryFolder { folder in
            let copy = folder.appendingPathComponent("adapter")
            try FileManager.default.copyItem(
                atPath: Places.fixture("families/gptneox/adapter").path, toPath: copy.path)
            try Data("{\"peft_type\": \"LORA\", \"lora_alpha\": 6, \(settings)}".utf8)
                .write(to: copy.appendingPathComponent("adapter_config.json"))
            return try LoRAAdapter(peftFolder: copy.path)
        }
    }

    /// Rank 3: a configuration that says another one is not that of these tensors.
    @Test func ranksAreThoseOfTheTensors() throws {
        let dense = "gpt_neox.layers.0.attention.dense"
        #expect(try adapter(#""r": 9, "rank_pattern": {"dense|query_key_value": 3}"#).changes[dense]?.scale == 2)
        #expect(throws: TransformerError.adapterRank(module: dense, found: 3, expected: 9)) {
            try adapter(#""r": 9"#)
        }
        #expect(throws: TransformerError.adapterRank(module: dense, found: 3, expected: 4)) {
            try adapter(#""r": 3, "rank_pattern": {"^gpt_neox.layers.0.*dense": 4}"#)
        }
        #expect(throws: TransformerError.self) { try adapter(#""rank_pattern": {"dense": 2.5}"#) }
        #expect(throws: TransformerError.self) { try adapter(#""rank_pattern": {"dense": 0}"#) }
    }

    @Test(
        arguments: [
            (#""use_dora": true"#, "DoRA"), (#""lora_bias": true"#, "LoRA with biases"),
            (#""bias": "all""#, "LoRA with the base model's biases (bias all)"),
            (#""bias": "lora_only""#, "LoRA with the base model's biases (bias lora_only)"),
            (#""layer_replication": [[0, 2], [1, 3]]"#, "LoRA of replicated layers (layer_replication)"),
            (
                #""target_parameters": ["mlp.experts.gate_up_proj"]"#,
                "LoRA of parameters that are no modules (target_parameters)"
            ),
            (
                #""trainable_token_indices": [1, 2]"#,
                "LoRA with embeddings of single tokens (trainable_token_indices)"
            ),
            (#""init_lora_weights": "corda""#, "init_lora_weights corda"),
            (#""init_lora_weights": "pissa_niter_4""#, "init_lora_weights pissa_niter_4"),
            (#""init_lora_weights": "loftq""#, "init_lora_weights loftq"),
            (#""use_qalora": true"#, "QALoRA"), (#""use_bdlora": {"nblocks": 2}"#, "BD-LoRA"),
            (#""arrow_config": {"top_k": 3}"#, "Arrow"), (#""kasa_config": {"beta": 1}"#, "KaSA"),
        ])
    func otherKindsAreRefusedByName(_ settings: String, _ kind: String) throws {
        #expect(throws: TransformerError.adapterKind(kind)) { try adapter(settings) }
    }

    /// What an adapter was made with, and does not change what its tensors mean.
    @Test(
        arguments: [
            #""init_lora_weights": "eva", "eva_config": {"rho": 2.0}"#, #""exclude_modules": ["dense"]"#,
            #""fan_in_fan_out": true"#, #""corda_config": null, "layer_replication": null, "modules_to_save": []"#,
            #""use_dora": false, "lora_bias": false, "target_parameters": [], "trainable_token_indices": null"#,
            #""layers_to_transform": [1], "layers_pattern": "layers", "loftq_config": {}, "bias": "none""#,
        ])
    func harmlessSettingsChangeNothing(_ settings: String) throws {
        let (found, plain) = (try adapter(settings), try adapter(#""r": 3"#))
        #expect(found.changes.keys.sorted() == plain.changes.keys.sorted())
        for (name, change) in plain.changes {
            let other = try #require(found.changes[name])
            #expect(other.scale == change.scale)
            expectIdentical(other.a.slice.copy(), change.a.slice.copy(), "\(name)")
            expectIdentical(other.b.slice.copy(), change.b.slice.copy(), "\(name)")
        }
    }

    /// A pickle is a program: it is not read, and the message says what to do.
    @Test func picklesAreNamed() throws {
        try Places.withTemporaryFolder { folder in
            try Data(#"{"peft_type": "LORA", "lora_alpha": 6}"#.utf8)
                .write(to: folder.appendingPathComponent("adapter_config.json"))
            let pickle = folder.appendingPathComponent("adapter_model.bin")
            try Data([0x80, 2]).write(to: pickle)
            let fault = #expect(throws: TransformerError.adapterPickle(pickle.path)) {
                try LoRAAdapter(peftFolder: folder.path)
            }
            #expect(fault?.description.contains("save_pretrained(FOLDER, safe_serialization=True)") == true)
        }
    }

    /// llama.cpp refuses what is neither a half of a change nor a norm.
    @Test func otherTensorsOfGGUFAdaptersAreErrors() throws {
        try Places.withTemporaryFolder { folder in
            for name in ["blk.0.attn_q.weight", "blk.0.attn_q.bias", "output_norm", "blk.0.attn_q.lora_a"] {
                let path = folder.appendingPathComponent("adapter.gguf").path
                let writer = try GGUFWriter(
                    path: path,
                    metadata: GGUFMetadata([
                        ("general.architecture", .string("llama")), ("general.type", .string("adapter")),
                        ("adapter.type", .string("lora")), ("adapter.lora.alpha", .float32(4)),
                    ]),
                    tensors: [TensorDeclaration(name: name, shape: [4], elementType: .f32)])
                try writer.append([1, 2, 3, 4], to: name)
                try writer.finish()
                #expect(throws: TransformerError.adapterTarget(name)) { try LoRAAdapter(gguf: GGUFFile(path: path)) }
            }
        }
    }
}
