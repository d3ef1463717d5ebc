import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training
@testable import Transformers

/// Adapters that are written are those that the same model reads.
@Suite struct AdapterExportTests {
    /// Families whose queries, keys and values are one matrix.
    private static let stacked = ["gpt2", "gptneox", "phi3"]

    private func model(_ family: String) throws -> TrainableModel {
        let source = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        return try TrainableModel(Transformer(source, backend: .oneDNN, threads: 1), ownsEmbedding: false)
    }

    /// A model with adapters that change something.
    private func adapted(_ family: String, _ settings: AdapterSettings) throws -> TrainableModel {
        let model = try model(family)
        try model.addAdapters(settings, backend: .oneDNN, seed: 1)
        for adapter in model.adapters {
            try adapter.b.assign(try adapter.b.values().indices.map { Float($0 % 7 - 3) / 60 })
        }
        return model
    }

    /// The family's folder and its file with the adapter at a path.
    private func load(_ family: String, adapter path: String, isMerged: Bool = true) throws -> [Transformer] {
        var adapters = ModelAdapters(lora: [], isMerged: isMerged)
        try adapters.add(path: path)
        let folder = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let file = try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
        return [
            try Transformer(folder, backend: .oneDNN, threads: 1, adapters: adapters),
            try Transformer(file, backend: .oneDNN, threads: 1, adapters: adapters),
        ]
    }

    private struct Text: Decodable { var ids: [Int32] }

    private func ids(_ family: String) throws -> [Int32] {
        let file = Places.fixture("families/\(family)/reference.json")
        return try JSONDecoder().decode(Text.self, from: Data(contentsOf: file)).ids
    }

    private func logProbabilities(_ model: TrainableModel, _ ids: [Int32]) throws -> [Float] {
        var batch = TrainingBatch()
        batch.append(ids, weights: ids.map { _ in 1 })
        let space = TrainingSpace(
            model.configuration, backend: .oneDNN, rows: batch.rowCount, recomputes: false, threads: 1)
        return try model.logProbabilities(of: batch, space: space)
    }

    /// What was trained is what every reader gets, from both forms, for both forms of the model.
    @Test(arguments: FamilyTests.families) func adaptersAreReadAgain(family: String) throws {
        let settings = AdapterSettings(rank: 2)
        let model = try adapted(family, settings)
        let ids = try ids(family)
        let trained = try logProbabilities(model, ids)
        let plain = try model.withoutAdapters { try logProbabilities(model, ids) }
        #expect(zip(trained, plain).contains { abs($0 - $1) > 1e-2 })
        try Places.withTemporaryFolder { folder in
            let (peft, gguf) = (folder.appendingPathComponent("peft").path, folder.path + "/adapter.gguf")
            try PEFTAdapter.write(model, settings: settings, baseModel: family, toFolder: peft)
            try GGUFExport.writeAdapter(model, settings: settings, to: gguf)
            for path in [peft, gguf] {
                for isMerged in [true, false] {
                    for loaded in try load(family, adapter: path, isMerged: isMerged) {
                        let found = try Scoring(loaded, threads: 1).logProbabilities(of: ids)
                        expectClose(found, trained, absolute: 1e-5, relative: 1e-5, "\(path), merged: \(isMerged)")
                    }
                }
            }
            let again = try self.model(family)
            let read = try PEFTAdapter.read(peft, into: again, backend: .oneDNN)
            #expect(try logProbabilities(again, ids) == trained)
            #expect(try read.projections == Set(Projection.own(in: model.configuration)))
        }
    }

