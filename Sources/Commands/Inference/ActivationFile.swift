internal import Checkpoints
internal import Hooks
internal import Transformers

/// Activations of many prompts in a safetensors file, written prompt by prompt and continued where it was stopped.
struct ActivationFile {
    /// What the tensors' shapes depend on.
    struct Layout {
        let points: [HookPoint]
        /// Names of positions; `all` alone for whole prompts.
        let positions: [String]
        /// Tokens of each prompt.
        let lengths: [Int]
        let configuration: TransformerConfiguration
    }

    let layout: Layout
    private let file: ResumableTensorFile
    /// Row of the first position of each prompt.
    private let firstRows: [Int]

    /// - Parameter key: what the content depends on beside the layout.
    /// - Throws: `CheckpointError`.
    init(path: String, layout: Layout, key: String) throws {
        self.layout = layout
        var rows = 0
        firstRows = layout.lengths.map { length in
            defer { rows += layout.isWhole ? length : layout.positions.count }
            return rows
        }
        let lengths = TensorDeclaration(name: "lengths", shape: [layout.lengths.count], elementType: .i64)
        let tensors = layout.shapes.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: .f32) }
        file = try ResumableTensorFile(
            path: path, metadata: ["format": "pt", "positions": layout.positions.joined(separator: ",")],
            tensors: [lengths] + tensors, key: key)
        try file.write(integers: layout.lengths, to: "lengths")
    }

    /// Prompts that are in the file already.
    var done: Int { file.done }

    /// Adds prompts from `first` on.
    func write(_ captured: [[HookPoint: CaptureHook.Captured]], from first: Int) throws {
        for (index, prompt) in captured.enumerated() {
            for (point, found) in prompt {
                let width = layout.rowShape(of: point).reduce(1, *)
                let row = point.site.isSquare ? 0 : firstRows[first + index]
                try file.write(found.values, to: point.description, from: row * width)
            }
        }
        try file.mark(done: first + captured.count)
    }

    func finish() throws { try file.finish() }
}

extension ActivationFile.Layout {
    var isWhole: Bool { positions == ["all"] }

    /// Name and shape of every tensor of activations.
    var shapes: [(name: String, shape: [Int])] {
        points.map { point in
            if point.site.isSquare {
                let length = lengths.first ?? 0
                return (point.description, [configuration.headCount, length, length])
            }
            let lead = isWhole ? [lengths.reduce(0, +)] : [lengths.count, positions.count]
            return (point.description, lead + rowShape(of: point))
        }
    }

    /// Sizes of one position.
    func rowShape(of point: HookPoint) -> [Int] { point.site.shape(in: configuration) }
}
