internal import Checkpoints
internal import Tensors

/// A folder of transformers that a model can be written to: its `config.json`, and which of its tensors hold which weights.
///
/// What it says is read back before it is given out, so that a form that there is describes the model whole.
package struct FolderForm: Sendable {
    /// Values of `config.json` by key, as JSON.
    private let values: [String: String]
    package let plans: [TensorPlan]

    /// - Parameters:
    ///   - parameters: names of everything that the model holds, embeddings included
    ///   - isTied: whether embedding and unembedding are one matrix
    /// - Throws: ``TransformerError/noFolder(_:)`` for a model of which a folder could not say everything.
    package init(_ configuration: TransformerConfiguration, parameters: Set<String>, isTied: Bool) throws {
        let architecture = try ArchitectureRegistry.architecture(named: configuration.architecture)
        var description = architecture.folderDescription(of: configuration, holding: parameters)
        description.add("tie_word_embeddings", isTied)
        values = description.values
        let outline = FolderOutline(configuration: try JSONDocument(text: Self.json(values)))
        plans = TensorPlan.tensors(try architecture.layout(outline, configuration), configuration)
        try Self.check(plans, hold: parameters, architecture)
        try Self.check(try TransformerConfiguration(outline), says: configuration)
    }

    /// `config.json`.
    ///
    /// - Parameter tokens: ids of special tokens by key; null is written for those that the model lacks, because
    ///   transformers fills in others.
    package func configurationText(tokens: [String: Int32?]) -> String {
        Self.json(values.merging(tokens.mapValues { $0.map { "\($0)" } ?? "null" }) { $1 })
    }

    private static func json(_ values: [String: String]) -> String {
        let lines = values.sorted { $0.key < $1.key }.map { "  \"\($0.key)\": \($0.value)" }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    private static func check(
        _ plans: [TensorPlan], hold parameters: Set<String>, _ architecture: any Architecture.Type
    ) throws {
        let held = Set(plans.map(\.parameter))
        if let superfluous = parameters.subtracting(held).min() {
            throw TransformerError.noFolder(
                "\(superfluous), which folders of the family \(architecture.name) do not have")
        }
        if let missing = held.subtracting(parameters).min() {
            throw TransformerError.noFolder("no \(missing), which folders of the family \(architecture.name) have")
        }
    }

    /// A scale of attention is a whole number there, and may be a rounding away.
    private static func check(_ read: TransformerConfiguration, says configuration: TransformerConfiguration) throws {
        var wanted = configuration
        if abs(read.attentionScale / wanted.attentionScale - 1) <= 1e-6 { wanted.attentionScale = read.attentionScale }
        guard let difference = wanted.difference(from: read) else { return }
        throw TransformerError.noFolder("\(difference), which folders of its family do not say")
    }
}

/// A folder before there is one: what a family's reading code asks it for.
private struct FolderOutline: ModelSource {
    let configuration: JSONDocument

    var convention: NamingConvention { .huggingFace }

    func string(_ key: String) throws -> String? { try configuration.string(key) }

    func integer(_ key: String) throws -> Int? { try configuration.integer(key) }

    func float(_ key: String) throws -> Float? { try configuration.float(key) }

    func bool(_ key: String) throws -> Bool? { try configuration.bool(key) }

    func strings(_ key: String) throws -> [String]? { try configuration.strings(key) }

    func floats(_ key: String) throws -> [Float]? { try configuration.floats(key) }

    func bools(_ key: String) throws -> [Bool]? { try configuration.bools(key) }

    func hasKey(_ key: String) -> Bool { configuration[key] != nil }

    var tensorNames: [String] { [] }

    func shape(ofTensor name: String) -> [Int]? { nil }

    func copyRows(_ rows: Range<Int>, ofTensor name: String, to matrix: MatrixSlice) throws {
        throw TransformerError.missingTensor(name)
    }
}