    /// Llama's projections can be trained as parts of a stacked matrix, and merged, but no file has a place for them.
    @Test(arguments: stacked) func partsOfAStackedMatrixAreRefused(family: String) throws {
        let settings = AdapterSettings(rank: 2, projections: [.query])
        let model = try adapted(family, settings)
        try Places.withTemporaryFolder { folder in
            let (peft, gguf) = (folder.appendingPathComponent("peft").path, folder.path + "/adapter.gguf")
            for check in [PEFTAdapter.check, GGUFExport.checkAdapter] {
                let error = try #require(throws: TrainingError.self) { try check(model) }
                #expect("\(error)".contains("for a model of the family \(family), which has no such matrix"))
            }
            #expect(throws: TrainingError.self) {
                try PEFTAdapter.write(model, settings: settings, baseModel: family, toFolder: peft)
            }
            #expect(throws: TrainingError.self) { try GGUFExport.writeAdapter(model, settings: settings, to: gguf) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test func projectionsOfAnotherFamilyAreRefused() throws {
        let model = try model("llama")
        #expect(
            throws: TrainingError.configuration(
                key: "adapter.projections", found: "c_fc",
                allowed: "those of the family llama, q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj")
        ) {
            try model.addAdapters(AdapterSettings(projections: [.query, .gpt2Up]), backend: .oneDNN, seed: 0)
        }
    }

    @Test(arguments: [
        ("gpt2", ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]),
        ("gptneox", ["query_key_value", "attention.dense", "dense_h_to_4h", "dense_4h_to_h"]),
        ("phi3", ["o_proj", "down_proj", "qkv_proj", "gate_up_proj"]),
        ("gemma2", ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]),
    ])
    func everyFamilyHasItsOwnProjections(family: String, names: [String]) throws {
        #expect(try Projection.own(in: model(family).configuration).map(\.rawValue) == names)
    }

    private struct PEFTSettings: Decodable, Equatable {
        var fan_in_fan_out: Bool
        var lora_alpha: Double
        var r: Int
        var target_modules: [String]

        init(_ folder: String) throws {
            let json = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/adapter_config.json"))
            self = try JSONDecoder().decode(PEFTSettings.self, from: json)
        }
    }

    /// Adapters that peft has loaded (scripts/reference/stacked_adapters.py): they give what peft computes, and are
    /// written again as they were.
    @Test(arguments: stacked) func stackedAdaptersArePEFTs(family: String) throws {
        let source = Places.fixture("training/adapters/\(family)").path
        let model = try model(family)
        let settings = try PEFTAdapter.read(source, into: model, backend: .oneDNN)
        let expected = try SafetensorsFile(path: "\(source)/reference.safetensors").floats(of: "logprobs")
        expectClose(try logProbabilities(model, ids(family)), expected, ofLargest: 5e-5)
        try Places.withTemporaryFolder { folder in
            try PEFTAdapter.write(model, settings: settings, baseModel: family, toFolder: folder.path)
            #expect(try PEFTSettings(folder.path) == PEFTSettings(source))
            let written = try SafetensorsFile(path: "\(folder.path)/adapter_model.safetensors")
            let original = try SafetensorsFile(path: "\(source)/adapter_model.safetensors")
            #expect(Set(written.tensors.map(\.name)) == Set(original.tensors.map(\.name)))
            for tensor in original.tensors {
                #expect(written.tensor(named: tensor.name)?.shape == tensor.shape, "\(tensor.name)")
                #expect(try written.floats(of: tensor.name) == original.floats(of: tensor.name), "\(tensor.name)")
            }
        }
    }

    /// An adapter of some blocks goes on as one, and is written as one.
    @Test func layersThatAreTransformedStayTheSame() throws {
        let settings = AdapterSettings(rank: 2, projections: [.value], layers: [1])
        let model = try adapted("llama", settings)
        #expect(model.adapters.map(\.name) == ["blocks.1.v_proj"])
        try Places.withTemporaryFolder { folder in
            try PEFTAdapter.write(model, settings: settings, baseModel: "llama", toFolder: folder.path)
            let again = try self.model("llama")
            #expect(try PEFTAdapter.read(folder.path, into: again, backend: .oneDNN) == settings)
            #expect(try logProbabilities(again, ids("llama")) == logProbabilities(model, ids("llama")))
            let file = folder.appendingPathComponent("adapter_config.json")
            let json = try String(contentsOf: file, encoding: .utf8)
            #expect(json.contains("\"layers_to_transform\""))
            // One number means a list of it; another block has no tensors in the file.
            let one = #""layers_to_transform": 0, "peft_type""#
            try json.replacing("\"layers_to_transform\"", with: "\"x\"").replacing("\"peft_type\"", with: one)
                .write(to: file, atomically: true, encoding: .utf8)
            #expect(try PEFTAdapter.settings(ofFolder: folder.path).layers == [0])
            let error = try #require(throws: TrainingError.self) {
                try PEFTAdapter.read(folder.path, into: self.model("llama"), backend: .oneDNN)
            }
            #expect("\(error)".contains(folder.path))
            #expect("\(error)".contains("it lacks base_model.model.model.layers.0."))
        }
    }

    /// A pattern that gives every module the same alpha is that alpha; several are none that training can go on with.
    @Test func alphasOfAllModulesAreOne() throws {
        let settings = AdapterSettings(rank: 2, alpha: 3, projections: [.query, .down])
        let model = try adapted("llama", settings)
        try Places.withTemporaryFolder { folder in
            try PEFTAdapter.write(model, settings: settings, baseModel: "llama", toFolder: folder.path)
            let file = folder.appendingPathComponent("adapter_config.json")
            let json = try String(contentsOf: file, encoding: .utf8)
            func read(_ patterns: String) throws -> Double {
                try json.replacing("\"peft_type\"", with: "\"alpha_pattern\": \(patterns), \"peft_type\"")
                    .write(to: file, atomically: true, encoding: .utf8)
                return try PEFTAdapter.settings(ofFolder: folder.path).alpha
            }
            #expect(try read(#"{"q_proj": 5, "mlp.down_proj": 5.0}"#) == 5)
            #expect(try read(#"{"v_proj": 5}"#) == 3)
            let several = try #require(throws: TrainingError.self) { try read(#"{"q_proj": 5}"#) }
            #expect("\(several)".contains("its alpha_pattern gives model.layers.0.mlp.down_proj 3.0 and"), "\(several)")
            #expect(try read(#"{"^model.*_proj": 5}"#) == 5)
            let expression = try #require(throws: TrainingError.self) { try read(#"{"(?=model)": 5}"#) }
            #expect("\(expression)".contains("alpha_pattern has \"(?=model)\"; allowed: groups as"), "\(expression)")
            let infinite = try #require(throws: TrainingError.self) { try read(#"{"q_proj": 1e99}"#) }
            #expect("\(infinite)".contains("alpha_pattern has \"q_proj\"; allowed: a finite float32"), "\(infinite)")
        }
    }

    /// The same model in another form is the same; another model's last norm is not.
    @Test func adaptersKnowTheirModel() throws {
        let settings = AdapterSettings(rank: 1, projections: [.query])
        let model = try adapted("llama", settings)
        try Places.withTemporaryFolder { folder in
            let (peft, gguf) = (folder.appendingPathComponent("peft").path, folder.path + "/adapter.gguf")
            try PEFTAdapter.write(model, settings: settings, baseModel: "llama", toFolder: peft)
            try GGUFExport.writeAdapter(model, settings: settings, to: gguf)
            for loaded in try load("llama", adapter: peft) {
                let other = loaded.replacing { weights in
                    let norm = weights.finalNorm.weight.slice.copy().enumerated().map { $0 == 0 ? $1 * 1.1 : $1 }
                    weights.finalNorm.weight = Matrix([norm])
                }
                var adapters = ModelAdapters()
                for path in [peft, gguf] { try adapters.add(path: path) }
                #expect(adapters.madeForOthers(than: loaded).isEmpty)
                #expect(adapters.madeForOthers(than: other) == [peft, gguf])
                #expect(try !PEFTAdapter.isMadeForAnother(peft, than: loaded))
                #expect(try PEFTAdapter.isMadeForAnother(peft, than: other))
                let sum = folder.appendingPathComponent("sum").path
                try PEFTAdapter.write(LoRAAdapter(peftFolder: peft), like: peft, toFolder: sum)
                #expect(try !PEFTAdapter.isMadeForAnother(sum, than: loaded))
                #expect(try PEFTAdapter.isMadeForAnother(sum, than: other))
            }
            // One that says nothing is taken as it is.
            #expect(
                try !PEFTAdapter.isMadeForAnother(
                    Places.fixture("families/llama/adapter").path, than: self.model("gpt2").transformer))
        }
    }

    /// What ranks or alphas of single layers mean would be lost: they are refused, as are other kinds of adapters.
    @Test(
        arguments: [
            ("\"layers_to_transform\": [1, -1]", "its layers_to_transform names the block -1"),
            ("\"layers_to_transform\": \"1\"", "has a value of another type at layers_to_transform"),
            ("\"use_dora\": true", "only plain LoRA without biases is read"),
            ("\"init_lora_weights\": \"pissa\"", "it was begun by pissa"),
            ("\"alora_invocation_tokens\": [1]", "it is an activated LoRA"),
            ("\"bias\": \"all\"", "only plain LoRA without biases is read"),
            ("\"lora_alpha\": 1e99", "its lora_alpha is 1e+99"),
        ])
    func settingsThatAreNotReadAreRefused(more: String, fault: String) throws {
        try Places.withTemporaryFolder { folder in
            let alpha = more.contains("lora_alpha") ? "" : "\"lora_alpha\": 4, "
            let json = """
                {"peft_type": "LORA", "r": 2, \(alpha) "target_modules": ["q_proj"], \(more)}
                """
            try Data(json.utf8).write(to: folder.appendingPathComponent("adapter_config.json"))
            let error = try #require(throws: TrainingError.self) {
                try PEFTAdapter.settings(ofFolder: folder.path)
            }
            #expect("\(error)".contains(fault), "\(error)")
        }
    }

    /// A regular expression means modules that only PEFT finds.
    @Test(arguments: [
        (#""target_modules": ".*\\.q_proj""#, #"is the regular expression ".*\.q_proj"; training goes on with a list"#),
        (#""target_modules": ["model.layers.0.self_attn.q_proj"]"#, "which is no projection of every block"),
        (#""target_modules": ["lm_head"]"#, #"names "lm_head", which is no projection of every block"#),
        (#""target_modules": [1]"#, "has a value of another type at target_modules"),
        (#""task_type": "CAUSAL_LM""#, "adapter_config.json lacks target_modules"),
    ])
    func modulesThatAreNoListOfProjectionsAreRefused(modules: String, fault: String) throws {
        try Places.withTemporaryFolder { folder in
            try Data("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \(modules)}".utf8)
                .write(to: folder.appendingPathComponent("adapter_config.json"))
            let error = try #require(throws: TrainingError.self) { try PEFTAdapter.settings(ofFolder: folder.path) }
            #expect("\(error)".hasPrefix("the adapter \(folder.path) does not fit the model: "), "\(error)")
            #expect("\(error)".contains(fault), "\(error)")
            #expect(!"\(error)".contains("DecodingError"))
        }
    }

    /// Projections that a family has as matrices of their own can be adapted, whatever the others are.
    @Test func aPartOfTheProjectionsMayHaveNames() throws {
        let settings = AdapterSettings(rank: 2, projections: [.output, .down])
        func expectTrained(_ model: TrainableModel, _ family: String, adapter path: String) throws {
            let trained = try logProbabilities(model, ids(family))
            for loaded in try load(family, adapter: path) {
                let found = try Scoring(loaded, threads: 1).logProbabilities(of: ids(family))
                expectClose(found, trained, absolute: 1e-5, relative: 1e-5, path)
            }
        }
        try Places.withTemporaryFolder { folder in
            let (peft, gguf) = (folder.appendingPathComponent("peft").path, folder.path + "/adapter.gguf")
            let (phi3, gpt2) = (try adapted("phi3", settings), try adapted("gpt2", settings))
            try PEFTAdapter.write(phi3, settings: settings, baseModel: "phi3", toFolder: peft)
            try expectTrained(phi3, "phi3", adapter: peft)
            try GGUFExport.writeAdapter(gpt2, settings: settings, to: gguf)
            try expectTrained(gpt2, "gpt2", adapter: gguf)
        }
    }
}
