public import Tensors
public import Transformers

/// Scratch space and tape of passes, made once and used again. One pass uses it at a time.
public final class TrainingSpace {
    /// Most rows of one batch.
    public let rowCapacity: Int
    public let threads: Int
    let multiplier: MatrixMultiplier
    let gradients: GradientMultiplier
    /// Products of weights and their gradients where those of the forward pass are in bfloat16; nil elsewhere.
    let rounded: RoundedProducts?
    /// The unembedding for the way back, of which a pass needs it several times.
    let roundedUnembedding = RoundedPanels()
    let tape: Tape
    /// [rows, modelDimension].
    let normalized: Matrix
    let sublayerOut: Matrix
    /// [rows, feedForwardDimension].
    let mlpPost: Matrix
    /// The gradient of the residual stream, [rows, modelDimension].
    let dResidual: Matrix
    let dNormalized: Matrix
    /// The gradient of a sublayer's output, [rows, modelDimension].
    let dSublayer: Matrix
    let dQueryKeyValue: Matrix
    let dz: Matrix
    let dGateUp: Matrix
    let dMlpPost: Matrix
    /// Room for weights in plain layout.
    let plainWeights: Matrix
    let logits: Matrix
    let chosenRows: Matrix
    let dChosenRows: Matrix
    private(set) var attentionScratch: Matrix
    /// Keys and values of each span of the batch, for one layer at a time.
    private var segments: [KeyValueSegment] = []
    private var pool: [String: Matrix] = [:]

    /// Rows whose logits exist at once. The gradient of the unembedding is read and written once for so many. In float32 the depth
    /// of its products decides how they are summed up, and with it the bits of weights that were trained before.
    let logitRows: Int
    /// Most weights in plain layout at once.
    static let plainElements = 1 << 22

    /// - Parameters:
    ///   - rows: most tokens of one pass
    ///   - recomputes: whether blocks are computed again on the way back, to save memory
    public init(
        _ configuration: TransformerConfiguration, backend: MatrixBackend, rows: Int, recomputes: Bool, threads: Int
    ) {
        rowCapacity = rows
        self.threads = threads
        multiplier = MatrixMultiplier(threads: threads)
        gradients = GradientMultiplier(backend: backend, threads: threads)
        rounded = backend == .bf16 ? RoundedProducts(threads: threads) : nil
        logitRows = min(rows, backend == .bf16 ? 256 : 128)
        tape = Tape(configuration, rows: rows, recomputes: recomputes)
        let width = configuration.modelDimension
        let hidden = configuration.feedForwardDimension
        let heads = configuration.queryWidth + 2 * configuration.keyValueWidth
        normalized = Matrix(rows: rows, columns: width)
        sublayerOut = Matrix(rows: rows, columns: width)
        mlpPost = Matrix(rows: rows, columns: hidden)
        dResidual = Matrix(rows: rows, columns: width)
        dNormalized = Matrix(rows: rows, columns: width)
        dSublayer = Matrix(rows: rows, columns: width)
        dQueryKeyValue = Matrix(rows: rows, columns: heads)
        dz = Matrix(rows: rows, columns: configuration.queryWidth)
        dGateUp = Matrix(rows: rows, columns: configuration.gateUpWidth)
        dMlpPost = Matrix(rows: rows, columns: hidden)
        let largest = max(
            heads * width, 2 * hidden * width, min(configuration.vocabularySize * width, Self.plainElements))
        plainWeights = Matrix(rows: 1, columns: largest)
        logits = Matrix(rows: logitRows, columns: configuration.vocabularySize)
        chosenRows = Matrix(rows: rows, columns: width)
        dChosenRows = Matrix(rows: rows, columns: width)
        attentionScratch = Matrix(rows: threads, columns: 1)
    }

    /// Room for the attention of sequences of up to `positions` positions.
    func reserveAttention(_ attention: CausalAttention, positions: Int) {
        let columns = max(
            attention.scratchColumns(positions: positions), attention.backwardScratchColumns(rows: positions))
        guard columns > attentionScratch.columnCount else { return }
        attentionScratch = Matrix(rows: threads, columns: columns)
    }

    /// A segment for each span.
    func keyValueSegments(_ lengths: [Int], _ configuration: TransformerConfiguration) -> [KeyValueSegment] {
        let fits = segments.count >= lengths.count && zip(segments, lengths).allSatisfy { $0.capacity >= $1 }
        if !fits {
            segments = lengths.map {
                KeyValueSegment(
                    layers: 1, heads: configuration.keyValueHeadCount, headDimension: configuration.headDimension,
                    capacity: $0)
            }
        }
        return Array(segments.prefix(lengths.count))
    }

    /// A matrix of at least this size that keeps its contents until it is asked for again by the same name.
    func scratch(_ name: String, rows: Int, columns: Int) -> MatrixSlice {
        let key = "\(name).\(columns)"
        if let found = pool[key], found.rowCount >= rows { return found.rows(0..<rows) }
        let made = Matrix(rows: max(rows, rowCapacity), columns: columns)
        pool[key] = made
        return made.rows(0..<rows)
    }
}
