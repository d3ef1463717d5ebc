import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

/// A tiny random model of one family and what transformers computed with it; see scripts/reference/tiny_families.py.
struct Family {
    struct Facts: Decodable {
        var ids: [Int32]
        var positions: [Int]
        var variants: [String: JSONValue]
        /// Configurations whose original context the text is longer than.
        var long: [String: JSONValue]?
        /// Keys without which the logits `absent.logits` were computed.
        var absent: [String]
    }

    static let names = [
        "llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3", "gpt2", "gptneox", "phi3", "olmo2",
    ]

    let name: String
    let facts: Facts
    let reference: SafetensorsFile

    init(_ name: String) throws {
        self.name = name
        let data = try Data(contentsOf: Places.fixture("families/\(name)/reference.json"))
        facts = try JSONDecoder().decode(Facts.self, from: data)
        reference = try SafetensorsFile(path: Places.fixture("families/\(name)/reference.safetensors").path)
    }

    var folderPath: String { Places.fixture("families/\(name)/folder").path }

    func model(_ form: Form, threads: Int = 1, adapters: ModelAdapters = ModelAdapters()) throws -> Transformer {
        switch form {
        case .folder:
            try Transformer(
                HuggingFaceFolder(path: folderPath), backend: .oneDNN, threads: threads, adapters: adapters)
        case .gguf:
            try Transformer(
                GGUFFile(path: Places.fixture("families/\(name)/model.gguf").path), backend: .oneDNN, threads: threads,
                adapters: adapters)
        }
    }
}

enum Form: CaseIterable {
    case folder
    case gguf
}

/// Reads `ids` in pieces; logits of all positions, row by row.
func logits(
    _ model: Transformer, _ ids: [Int32], pieces: [Int]? = nil, threads: Int = 1
) throws -> [Float] {
    var recorder = Recorder(wanted: [])
    return try logits(model, ids, pieces: pieces, threads: threads, &recorder)
}

private func logits(
    _ model: Transformer, _ ids: [Int32], pieces: [Int]? = nil, threads: Int = 1, _ recorder: inout Recorder
) throws -> [Float] {
    let space = Workspace(model.configuration, rows: 64, threads: threads)
    let cache = KVCache(model.configuration, capacity: ids.count)
    let row = Matrix(rows: 64, columns: model.configuration.vocabularySize)
    var result: [Float] = []
    var begin = 0
    for piece in pieces ?? [ids.count] {
        let batch = TokenBatch(ids[begin..<(begin + piece)], cache: cache)
        let final = try model.forward(batch, space: space, hooks: &recorder)
        let place = LogitRows(tag: SequenceTag(prompt: 0), positions: begin..<(begin + piece))
        try model.logits(final, of: [place], into: row.rows(0..<piece), space: space, hooks: &recorder)
        result += row.rows(0..<piece).copy()
        begin += piece
    }
    return result
}

@Test(arguments: Family.names, Form.allCases)
func familiesAgreeWithTransformersAtEverySite(_ name: String, _ form: Form) throws {
    let family = try Family(name)
    let model = try family.model(form)
    let points = HookPoint.all(of: model.configuration).filter { $0.site != .tokens }
    var recorder = Recorder(wanted: Set(points))
    let found = try logits(model, family.facts.ids, &recorder)
    let vocabulary = model.configuration.vocabularySize
    expectClose(
        rows(family.facts.positions, of: found, width: vocabulary), try family.reference.floats(of: "logits"),
        ofLargest: 5e-5)
    // Whoever looks at patterns computes attention step by step; nobody does here.
    expectClose(
        try rows(family.facts.positions, of: logits(model, family.facts.ids), width: vocabulary),
        try family.reference.floats(of: "logits"), ofLargest: 5e-5, "unobserved")
    for point in points {
        let isLogits = point.site == .logits
        let expected = try family.reference.floats(of: isLogits ? "logits" : point.description)
        var seen = try #require(recorder.seen[point], "\(point) was not visited")
        // The hook sees logits before they are capped, the reference has them behind it.
        if isLogits, let cap = model.configuration.logitSoftCap { seen = seen.map { cap * tanh($0 / cap) } }
        let shape = try #require(recorder.shapes[point])
        let chosen = choose(family.facts.positions, of: seen, shape: shape, point)
        expectClose(chosen.map(finite), expected.map(finite), ofLargest: 5e-5, "\(name) \(form) \(point)")
        #expect(chosen.map(\.isFinite) == expected.map(\.isFinite), "\(point) is finite elsewhere")
    }
    let unnamed = Set(family.reference.tensors.map(\.name)).subtracting(points.map(\.description))
    #expect(unnamed.allSatisfy { $0.hasSuffix("logits") }, "the reference has sites that the model lacks: \(unnamed)")
}

