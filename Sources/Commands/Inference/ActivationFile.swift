internal import Checkpoints
internal import Hooks
internal import Transformers

/// Extracted activations as a safetensors file.
struct ActivationFile {
    let points: [HookPoint]
    let positions: [String]
    let lengths: [Int]
    let captured: [[HookPoint: CaptureHook.Captured]]

    private var isWhole: Bool { positions == ["all"] }

    /// Name and shape of every tensor of activations.
    var shapes: [(name: String, shape: [Int])] {
        points.compactMap { point in
            guard let first = captured.first?[point] else { return nil }
            if point.site == .attentionScores || point.site == .pattern { return (point.description, first.shape) }
            let rest = Array(first.shape.dropFirst())
            let lead = isWhole ? [lengths.reduce(0, +)] : [captured.count, positions.count]
            return (point.description, lead + rest)
        }
    }

    /// - Throws: `CheckpointError`.
    func write(to path: String) throws {
        let declared = shapes
        let lengthsTensor = TensorDeclaration(name: "lengths", shape: [lengths.count], elementType: .i64)
        let tensors = declared.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f32) }
        let writer = try SafetensorsWriter(
            path: path, metadata: ["format": "pt", "positions": positions.joined(separator: ",")],
            tensors: [lengthsTensor] + tensors)
        try writer.append(integers: lengths, to: "lengths")
        for (point, tensor) in zip(points, declared) {
            for prompt in captured { try writer.append(prompt[point]?.values ?? [], to: tensor.name) }
        }
        try writer.finish()
    }
}
