public import Checkpoints
internal import Tensors

/// A direction for each block that is added to the residual stream behind it (Zou et al. 2023; llama.cpp's files).
///
/// llama.cpp's numbers are kept: `direction.3` is added to the output of block 3, counted from 0. Block 0 has none.
public struct ControlVector: Sendable {
    /// By block.
    public private(set) var directions: [Int: [Float]]
    /// Where it was read from, for messages; nil for one that was made in memory.
    private(set) var path: String?

    public init(_ directions: [Int: [Float]]) { self.directions = directions }

    /// Reads a GGUF file whose architecture is `controlvector`.
    ///
    /// - Parameter strength: factor on all directions.
    /// - Throws: `CheckpointError`, ``TransformerError``.
    public init(gguf file: GGUFFile, strength: Float = 1) throws {
        let architecture = try file.metadata.string("general.architecture") ?? "unknown"
        guard architecture == "controlvector" else { throw TransformerError.adapterKind(architecture) }
        directions = [:]
        path = file.path
        for tensor in file.tensors {
            let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "direction", let layer = Int(parts[1]), layer >= 1,
                tensor.shape.count == 1, tensor.elementType == .f32
            else { throw TransformerError.adapterTarget(tensor.name) }
            directions[layer] = try file.floats(of: tensor.name).map { $0 * strength }
        }
    }

    /// Adds another vector's directions to these.
    mutating func add(_ other: ControlVector) throws {
        for (layer, direction) in other.directions {
            guard let own = directions[layer] else {
                directions[layer] = direction
                continue
            }
            guard own.count == direction.count else {
                throw TransformerError.shape(
                    tensor: "direction.\(layer)", found: [direction.count], expected: [own.count])
            }
            directions[layer] = zip(own, direction).map { $0 + $1 }
        }
    }

    /// One row for each block that has a direction.
    func rows(_ configuration: TransformerConfiguration) throws -> [Int: Matrix] {
        var rows: [Int: Matrix] = [:]
        for (layer, direction) in directions.sorted(by: { $0.key < $1.key }) {
            guard direction.count == configuration.modelDimension else {
                throw TransformerError.shape(
                    tensor: "direction.\(layer)", found: [direction.count], expected: [configuration.modelDimension])
            }
            // Files for longer models of a family exist; llama.cpp leaves what is too much aside, too.
            if layer < configuration.layerCount { rows[layer] = Matrix([direction]) }
        }
        return rows
    }
}