func rows(_ indices: [Int], of values: [Float], width: Int) -> [Float] {
    indices.flatMap { Array(values[($0 * width)..<(($0 + 1) * width)]) }
}

private func finite(_ value: Float) -> Float { value.isFinite ? value : 0 }

/// Elements at some positions: the second axis of scores and patterns, the first of all others.
private func choose(_ positions: [Int], of values: [Float], shape: [Int], _ point: HookPoint) -> [Float] {
    let isSquare = point.site == .attentionScores || point.site == .pattern
    let (outer, rows) = isSquare ? (shape[0], shape[1]) : (1, shape[0])
    let width = values.count / outer / rows
    var chosen: [Float] = []
    for index in 0..<outer {
        for position in positions {
            let begin = (index * rows + position) * width
            chosen += values[begin..<(begin + width)]
        }
    }
    return chosen
}

/// Looked at or not, cached or not, on one thread or two, alone or in a batch: the same bits.
@Test(arguments: Family.names)
func familiesGiveTheSameBitsHoweverTheyAreRead(_ name: String) throws {
    let family = try Family(name)
    let model = try family.model(.gguf, threads: 2)
    let ids = family.facts.ids
    let whole = try logits(model, ids)
    var recorder = Recorder(wanted: Set(HookPoint.all(of: model.configuration)))
    expectIdentical(try logits(model, ids, &recorder), whole, "observed")
    #expect(recorder.order == HookPoint.all(of: model.configuration))
    expectIdentical(try logits(model, ids, pieces: [Int](repeating: 1, count: 40)), whole, "token by token")
    expectIdentical(try logits(model, ids, pieces: [11, 1, 7, 21], threads: 2), whole, "in pieces")

    let sequences = [Array(ids.prefix(40)), Array(ids.suffix(13)), [5], Array(ids.prefix(10).reversed())]
    let space = Workspace(model.configuration, rows: 64, threads: 2)
    var batch = TokenBatch()
    for (index, sequence) in sequences.enumerated() {
        batch.append(
            sequence, cache: KVCache(model.configuration, capacity: 64), tag: SequenceTag(prompt: index))
    }
    let together = try model.forward(batch, space: space).copy()
    let apart = try sequences.flatMap { sequence in
        try model.forward(
            TokenBatch(sequence, cache: KVCache(model.configuration, capacity: 64)), space: space
        ).copy()
    }
    expectIdentical(together, apart, "batch")
}

