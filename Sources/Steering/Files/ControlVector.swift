internal import Checkpoints
public import Transformers

/// Directions by layer in the GGUF form that llama.cpp and repeng read.
///
/// `direction.L` is added to the output of block L, counted from 0; block 0 cannot be steered. Files differ in what they
/// measured: repeng writes L for the block whose output it measured, llama.cpp's own generator L + 1. A file that is
/// read keeps llama.cpp's meaning: where the vector acts.
public struct ControlVector: Hashable, Sendable {
    /// How the writer counted.
    public enum Convention: String, Codable, Hashable, Sendable {
        /// Measured and applied at the output of the same block: repeng, and what we write.
        case blockOutput = "block-output"
        /// Measured one block before it acts: llama.cpp's `cvector-generator`.
        case generator = "generator+1"
        case unknown
    }

    /// `general.architecture` of the model it is for, as far as the file tells.
    public var modelHint: String
    public var convention: Convention
    /// What is added to the output of each block.
    public var directions: [Int: [Float]]

    public init(modelHint: String, convention: Convention = .blockOutput, directions: [Int: [Float]]) {
        self.modelHint = modelHint
        self.convention = convention
        self.directions = directions
    }

    private static let conventionKey = "assay.controlvector.source_convention"

    /// Reads a file. Vectors for one layer that occur twice are added up, as llama.cpp does.
    ///
    /// - Throws: ``SteeringError``, `CheckpointError`.
    public init(path: String) throws {
        let file = try GGUFFile(path: path)
        guard try file.metadata.string("general.architecture") == "controlvector" else {
            throw SteeringError.unreadableFile(path: path, reason: "its general.architecture is not \"controlvector\"")
        }
        var found: [Int: [Float]] = [:]
        for tensor in file.tensors {
            guard tensor.name.hasPrefix("direction."), let layer = Int(tensor.name.dropFirst("direction.".count)),
                (1..<65_536).contains(layer), tensor.shape.count == 1, tensor.elementType == .f32
            else {
                throw SteeringError.unreadableFile(
                    path: path, reason: "\"\(tensor.name)\" is no float32 vector named direction.1, direction.2, …")
            }
            let values = try file.floats(of: tensor.name)
            guard values.allSatisfy(\.isFinite) else { throw SteeringError.notFinite(what: tensor.name) }
            found[layer] = values
        }
        guard let width = found.values.first?.count, found.values.allSatisfy({ $0.count == width }) else {
            throw SteeringError.unreadableFile(path: path, reason: "it has no directions, or they differ in length")
        }
        modelHint = (try? file.metadata.string("controlvector.model_hint")) ?? ""
        let written = try? file.metadata.string(Self.conventionKey)
        convention = written.flatMap(Convention.init(rawValue:)) ?? .unknown
        directions = found
    }

    /// Writes the file.
    ///
    /// - Throws: ``SteeringError/layerZero``, ``SteeringError/notFinite(what:)``, `CheckpointError`.
    public func write(to path: String) throws {
        guard directions[0] == nil else { throw SteeringError.layerZero }
        let layers = directions.keys.sorted()
        for layer in layers where !(directions[layer] ?? []).allSatisfy(\.isFinite) {
            throw SteeringError.notFinite(what: "direction.\(layer)")
        }
        var metadata = try GGUFMetadata([
            ("general.architecture", .string("controlvector")), ("controlvector.model_hint", .string(modelHint)),
            ("controlvector.layer_count", .uint32(UInt32(layers.count))),
        ])
        metadata[Self.conventionKey] = .string(convention.rawValue)
        metadata["assay.controlvector.site"] = .string("hook_resid_post")
        let tensors = layers.map { layer in
            TensorDeclaration(name: "direction.\(layer)", shape: [directions[layer]?.count ?? 0], elementType: .f32)
        }
        let writer = try GGUFWriter(path: path, metadata: metadata, tensors: tensors)
        for layer in layers { try writer.append(directions[layer] ?? [], to: "direction.\(layer)") }
        try writer.finish()
    }

    /// The vectors as interventions: each is added to the output of its block, everywhere.
    public func interventions(strength: Double = 1) -> [Intervention] {
        directions.keys.sorted().map { layer in
            Intervention(
                .add, direction: directions[layer] ?? [], site: .residPost, layers: [layer],
                strength: .coefficient(strength))
        }
    }

    /// The vectors as interventions on some requests of a batch, whose other requests keep their bits.
    ///
    /// Directions for blocks that the model does not have are never met, as where a vector is put on at load.
    ///
    /// - Parameters:
    ///   - prompts: indices of the requests: ``SequenceTag/prompt``
    ///   - configuration: the model's
    /// - Throws: ``SteeringError/wrongWidth(what:found:expected:)``, ``SteeringError/notFinite(what:)``.
    public func interventions(
        on prompts: Set<Int>, of configuration: TransformerConfiguration, strength: Double = 1
    ) throws(SteeringError) -> [Intervention] {
        for (layer, direction) in directions.sorted(by: { $0.key < $1.key }) {
            let (what, width) = ("direction.\(layer)", configuration.modelDimension)
            guard direction.count == width else {
                throw .wrongWidth(what: what, found: direction.count, expected: width)
            }
            guard direction.allSatisfy(\.isFinite) else { throw .notFinite(what: what) }
        }
        return interventions(strength: strength).map { intervention in
            var chosen = intervention
            chosen.prompts = prompts
            return chosen
        }
    }
}
