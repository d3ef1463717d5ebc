public import Tensors

/// Something that looks at, or changes, activations during one forward pass.
///
/// Hooks are arguments of a call and not state of the model: there is nothing to remove afterwards, and two runs cannot
/// disturb each other.
public protocol ActivationHook {
    /// Asked first, so that nothing is computed for a point that nobody wants.
    func wants(_ point: HookPoint) -> Bool

    /// Called once for each sequence of the batch; what is written to `activation` is what the model goes on with.
    mutating func visit(_ point: HookPoint, _ activation: Activation)
}

/// The hook that wants nothing.
public struct NoHook: ActivationHook {
    public init() {}

    public func wants(_ point: HookPoint) -> Bool { false }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {}
}

/// Which sequence of the caller's work an activation belongs to.
public struct SequenceTag: Hashable, Sendable {
    /// Index of the prompt.
    public var prompt: Int
    /// Index of the sample that is being decoded; nil while the prompt is read for all of them.
    public var sample: Int?
    /// Tokens of the prompt: positions from here on were decoded.
    public var promptLength: Int

    public init(prompt: Int, sample: Int? = nil, promptLength: Int = .max) {
        self.prompt = prompt
        self.sample = sample
        self.promptLength = promptLength
    }
}

/// The activations of one sequence at one point, as a view into the running forward pass.
///
/// Valid during the visit only.
public struct Activation {
    public let tag: SequenceTag
    /// Positions in the sequence, from 0.
    public let positions: Range<Int>
    /// Sizes as the site lists them.
    public let shape: [Int]
    /// The elements as rows: the last axis, or the last two where heads lie side by side, make a row.
    public let rows: MatrixSlice
    private let threads: Int

    /// - Parameter threads: of the pass, which may help to copy
    init(tag: SequenceTag, positions: Range<Int>, shape: [Int], rows: MatrixSlice, threads: Int) {
        self.tag = tag
        self.positions = positions
        self.shape = shape
        self.rows = rows
        self.threads = threads
    }

    /// A copy of all elements, row by row.
    public func copy() -> [Float] { rows.copy(threads: threads) }
}
