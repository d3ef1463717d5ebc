public import Checkpoints

/// Takes a direction out of a model's weights, for good: no block can write along it any more (Arditi et al. 2024,
/// section 4.1).
///
/// Embeddings of tokens and positions change, and matrices and biases of the outputs of attention and feed-forward. Equal
/// to ``Intervention/ablatingEverywhere(_:)`` up to rounding. Where embedding and unembedding are one matrix, the
/// unembedding is kept as it was in a tensor of its own. A norm behind attention or feed-forward weighs components after
/// the last matrix, so that models with such norms have no weights to take the direction out of.
public struct Orthogonalization {
    private let unit: [Double]

    /// - Throws: ``SteeringError/noDifference(reading:)``, ``SteeringError/notResidual(reading:)``.
    public init(_ direction: Direction) throws(SteeringError) {
        guard direction.reading.hasResidualWidth else {
            throw .notResidual(reading: direction.reading.description)
        }
        unit = try direction.unit().map(Double.init)
    }

    private enum Part {
        case copied(TensorDescription, name: String)
        case changed(TensorDescription)

        var declaration: TensorDeclaration {
            switch self {
            case .copied(let tensor, let name):
                TensorDeclaration(name: name, shape: tensor.shape, elementType: tensor.elementType)
            case .changed(let tensor): TensorDeclaration(name: tensor.name, shape: tensor.shape, elementType: .f32)
            }
        }
    }

    /// Writes the model without the direction, as one file. What changes is written as float32, the rest as it was.
    ///
    /// Holds one tensor in memory at a time.
    ///
    /// - Throws: ``SteeringError/normAfter(tensor:)``, ``SteeringError/wrongWidth(what:found:expected:)``,
    ///   `CheckpointError`.
    public func write(_ file: GGUFFile, to path: String) throws {
        if let norm = file.tensors.first(where: { Self.isNormBehindLayer($0.name) }) {
            throw SteeringError.normAfter(tensor: norm.name)
        }
        var metadata = file.metadata
        for key in ["split.no", "split.count", "split.tensors.count"] { metadata[key] = nil }
        var parts: [Part] = file.tensors.map { Self.isWritten($0.name) ? .changed($0) : .copied($0, name: $0.name) }
        if file.tensor(named: "output.weight") == nil {
            parts.append(.copied(try file.requiredTensor(named: "token_embd.weight"), name: "output.weight"))
        }
        let writer = try GGUFWriter(path: path, metadata: metadata, tensors: parts.map(\.declaration))
        for part in parts {
            switch part {
            case .copied(let tensor, let name):
                try file.withBytes(of: tensor) { try writer.append(bytes: $0, to: name) }
            case .changed(let tensor):
                try writer.append(try changed(file.floats(of: tensor.name), tensor), to: tensor.name)
            }
        }
        try writer.finish()
    }

    private static func isWritten(_ name: String) -> Bool { axis(of: name) != nil }

    private static func isNormBehindLayer(_ name: String) -> Bool {
        [".post_attention_norm.weight", ".post_ffw_norm.weight"].contains(where: name.hasSuffix)
    }

    private enum Axis {
        case rows
        case columns
    }

    /// How a tensor writes to the residual stream: rows of embeddings and whole biases lie in it, columns of matrices do;
    /// nil for tensors that do not write to it.
    private static func axis(of name: String) -> Axis? {
        if ["token_embd.weight", "position_embd.weight"].contains(name) { return .rows }
        if [".attn_output.bias", ".ffn_down.bias"].contains(where: name.hasSuffix) { return .rows }
        return [".attn_output.weight", ".ffn_down.weight"].contains(where: name.hasSuffix) ? .columns : nil
    }

    private func changed(_ elements: [Float], _ tensor: TensorDescription) throws(SteeringError) -> [Float] {
        let width = Self.axis(of: tensor.name) == .rows ? tensor.rowLength : tensor.rowCount
        guard width == unit.count,
            let changed = Self.withoutDirection(elements, name: tensor.name, shape: tensor.shape, unit: unit)
        else { throw .wrongWidth(what: "the direction", found: unit.count, expected: width) }
        return changed
    }

    /// A tensor without the direction; nil for tensors that do not write to the residual stream.
    static func withoutDirection(_ elements: [Float], name: String, shape: [Int], unit: [Double]) -> [Float]? {
        switch axis(of: name) {
        case .rows: withoutRows(elements, unit)
        case .columns: withoutColumns(elements, unit, length: shape.last ?? 1)
        case nil: nil
        }
    }

    private static func withoutRows(_ elements: [Float], _ unit: [Double]) -> [Float] {
        var result = elements
        for begin in stride(from: 0, to: elements.count, by: unit.count) {
            var component = 0.0
            for index in unit.indices { component += Double(elements[begin + index]) * unit[index] }
            for index in unit.indices {
                result[begin + index] = Float(Double(elements[begin + index]) - component * unit[index])
            }
        }
        return result
    }

    private static func withoutColumns(_ elements: [Float], _ unit: [Double], length: Int) -> [Float] {
        var components = [Double](repeating: 0, count: length)
        for row in unit.indices {
            for column in 0..<length { components[column] += unit[row] * Double(elements[row * length + column]) }
        }
        var result = elements
        for row in unit.indices {
            for column in 0..<length {
                let index = row * length + column
                result[index] = Float(Double(elements[index]) - unit[row] * components[column])
            }
        }
        return result
    }
}
