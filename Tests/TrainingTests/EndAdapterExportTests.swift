import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training
@testable import Transformers

/// What becomes of a model whose one matrix for embeddings and head an adapter has made two.
@Suite struct EndAdapterExportTests {
    private struct Text: Decodable { var ids: [Int32] }

    private func ids(_ family: String) throws -> [Int32] {
        let file = Places.fixture("families/\(family)/reference.json")
        return try JSONDecoder().decode(Text.self, from: Data(contentsOf: file)).ids
    }

    private func path(_ family: String, _ name: String) -> String {
        Places.fixture("families/\(family)/adapters/\(name)").path
    }

    private func loaded(
        _ source: some ModelSource, _ adapter: String, isMerged: Bool = true
    ) throws -> Transformer {
        var adapters = ModelAdapters(lora: [], isMerged: isMerged)
        try adapters.add(path: adapter)
        return try Transformer(source, backend: .oneDNN, threads: 1, adapters: adapters, isEditable: true)
    }

    private func scores(_ model: Transformer, _ family: String) throws -> [Float] {
        try Scoring(model, threads: 1).logProbabilities(of: ids(family))
    }

    /// A GGUF file gets a head of its own, whether it is written of a file or of a folder.
    @Test(arguments: [("qwen2", "head"), ("qwen2", "embedding"), ("gemma2", "ends"), ("gpt2", "saved")])
    func filesHoldBothMatrices(_ family: String, _ name: String) throws {
        let file = try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
        let folder = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        #expect(file.tensor(named: "output.weight") == nil)
        let text = try GGUFMetadata([("tokenizer.ggml.model", .string("gpt2"))])
        for ownsEmbedding in [true, false] {
            let ofFile = try loaded(file, path(family, name))
            let ofFolder = try loaded(folder, path(family, name))
            let plain = try scores(Transformer(file, backend: .oneDNN, threads: 1), family)
            #expect(try zip(scores(ofFile, family), plain).contains { abs($0 - $1) > 1e-2 })
            try Places.withTemporaryFolder { place in
                let paths = ["file", "folder"].map { place.appendingPathComponent("\($0).gguf").path }
                try StoredExport.write(
                    TrainableModel(ofFile, ownsEmbedding: ownsEmbedding), like: file, as: .f32, to: paths[0])
                try GGUFExport.write(
                    TrainableModel(ofFolder, ownsEmbedding: ownsEmbedding), text: text, as: .f32, to: paths[1])
                for (path, model) in zip(paths, [ofFile, ofFolder]) {
                    let written = try GGUFFile(path: path)
                    #expect(written.tensor(named: "output.weight") != nil)
                    let again = try Transformer(written, backend: .oneDNN, threads: 1)
                    expectClose(
                        try scores(again, family), try scores(model, family), absolute: 1e-5, relative: 1e-5, "\(path)")
                }
            }
        }
    }

    /// `config.json` says that there is one matrix: a folder would lose one of the two.
    @Test func foldersOfOneMatrixAreRefused() throws {
        let folder = try HuggingFaceFolder(path: Places.fixture("families/qwen2/folder").path)
        let model = try TrainableModel(loaded(folder, path("qwen2", "head")), ownsEmbedding: true)
        let error = try #require(throws: TrainingError.self) { try StoredExport.check(model, like: folder) }
        #expect("\(error)".contains("a model whose embeddings and head are one matrix"), "\(error)")
        try Places.withTemporaryFolder { place in
            _ = #expect(throws: TrainingError.self) {
                try StoredExport.write(model, like: folder, toFolder: place.appendingPathComponent("out").path)
            }
        }
        let plain = try TrainableModel(
            Transformer(folder, backend: .oneDNN, threads: 1, isEditable: true), ownsEmbedding: true)
        try StoredExport.check(plain, like: folder)
    }

    /// A head with an adapter beside it is no head that training knows.
    @Test func headsBesideTheWeightsAreNotTrainedOn() throws {
        let folder = try HuggingFaceFolder(path: Places.fixture("families/qwen2/folder").path)
        let model = try loaded(folder, path("qwen2", "head"), isMerged: false)
        #expect(throws: TrainingError.self) { try TrainableModel(model, ownsEmbedding: false) }
    }

    /// What training goes on from is low-rank changes of projections, of one rank and one alpha.
    @Test func patternsAndWholeModulesOfAStartingAdapter() throws {
        let settings = AdapterSettings(rank: 2, alpha: 3, projections: [.query, .down])
        let source = try HuggingFaceFolder(path: Places.fixture("families/llama/folder").path)
        let model = try TrainableModel(Transformer(source, backend: .oneDNN, threads: 1), ownsEmbedding: false)
        try model.addAdapters(settings, backend: .oneDNN, seed: 1)
        try Places.withTemporaryFolder { folder in
            try PEFTAdapter.write(model, settings: settings, baseModel: "llama", toFolder: folder.path)
            let file = folder.appendingPathComponent("adapter_config.json")
            let json = try String(contentsOf: file, encoding: .utf8)
            func read(_ more: String) throws -> AdapterSettings {
                try json.replacing("\"peft_type\"", with: "\(more), \"peft_type\"")
                    .write(to: file, atomically: true, encoding: .utf8)
                return try PEFTAdapter.settings(ofFolder: folder.path)
            }
            #expect(try read(#""rank_pattern": {"v_proj": 5}"#).rank == 2)
            #expect(try read(#""rank_pattern": {"(q|down)_proj": 4}"#).rank == 4)
            #expect(try read(#""alpha_pattern": {"^model.*(q|down)_proj": 7}"#).alpha == 7)
            for (more, fault) in [
                (#""rank_pattern": {"q_proj": 4}"#, "its rank_pattern gives model.layers.0.mlp.down_proj 2 and"),
                (#""rank_pattern": {".*": 5000}"#, "rank 5000 is not in 1 to 4096"),
                (#""alpha_pattern": {"(": 4}"#, "the adapter's alpha_pattern has \"(\"; allowed: "),
                (#""modules_to_save": ["lm_head"]"#, "its modules_to_save names \"lm_head\""),
                (#""target_parameters": ["x"]"#, "LoRA of parameters that are no modules"),
            ] {
                let error = try #require(throws: TrainingError.self) { try read(more) }
                #expect("\(error)".contains(fault), "\(error)")
            }
            try json.write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.moveItem(
                at: folder.appendingPathComponent("adapter_model.safetensors"),
                to: folder.appendingPathComponent("adapter_model.bin"))
            let pickle = try #require(throws: TrainingError.self) {
                try PEFTAdapter.read(folder.path, into: model, backend: .oneDNN)
            }
            #expect("\(pickle)".contains("its weights are a pickle"), "\(pickle)")
        }
    }
}
