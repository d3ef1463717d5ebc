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
        /// Sizes, positions first; attention scores and patterns of all positions keep their heads first, and of chosen
        /// ones have heads second and as many elements behind them as the prompt has tokens.
        public var shape: [Int]
        public var values: [Float]

        /// Adds the positions of a later piece, whose rows are longer by all that stands before: [heads, p, k] and
        /// [heads, q, k + q] make [heads, p + q, k + q].
        ///
        /// - Parameter unseen: what stands where a position may not look
        mutating func appendSquare(_ later: Captured, unseen: Float) {
            let (heads, width, laterWidth) = (shape[0], shape[2], later.shape[2])
            var joined: [Float] = []
            joined.reserveCapacity(heads * (shape[1] + later.shape[1]) * laterWidth)
            for head in 0..<heads {
                for row in (head * shape[1])..<((head + 1) * shape[1]) {
                    joined += values[(row * width)..<((row + 1) * width)]
                    joined += repeatElement(unseen, count: laterWidth - width)
                }
                let count = later.shape[1] * laterWidth
                joined += later.values[(head * count)..<((head + 1) * count)]
            }
            shape = [heads, shape[1] + later.shape[1], laterWidth]
            values = joined
        }
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
                let new = point.site.isSquare ? squareRow(row, point, activation) : plainRow(row, activation)
                insert(new, place, point, activation)
            }
        }
    }

    /// Takes out what was kept so far of scores and patterns of all positions, so that no more than a piece is held.
    mutating func takeSquares(prompt: Int) -> [HookPoint: Captured] {
        guard positions[prompt] == .all else { return [:] }
        let squares = (captured[prompt] ?? [:]).filter { $0.key.site.isSquare }
        for point in squares.keys { captured[prompt]?[point] = nil }
        return squares
    }

    private func plainRow(_ row: Int, _ activation: Activation) -> Captured {
        Captured(shape: [1] + activation.shape.dropFirst(), values: activation.rows.rows(row..<(row + 1)).copy())
    }

    /// Every head's row of one position, as wide as the prompt is long: [1, heads, prompt's tokens]. Where a tag does not
    /// know the prompt's length, as wide as the positions that were seen.
    private func squareRow(_ row: Int, _ point: HookPoint, _ activation: Activation) -> Captured {
        let (heads, count, seen) = (activation.shape[0], activation.shape[1], activation.shape[2])
        let length = activation.tag.promptLength == .max ? seen : max(seen, activation.tag.promptLength)
        var values: [Float] = []
        values.reserveCapacity(heads * length)
        for head in 0..<heads {
            values += activation.rows.rows((head * count + row)..<(head * count + row + 1)).copy()
            values += repeatElement(point.site.unseen, count: length - seen)
        }
        return Captured(shape: [1, heads, length], values: values)
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
        if point.site.isSquare {
            captured[prompt]?[point]?.appendSquare(new, unseen: point.site.unseen)
            return
        }
        captured[prompt]?[point]?.shape[0] += new.shape[0]
        captured[prompt]?[point]?.values += new.values
    }
}

extension HookPoint.Site {
    /// What stands in scores and patterns where a position may not look.
    package var unseen: Float { self == .attentionScores ? -.infinity : 0 }
}
