import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

/// A GGUF file with other keys and more tensors.
private struct ChangedFile: ModelSource {
    let file: GGUFFile
    var strings: [String: String] = [:]
    var integers: [String: Int] = [:]
    var floats: [String: Float] = [:]
    var vectors: [String: [Float]] = [:]

    func string(_ key: String) throws -> String? { try strings[key] ?? file.string(key) }
    func integer(_ key: String) throws -> Int? { try integers[key] ?? file.integer(key) }
    func float(_ key: String) throws -> Float? { try floats[key] ?? file.float(key) }
    func bool(_ key: String) throws -> Bool? { try file.bool(key) }
    func floats(_ key: String) throws -> [Float]? { try file.floats(key) }
    var tensorNames: [String] { file.tensorNames + vectors.keys }
    func shape(ofTensor name: String) -> [Int]? { vectors[name].map { [$0.count] } ?? file.shape(ofTensor: name) }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        guard let values = vectors[name] else { return try file.copyRows(rows, ofTensor: name, to: matrix) }
        matrix.assign(values)
    }
}

/// Models whose rotation depends on the length that they are loaded for.
struct LongContextTests {
    /// A family's folder under one of its long configurations.
    private func folder(_ family: Family, _ variant: String) throws -> HuggingFaceFolder {
        let patch = try #require(family.facts.long?[variant] ?? family.facts.variants[variant], "no \(variant)")
        return try folder(family, patch)
    }

    private func folder(_ family: Family, _ patch: JSONValue) throws -> HuggingFaceFolder {
        let root = try JSONDocument(path: family.folderPath + "/config.json").root
        guard case .object(let base) = root, case .object(let changes) = patch else {
            throw CheckpointError.missingMetadata(key: "config.json")
        }
        return try HuggingFaceFolder(
            path: family.folderPath, configuration: JSONDocument(.object(base.merging(changes) { $1 })))
    }

    private func chosen(_ family: Family, _ logits: [Float], _ model: Transformer) -> [Float] {
        rows(family.facts.positions, of: logits, width: model.configuration.vocabularySize)
    }

    /// transformers reads the whole text at once, without a cache.
    @Test(arguments: [
        ("llama", "long-factor", 16), ("llama", "long-attention", 39), ("phi3", "long", 16), ("phi3", "long-su", 32),
    ])
    func longTextsAgreeWithTransformers(_ name: String, _ variant: String, _ original: Int) throws {
        let family = try Family(name)
        let folder = try folder(family, variant)
        let ids = family.facts.ids
        let model = try Transformer(folder, backend: .oneDNN, threads: 1, contextLength: ids.count)
        #expect(model.configuration.contextLength == 64 && model.configuration.longContext == nil)
        let found = try logits(model, ids)
        expectClose(
            chosen(family, found, model), try family.reference.floats(of: "\(variant).logits"), ofLargest: 5e-5,
            "\(name) \(variant)")
        // No cut of the text changes a bit, also not one at the original context.
        for pieces in [[original, ids.count - original], [1, ids.count - 2, 1]] {
            expectIdentical(try logits(model, ids, pieces: pieces), found, "\(variant) in \(pieces)")
        }
        let short = try Transformer(folder, backend: .oneDNN, threads: 1)
        #expect(short.configuration.contextLength == original)
        #expect(short.configuration.longContext?.contextLength == 64)
        #expect(throws: TransformerError.contextExceeded(length: 40, limit: original)) { try logits(short, ids) }
        // Short texts are read with the divisors that were chosen, too.
        let beginning = Array(ids.prefix(8))
        #expect(try logits(model, beginning) != logits(short, beginning))
        expectIdentical(
            try logits(model, beginning), Array(found.prefix(8 * model.configuration.vocabularySize)), variant)
    }

    @Test func aContextThatIsThereAnywayChangesNothing() throws {
        let family = try Family("phi3")
        let folder = try folder(family, "long")
        let plain = try Transformer(folder, backend: .oneDNN, threads: 1)
        let asked = try Transformer(folder, backend: .oneDNN, threads: 1, contextLength: 16)
        #expect(asked.configuration == plain.configuration)
        let ids = Array(family.facts.ids.prefix(16))
        expectIdentical(try logits(asked, ids), try logits(plain, ids), "16")
    }

