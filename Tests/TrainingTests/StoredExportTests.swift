import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Training
@testable import Transformers

/// What is written in the form of its source holds what the model holds, in every family and both forms.
@Suite struct StoredExportTests {
    /// Folders whose norms are stored as the difference from 1: adding and subtracting it rounds.
    private static let rounding = ["gemma2", "gemma3"]

    @Test(arguments: FamilyTests.families) func aFolderComesBack(family: String) throws {
        let source = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let model = try trainable(source)
        try Places.withTemporaryFolder { folder in
            try StoredExport.write(model, like: source, toFolder: folder.path)
            let written = try HuggingFaceFolder(path: folder.path)
            #expect(Set(written.tensors.map(\.name)).isSubset(of: source.tensors.map(\.name)))
            for tensor in written.tensors {
                let (found, expected) = (try written.floats(of: tensor.name), try source.floats(of: tensor.name))
                if Self.rounding.contains(family), tensor.shape.count == 1 {
                    expectClose(found, expected, ofLargest: 1e-6)
                } else {
                    expectIdentical(found, expected, "\(tensor.name)")
                }
            }
            #expect(FileManager.default.fileExists(atPath: folder.path + "/tokenizer.json") == hasTokenizer(source))
            // Everything that the model needs was written.
            _ = try Transformer(written, backend: .oneDNN, threads: 1)
        }
    }

