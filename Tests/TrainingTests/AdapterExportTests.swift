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

    private func adapted(_ family: String, _ settings: AdapterSettings) throws -> TrainableModel {
        let source = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let model = try TrainableModel(Transformer(source, backend: .oneDNN, threads: 1), ownsEmbedding: false)
        try model.addAdapters(settings, backend: .oneDNN, seed: 1)
        return model
    }

    /// Loads the family's folder and its file with the adapter at a path.
    private func load(_ family: String, adapter path: String) throws {
        var adapters = ModelAdapters()
        try adapters.add(path: path)
        let folder = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let file = try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
        _ = try Transformer(folder, backend: .oneDNN, threads: 1, adapters: adapters)
        _ = try Transformer(file, backend: .oneDNN, threads: 1, adapters: adapters)
    }

    @Test(arguments: FamilyTests.families) func adaptersAreReadOrRefused(family: String) throws {
        let settings = AdapterSettings(rank: 2)
        let model = try adapted(family, settings)
        try Places.withTemporaryFolder { folder in
            let (peft, gguf) = (folder.appendingPathComponent("peft").path, folder.path + "/adapter.gguf")
            guard Self.stacked.contains(family) else {
                try PEFTAdapter.write(model, settings: settings, baseModel: family, toFolder: peft)
                try GGUFExport.writeAdapter(model, settings: settings, to: gguf)
                try load(family, adapter: peft)
                return try load(family, adapter: gguf)
            }
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

    /// What ranks or alphas of single layers mean would be lost: they are refused, as are other kinds of adapters.
    @Test(
        arguments: [
            ("\"rank_pattern\": {\"q_proj\": 4}", "a rank_pattern or an alpha_pattern"),
            ("\"alpha_pattern\": {\"q_proj\": 4.0}", "a rank_pattern or an alpha_pattern"),
            ("\"use_dora\": true", "only plain LoRA without biases is read"),
            ("\"init_lora_weights\": \"pissa\"", "it was begun by pissa"),
            ("\"alora_invocation_tokens\": [1]", "it is an activated LoRA"),
            ("\"bias\": \"all\"", "only plain LoRA without biases is read"),
        ])
    func settingsThatAreNotReadAreRefused(more: String, fault: String) throws {
        try Places.withTemporaryFolder { folder in
            let json = """
                {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"], \(more)}
                """
            try Data(json.utf8).write(to: folder.appendingPathComponent("adapter_config.json"))
            let error = try #require(throws: TrainingError.self) {
                try PEFTAdapter.settings(ofFolder: folder.path)
            }
            #expect("\(error)".contains(fault), "\(error)")
        }
    }

    /// Projections that a family has as matrices of their own can be adapted, whatever the others are.
    @Test func aPartOfTheProjectionsMayHaveNames() throws {
        let settings = AdapterSettings(rank: 2, projections: [.output, .down])
        try Places.withTemporaryFolder { folder in
            let (peft, gguf) = (folder.appendingPathComponent("peft").path, folder.path + "/adapter.gguf")
            try PEFTAdapter.write(try adapted("phi3", settings), settings: settings, baseModel: "phi3", toFolder: peft)
            try load("phi3", adapter: peft)
            try GGUFExport.writeAdapter(try adapted("gpt2", settings), settings: settings, to: gguf)
            try load("gpt2", adapter: gguf)
        }
    }
}
