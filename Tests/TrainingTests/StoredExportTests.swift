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

    private func trainable(_ source: some ModelSource) throws -> TrainableModel {
        try TrainableModel(
            Transformer(source, backend: .oneDNN, threads: 1, isEditable: true), ownsEmbedding: true)
    }

    private func hasTokenizer(_ source: HuggingFaceFolder) -> Bool {
        FileManager.default.fileExists(atPath: source.path + "/tokenizer.json")
    }
}
