internal import Tensors
public import Transformers

/// Keeps activations of chosen points at chosen positions.
public struct CaptureHook: ActivationHook {
    /// Which positions of a sequence are kept.
    public enum Positions: Hashable, Sendable {
        case all
        /// Indices of tokens, in this order.
        case at([Int])
    }

    /// Activations of one sequence at one point.
    public struct Captured: Hashable, Sendable {
        /// Sizes, positions first; attention scores and patterns keep their heads first.
        public var shape: [Int]
        public var values: [Float]
    }

    private let points: Set<HookPoint>
    /// For each prompt of the batch, by ``SequenceTag/prompt``.
    private let positions: [Int: Positions]
    /// What was seen, by prompt.
    public private(set) var captured: [Int: [HookPoint: Captured]] = [:]
    /// Where the kept rows stand in ``Positions/at(_:)``, ascending.
    private var places: [Int: [HookPoint: [Int]]] = [:]

    public init(_ points: some Swift.Sequence<HookPoint>, positions: [Int: Positions]) {
        self.points = Set(points)
        self.positions = positions
    }

    public func wants(_ point: HookPoint) -> Bool { points.contains(point) }

    /// Whether any of some positions of a prompt is kept.
    func keeps(prompt: Int, _ range: Range<Int>) -> Bool {
        switch positions[prompt] {
        case .all: true
        case .at(let indices): indices.contains(where: range.contains)
        case nil: false
        }
    }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {
        guard let wanted = positions[activation.tag.prompt] else { return }
        switch wanted {
        case .all: append(Captured(shape: activation.shape, values: activation.copy()), point, activation)
        case .at(let indices):
            for (place, index) in indices.enumerated() where activation.positions.contains(index) {
                let row = index - activation.positions.lowerBound
                let values = activation.rows.rows(row..<(row + 1)).copy()
                insert(Captured(shape: [1] + activation.shape.dropFirst(), values: values), place, point, activation)
            }
        }
    }

    /// Puts a row where the positions asked for it, whichever piece of a prompt it came with.
    private mutating func insert(_ new: Captured, _ place: Int, _ point: HookPoint, _ activation: Activation) {
        let prompt = activation.tag.prompt
        let kept = places[prompt]?[point] ?? []
        let row = kept.firstIndex { $0 > place } ?? kept.count
        places[prompt, default: [:]][point, default: []].insert(place, at: row)
        guard captured[prompt]?[point] != nil else {
            captured[prompt, default: [:]][point] = new
            return
        }
        captured[prompt]?[point]?.shape[0] += 1
        captured[prompt]?[point]?.values.insert(contentsOf: new.values, at: row * new.values.count)
    }

    /// A long prompt is read in pieces: what comes later goes behind.
    private mutating func append(_ new: Captured, _ point: HookPoint, _ activation: Activation) {
        let prompt = activation.tag.prompt
        guard captured[prompt]?[point] != nil else {
            captured[prompt, default: [:]][point] = new
            return
        }
        captured[prompt]?[point]?.shape[0] += new.shape[0]
        captured[prompt]?[point]?.values += new.values
    }
}