    @Test func aContextThatNoModelHasIsRefused() throws {
        let family = try Family("phi3")
        let long = try folder(family, "long")
        let expected = TransformerError.contextTooShort(wanted: 65, longest: 64)
        #expect(throws: expected) { try Transformer(long, backend: .oneDNN, threads: 1, contextLength: 65) }
        #expect("\(expected)" == "a context of 65 positions was asked for; the model has at most 64")
        let plain = try HuggingFaceFolder(path: Family("qwen2").folderPath)
        #expect(throws: expected) { try Transformer(plain, backend: .oneDNN, threads: 1, contextLength: 65) }
        // Without divisors for long texts the context ends where it did.
        let without = try folder(
            family,
            .object([
                "original_max_position_embeddings": .integer(16),
                "rope_scaling": .object([
                    "type": .string("longrope"),
                    "short_factor": .array([.double(1), .double(1.2), .double(1.5), .double(2)]),
                ]),
            ]))
        #expect(throws: TransformerError.contextTooShort(wanted: 17, longest: 16)) {
            try Transformer(without, backend: .oneDNN, threads: 1, contextLength: 17)
        }
    }

    @Test func divisorsOfTheWrongNumberAreRefusedWhenTheyAreAskedFor() throws {
        let family = try Family("phi3")
        let folder = try folder(
            family,
            .object([
                "original_max_position_embeddings": .integer(16),
                "rope_scaling": .object([
                    "type": .string("longrope"),
                    "short_factor": .array([.double(1), .double(1.2), .double(1.5), .double(2)]),
                    "long_factor": .array([.double(1), .double(2)]),
                ]),
            ]))
        #expect(try TransformerConfiguration(folder).contextLength == 16)
        #expect(
            throws: TransformerError.configuration(
                key: "number of rope frequency divisors", value: "2", allowed: "4 to 4")
        ) { try Transformer(folder, backend: .oneDNN, threads: 1, contextLength: 17) }
    }

    /// What llama.cpp's converter makes of the folder.
    @Test func aFileHasBothKindsOfDivisors() throws {
        let family = try Family("phi3")
        let file = try ChangedFile(
            file: GGUFFile(path: Places.fixture("families/phi3/model.gguf").path),
            integers: ["phi3.rope.scaling.original_context_length": 32],
            floats: ["phi3.rope.scaling.attn_factor": Float((1 + log(2.0) / log(32.0)).squareRoot())],
            vectors: ["rope_factors_short.weight": [1, 1.2, 1.5, 2], "rope_factors_long.weight": [2, 3, 5, 8]])
        let model = try Transformer(file, backend: .oneDNN, threads: 1, contextLength: 33)
        #expect(model.configuration.contextLength == 64)
        expectClose(
            chosen(family, try logits(model, family.facts.ids), model),
            try family.reference.floats(of: "long-su.logits"), ofLargest: 5e-5)
        let short = try TransformerConfiguration(file)
        #expect(short.contextLength == 32)
        #expect(short == (try TransformerConfiguration(folder(family, "long-su"))))
    }

    @Test func bothKindsOfDivisorsAreWritten() throws {
        let folder = try folder(try Family("phi3"), "long-su")
        let parameters = Set(try TensorPlan.tensors(of: folder).map(\.parameter))
        let form = try GGUFForm(TransformerConfiguration(folder), parameters: parameters, isTied: false)
        #expect(form.vectors.map(\.name) == ["rope_factors_long.weight", "rope_factors_short.weight"])
        #expect(form.vectors.map(\.values) == [[2, 3, 5, 8], [1, 1.2, 1.5, 2]])
        #expect(try form.metadata.integer("phi3.context_length") == 64)
        #expect(try form.metadata.integer("phi3.rope.scaling.original_context_length") == 32)
    }

    /// Qwen's files say the context before yarn stretches it.
    @Test func yarnStretchesTheContext() throws {
        let family = try Family("llama")
        guard case .object(var changes)? = family.facts.variants["yarn"] else { throw CancellationError() }
        changes["max_position_embeddings"] = .integer(16)
        let model = try Transformer(folder(family, .object(changes)), backend: .oneDNN, threads: 1)
        #expect(model.configuration.contextLength == 64)
        expectClose(
            chosen(family, try logits(model, family.facts.ids), model),
            try family.reference.floats(of: "yarn.logits"), ofLargest: 5e-5)
        var file = try ChangedFile(
            file: GGUFFile(path: Places.fixture("families/qwen2/model.gguf").path),
            strings: ["qwen2.rope.scaling.type": "yarn"],
            integers: ["qwen2.context_length": 16, "qwen2.rope.scaling.original_context_length": 16],
            floats: ["qwen2.rope.scaling.factor": 2.5])
        #expect(try TransformerConfiguration(file).contextLength == 40)
        file.floats["qwen2.rope.scaling.factor"] = 1e30
        #expect(try TransformerConfiguration(file).contextLength == 16_777_216)
    }
}