/// The last rows alone, and what is decoded behind them: the bits of all rows, in any mix of lengths and of hooks.
@Test(arguments: Family.names)
func lastRowsHaveTheBitsOfAllRows(_ name: String) throws {
    let family = try Family(name)
    let model = try family.model(.gguf, threads: 2)
    let space = Workspace(model.configuration, rows: 64, threads: 2)
    let sequences = [Array(family.facts.ids.prefix(30)), [5], Array(family.facts.ids.suffix(13)), [7, 8]]

    func read<Hook: ActivationHook>(_ rows: FinalRows, hooks: inout Hook) throws -> (last: [[Float]], next: [Float]) {
        let caches = sequences.map { _ in KVCache(model.configuration, capacity: 64) }
        func batch(_ tokens: [[Int32]]) -> TokenBatch {
            zip(tokens, caches).enumerated().reduce(into: TokenBatch()) { batch, item in
                batch.append(item.1.0, cache: item.1.1, tag: SequenceTag(prompt: item.0))
            }
        }
        let first = batch(sequences)
        let final = try model.forward(first, returning: rows, space: space, hooks: &hooks)
        let found = first.sequences.enumerated().map { index, sequence in
            let row = rows == .last ? index : sequence.rows.upperBound - 1
            return final.rows(row..<(row + 1)).copy()
        }
        #expect(final.rowCount == (rows == .last ? sequences.count : first.ids.count))
        #expect(caches.map(\.length) == sequences.map(\.count))
        return (found, try model.forward(batch([[1], [2, 3], [4], [9]]), space: space).copy())
    }

    var none = NoHook()
    let all = try read(.all, hooks: &none)
    let last = try read(.last, hooks: &none)
    #expect(last.last == all.last)
    #expect(last.next == all.next)
    for site in [HookPoint.Site.residPost, .query, .mlpPost] {
        let point = HookPoint(site, layer: model.configuration.layerCount - 1)
        guard HookPoint.all(of: model.configuration).contains(point) else { continue }
        var recorder = Recorder(wanted: [point])
        let seen = try read(.last, hooks: &recorder)
        #expect(seen.last == all.last, "\(site)")
        #expect(recorder.order.count == sequences.count, "\(site) is seen of every sequence")
    }
}

@Test(arguments: Family.names)
func variantsAgreeWithTransformers(_ name: String) throws {
    let family = try Family(name)
    guard case .object(let base) = try JSONDocument(path: family.folderPath + "/config.json").root else { return }
    for (variant, patch) in family.facts.variants {
        guard case .object(let changes) = patch else { continue }
        let configuration = JSONDocument(.object(base.merging(changes) { $1 }))
        let folder = try HuggingFaceFolder(path: family.folderPath, configuration: configuration)
        let model = try Transformer(folder, backend: .oneDNN, threads: 1)
        let found = try logits(model, family.facts.ids)
        let vocabulary = model.configuration.vocabularySize
        expectClose(
            rows(family.facts.positions, of: found, width: vocabulary),
            try family.reference.floats(of: "\(variant).logits"), ofLargest: 5e-5, "\(name) \(variant)")
    }
}

/// What transformers computes otherwise than Assay is refused by name.
@Test(arguments: [
    ("gemma3", "use_bidirectional_attention", JSONValue.bool(true)),
    ("gemma3", "rope_parameters.sliding_attention.rope_type", .string("linear")),
    ("gemma3", "rope_parameters.sliding_attention.rope_type", .string("dynamic")),
    ("gemma2", "use_bidirectional_attention", .bool(true)),
    ("gemma2", "hidden_activation", .string("gelu_10")),
    ("gpt2", "activation_function", .string("mish")),
    ("llama", "rope_parameters", .string("linear")),
    ("llama", "rope_scaling", .string("linear")),
    ("llama", "rope_parameters.rope_type", .string("su")),
    ("llama", "hidden_act", .string("relu6")),
])
func settingsThatAreNotComputedAreRefused(_ name: String, _ key: String, _ value: JSONValue) throws {
    let family = try Family(name)
    let root = try JSONDocument(path: family.folderPath + "/config.json").root
    let configuration = JSONDocument(replaced(root, key.split(separator: ".").map(String.init), value))
    let folder = try HuggingFaceFolder(path: family.folderPath, configuration: configuration)
    let error = try #require(throws: TransformerError.self) {
        try Transformer(folder, backend: .oneDNN, threads: 1)
    }
    #expect("\(error)".hasPrefix("the model's \(key) is "), "\(error)")
}

private func replaced(
    _ node: JSONValue, _ path: [String], _ value: JSONValue
) -> JSONValue {
    guard let key = path.first, case .object(var members) = node else { return value }
    members[key] = replaced(members[key] ?? .object([:]), Array(path.dropFirst()), value)
    return .object(members)
}