    @Test(arguments: FamilyTests.families) func aFileComesBack(family: String) throws {
        let source = try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
        let model = try trainable(source)
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("written.gguf").path
            try StoredExport.write(model, like: source, as: .f32, to: path)
            let written = try GGUFFile(path: path)
            for tensor in written.tensors {
                expectIdentical(
                    try written.floats(of: tensor.name), try source.floats(of: tensor.name), "\(tensor.name)")
            }
            #expect(try Transformer(written, backend: .oneDNN, threads: 1).configuration == model.configuration)
        }
    }

    /// A folder that becomes a file: the file of the same weights, with a configuration that computes the same.
    @Test(arguments: FamilyTests.families) func aFolderBecomesAFile(family: String) throws {
        let model = try trainable(HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path))
        let fixture = try GGUFFile(path: Places.fixture("families/\(family)/model.gguf").path)
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("written.gguf").path
            let text = try GGUFMetadata([("tokenizer.ggml.model", .string("gpt2"))])
            try GGUFExport.write(model, text: text, as: .f32, to: path)
            let written = try GGUFFile(path: path)
            #expect(Set(written.tensors.map(\.name)) == Set(fixture.tensors.map(\.name)))
            for tensor in written.tensors where !tensor.name.hasPrefix("rope_") {
                expectIdentical(
                    try written.floats(of: tensor.name), try fixture.floats(of: tensor.name), "\(tensor.name)")
            }
            #expect(written.metadata["tokenizer.ggml.model"] == .string("gpt2"))
            #expect(try written.metadata.integer("general.file_type") == 0)
            let again = try trainable(written)
            #expect(model.configuration.difference(from: again.configuration) == nil)
            #expect(again.parameters.map(\.name) == model.parameters.map(\.name))
            for (found, expected) in zip(again.parameters, model.parameters) {
                expectIdentical(try found.values(), try expected.values(), found.name)
            }
        }
    }

    /// Adapters that are not merged are no part of the file, and what is quantised is so in its whole blocks only.
    @Test func aFileHasTheTypeAndTheNamesOfTheModelItself() throws {
        let model = try trainable(HuggingFaceFolder(path: Places.fixture("families/qwen2/folder").path))
        try model.addAdapters(
            AdapterSettings(rank: 2, alpha: 4, dropout: 0, projections: [.query]), backend: .oneDNN, seed: 1)
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("written.gguf").path
            try GGUFExport.write(model, text: GGUFMetadata(), as: .q8_0, to: path)
            let written = try GGUFFile(path: path)
            #expect(!written.tensors.contains { $0.name.contains("lora") || $0.name == "output.weight" })
            #expect(written.tensor(named: "blk.0.attn_q.weight")?.elementType == .q8_0)
            #expect(written.tensor(named: "blk.0.ffn_down.weight")?.elementType == .f16)
            #expect(written.tensor(named: "blk.0.attn_q.bias")?.elementType == .f32)
            #expect(try written.metadata.integer("general.file_type") == 7)
        }
    }

    /// Biases of the attention have no name in files of the family olmo2.
    @Test func aModelThatAFileCannotSayIsRefused() throws {
        let transformer = try Transformer(
            HuggingFaceFolder(path: Places.fixture("families/olmo2/folder").path), backend: .oneDNN, threads: 1,
            isEditable: true)
        let model = try TrainableModel(transformer, ownsEmbedding: true)
        model.blocks[1].attentionOutput.bias = Parameter("blocks.1.attn.o.bias", Matrix(rows: 1, columns: 32))
        #expect(
            throws: TransformerError.noGGUF("blocks.1.attn.o.bias, which files of the family olmo2 do not have")
        ) { try GGUFExport.check(model) }
    }

    /// A change of the weights is in the file: the first row of the second part of what is stacked.
    @Test(arguments: ["qwen2", "gptneox", "gpt2", "phi3"]) func whatTrainingChangedIsWritten(family: String) throws {
        let source = try HuggingFaceFolder(path: Places.fixture("families/\(family)/folder").path)
        let model = try trainable(source)
        let parameter = model.blocks[1].gateUp.weights
        var values = try parameter.values()
        values[0] += 1
        try parameter.assign(values)
        try Places.withTemporaryFolder { folder in
            try StoredExport.write(model, like: source, toFolder: folder.path)
            let written = try HuggingFaceFolder(path: folder.path)
            let changed = try written.tensors.filter { try written.floats(of: $0.name) != source.floats(of: $0.name) }
            #expect(changed.count == 1, "\(changed.map(\.name))")
            let again = try TrainableModel(Transformer(written, backend: .oneDNN, threads: 1), ownsEmbedding: true)
            expectIdentical(try again.blocks[1].gateUp.weights.values(), values, "as trained")
        }
    }

    /// Families whose GGUF file becomes a folder; the llama fixture scales its rotation.
    private static let said = FamilyTests.families.filter { $0 != "llama" }

    private func written(_ model: TrainableModel, toFolder folder: String) throws {
        try HuggingFaceExport.write(
            model, tokens: HuggingFaceExport.TokenIDs(beginning: 1, end: 2, padding: nil), toFolder: folder)
    }

    /// A file that becomes a folder: the tensors of the folder that transformers saved, with a configuration that computes
    /// the same.
    @Test(arguments: said) func aFileBecomesAFolder(family: String) throws {
        let place = Places.fixture("families/\(family)").path
        let model = try trainable(GGUFFile(path: "\(place)/model.gguf"))
        let fixture = try HuggingFaceFolder(path: "\(place)/folder")
        try Places.withTemporaryFolder { folder in
            try written(model, toFolder: folder.path)
            let written = try HuggingFaceFolder(path: folder.path)
            #expect(Set(written.tensors.map(\.name)) == Set(fixture.tensors.map(\.name)))
            for tensor in written.tensors {
                #expect(tensor.shape == fixture.tensor(named: tensor.name)?.shape, "\(tensor.name)")
            }
            for key in ["model_type", "architectures", "eos_token_id", "tie_word_embeddings"] {
                #expect(written.configuration[key] == fixture.configuration[key], "\(key)")
            }
            #expect(written.configuration["pad_token_id"] == .null)
            let again = try trainable(written)
            #expect(model.configuration.difference(from: again.configuration) == nil)
            #expect(again.parameters.map(\.name) == model.parameters.map(\.name))
            for (found, expected) in zip(again.parameters, model.parameters) {
                expectIdentical(try found.values(), try expected.values(), found.name)
            }
        }
    }

    /// transformers tells 5.0 from 5, and a whole number from one that is none.
    @Test func numbersOfAMadeConfigurationHaveTheirKind() throws {
        try Places.withTemporaryFolder { folder in
            let path = Places.fixture("families/gemma2/model.gguf").path
            try written(try trainable(GGUFFile(path: path)), toFolder: folder.path)
            let text = try String(contentsOf: folder.appendingPathComponent("config.json"), encoding: .utf8)
            for line in [
                "\"final_logit_softcapping\": 5.0", "\"attn_logit_softcapping\": 3.0", "\"query_pre_attn_scalar\": 20",
                "\"rms_norm_eps\": 1e-06", "\"sliding_window\": 9", "\"rope_theta\": 10000.0",
                "\"layer_types\": [\"sliding_attention\", \"full_attention\"]",
            ] {
                #expect(text.contains("\n  \(line),\n"), "\(line) in \(text)")
            }
        }
    }

    /// Divisors of the rotation have no key, and a bias of one block has no tensor.
    @Test func whatAConfigurationWouldNotSayIsRefused() throws {
        try Places.withTemporaryFolder { folder in
            let out = folder.appendingPathComponent("out").path
            func refuse(_ model: TrainableModel, _ part: String) {
                #expect(
                    throws: TrainingError.writer(
                        found: "a model with \(part) from a GGUF file to a folder of transformers",
                        allowed: "a GGUF file, or an adapter")
                ) { try written(model, toFolder: out) }
            }
            refuse(
                try trainable(GGUFFile(path: Places.fixture("families/llama/model.gguf").path)),
                "a scaling of its rotation, which folders of its family do not say")
            let model = try trainable(GGUFFile(path: Places.fixture("families/qwen2/model.gguf").path))
            model.blocks[1].attentionOutput.bias = Parameter("blocks.1.attn.o.bias", Matrix(rows: 1, columns: 32))
            refuse(model, "blocks.1.attn.o.bias, which folders of the family qwen2 do not have")
            #expect(!FileManager.default.fileExists(atPath: out))
        }
    }

    /// Beside adapters the embeddings stay in the model's file, and are written from it. An index of older weights goes.
    @Test func anUntiedModelUnderAdaptersBecomesAFolder() throws {
        let source = TinyModel(isTied: false)
        let model = try TrainableModel(source.makeModel(isEditable: true), ownsEmbedding: false)
        try model.addAdapters(AdapterSettings(rank: 2), backend: .oneDNN, seed: 1)
        try HuggingFaceExport.check(model)
        try Places.withTemporaryFolder { folder in
            let index = folder.appendingPathComponent("model.safetensors.index.json")
            try Data(#"{"weight_map": {"old": "model-00001-of-00002.safetensors"}}"#.utf8).write(to: index)
            try HuggingFaceExport.write(
                model, tokens: HuggingFaceExport.TokenIDs(beginning: nil, end: nil, padding: nil),
                toFolder: folder.path)
            #expect(!FileManager.default.fileExists(atPath: index.path))
            let written = try HuggingFaceFolder(path: folder.path)
            for (name, own) in [("model.embed_tokens", "token_embd"), ("lm_head", "output")] {
                let expected = try #require(source.tensors["\(own).weight"]?.values)
                expectIdentical(try written.floats(of: "\(name).weight"), expected, "\(name)")
            }
            #expect(try Transformer(written, backend: .oneDNN, threads: 1).weights.isTied == false)
        }
    }

    @Test func aFolderIsNotWrittenOverItself() throws {
        try Places.withTemporaryFolder { folder in
            let own = folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: Places.fixture("families/qwen2/folder"), to: own)
            let before = try Data(contentsOf: own.appendingPathComponent("config.json"))
            let source = try HuggingFaceFolder(path: own.path)
            let model = try trainable(source)
            #expect(throws: TrainingError.self) {
                try StoredExport.write(model, like: source, toFolder: own.path + "/../model")
            }
            #expect(try Data(contentsOf: own.appendingPathComponent("config.json")) == before)
        }
    }

    /// Links of a cache become files, and the configuration names the type that the weights have now.
    @Test func textsAreCopiedAsTheyAreRead() throws {
        try Places.withTemporaryFolder { folder in
            let (own, out) = (folder.appendingPathComponent("model"), folder.appendingPathComponent("out"))
            try FileManager.default.copyItem(at: Places.fixture("families/qwen2/folder"), to: own)
            let configuration = own.appendingPathComponent("config.json")
            let moved = folder.appendingPathComponent("blob")
            let text = try String(contentsOf: configuration, encoding: .utf8)
            let place = try #require(text.firstIndex(of: "{"))
            try Data("{\"torch_dtype\": \"bfloat16\",\(text[text.index(after: place)...])".utf8).write(to: moved)
            try FileManager.default.removeItem(at: configuration)
            try FileManager.default.createSymbolicLink(atPath: configuration.path, withDestinationPath: "../blob")
            let source = try HuggingFaceFolder(path: own.path)
            try StoredExport.write(trainable(source), like: source, toFolder: out.path)
            try FileManager.default.removeItem(at: moved)
            let written = try String(contentsOf: out.appendingPathComponent("config.json"), encoding: .utf8)
            #expect(written.contains("float32") && !written.contains("bfloat16"))
            let rest = text[text.index(after: place)...].replacing("float16", with: "float32")
            #expect(written == "{\"torch_dtype\": \"float32\",\(rest)")
        }
    }

    /// Programs tell 50 from 50.0: nothing but the type of the weights is written anew.
    @Test func aConfigurationKeepsItsSpelling() throws {
        func changed(_ text: String) -> String {
            String(decoding: ConfigurationText.inFloat32(Data(text.utf8)), as: UTF8.self)
        }
        func text(_ first: String, _ second: String) -> String {
            #"{"final_logit_softcapping": 50.0,\t"eps": 1E-06, "torch_dtype" : \#(first), "model_type": "dtype", "#
                + #""text_config": {"dtype": "float16"}, "list": ["dtype", "x"],"dtype":\#(second)}"#
        }
        let expected = text(#""float32""#, #""float32""#)
        #expect(changed(text(#""bfloat16""#, "null")) == expected)
        for same in [
            #"{"a": "\"dtype\": 1", "dtype": {"x": 1}, "b": 2.50}"#, "", "{", #"{"dtype"#, #"{"dtype":"#, #"{"dtype" "#,
            #"["dtype", 1.0]"#, #"{"a\"#,
        ] {
            #expect(changed(same) == same)
        }
        #expect(changed(#"{"dtype": "half"#) == #"{"dtype": "float32""#)
    }

    /// Gemma 2's limits of logits are written with a point: transformers refuses 50 where it had written 50.0.
    @Test func aFolderKeepsItsConfigurationByteForByte() throws {
        let source = try HuggingFaceFolder(path: Places.fixture("families/gemma2/folder").path)
        let configuration = try Data(contentsOf: URL(fileURLWithPath: source.path + "/config.json"))
        #expect(String(decoding: configuration, as: UTF8.self).contains(#""final_logit_softcapping": 5.0"#))
        #expect(String(decoding: configuration, as: UTF8.self).contains(#""dtype": "float32""#))
        try Places.withTemporaryFolder { folder in
            try StoredExport.write(trainable(source), like: source, toFolder: folder.path)
            #expect(try Data(contentsOf: folder.appendingPathComponent("config.json")) == configuration)
        }
    }

    private func trainable(_ source: some ModelSource) throws -> TrainableModel {
        try TrainableModel(
            Transformer(source, backend: .oneDNN, threads: 1, isEditable: true), ownsEmbedding: true)
    }

    private func hasTokenizer(_ source: HuggingFaceFolder) -> Bool {
        FileManager.default.fileExists(atPath: source.path + "/tokenizer.json")
    }
}
