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
        /// Whether the only prompt is a text: its scores and patterns keep their axes. Those of a prompt set, each of a size
        /// of its own, lie flat behind one another.
        let isText: Bool
        let configuration: TransformerConfiguration
    }

    let layout: Layout
    private let file: ResumableTensorFile
    /// Row of the first position of each prompt.
    private let firstRows: [Int]
    /// Element of scores and patterns that each prompt's begin with.
    private let firstSquares: [Int]

    /// - Parameter key: what the content depends on beside the layout.
    /// - Throws: `CheckpointError`.
    init(path: String, layout: Layout, key: String) throws {
        self.layout = layout
        var rows = 0
        firstRows = layout.lengths.map { length in
            defer { rows += layout.isWhole ? length : layout.positions.count }
            return rows
        }
        var elements = 0
        firstSquares = layout.squareSizes.map { size in
            defer { elements = elements.addingClamped(size) }
            return elements
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
                let place = point.site.isSquare ? firstSquares[first + index] : firstRows[first + index] * width
                try file.write(found.values, to: point.description, from: place)
            }
        }
        try file.mark(done: first + captured.count)
    }

    /// Adds rows of scores and patterns of a whole prompt, each made as wide as the prompt is long.
    func write(_ piece: Extraction.SquarePiece) throws {
        let length = layout.lengths[piece.prompt]
        for (point, found) in piece.captured {
            let seen = found.shape[2]
            for head in 0..<found.shape[0] {
                var rows: [Float] = []
                rows.reserveCapacity(found.shape[1] * length)
                for row in (head * found.shape[1])..<((head + 1) * found.shape[1]) {
                    rows += found.values[(row * seen)..<((row + 1) * seen)]
                    rows += repeatElement(point.site.unseen, count: length - seen)
                }
                let place = firstSquares[piece.prompt] + (head * length + piece.positions.lowerBound) * length
                try file.write(rows, to: point.description, from: place)
            }
        }
    }

    func finish() throws { try file.finish() }
}

extension ActivationFile.Layout {
    var isWhole: Bool { positions == ["all"] }

    /// Name and shape of every tensor of activations.
    var shapes: [(name: String, shape: [Int])] {
        points.map { point in
            if point.site.isSquare { return (point.description, squareShape) }
            let lead = isWhole ? [lengths.reduce(0, +)] : [lengths.count, positions.count]
            return (point.description, lead + rowShape(of: point))
        }
    }

    /// Whether there are scores or patterns that lie flat.
    var isFlat: Bool { !isText && points.contains { $0.site.isSquare } }

    /// Elements of each prompt's scores: [heads, tokens, tokens], or [positions, heads, tokens].
    var squareSizes: [Int] {
        lengths.map { length in
            let rows = isWhole ? length : positions.count
            return rows.multipliedClamped(by: configuration.headCount).multipliedClamped(by: length)
        }
    }

    private var squareShape: [Int] {
        let (heads, length) = (configuration.headCount, lengths.first ?? 0)
        guard isText else { return [squareSizes.reduce(0) { $0.addingClamped($1) }] }
        return isWhole ? [heads, length, length] : [1, positions.count, heads, length]
    }

    /// Sizes of one position.
    func rowShape(of point: HookPoint) -> [Int] { point.site.shape(in: configuration) }
}

extension Int {
    /// The sum of counts, or the largest integer, which no file can hold.
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product of counts, or the largest integer.
    fileprivate func multipliedClamped(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
