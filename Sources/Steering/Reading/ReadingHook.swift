internal import Tensors
public import Transformers

/// Keeps what is read of each prompt of a batch while the model reads it, and changes nothing.
///
/// Works in a forward pass of its own and beside a generation: tokens that were decoded are passed over.
public struct ReadingHook: ActivationHook {
    private struct Wanted {
        var index: Int
        var position: TokenPosition
    }

    private let wanted: [HookPoint: [Wanted]]
    private let readingCount: Int
    /// By ``SequenceTag/prompt``.
    private let places: [Int: PromptPlaces]
    private var sums: [Int: [Sum]] = [:]

    /// A mean under way.
    private struct Sum {
        var values: [Double] = []
        var count = 0
        var wantedCount = 0
    }

    public init(_ readings: [Reading], places: [Int: PromptPlaces]) {
        var wanted: [HookPoint: [Wanted]] = [:]
        for (index, reading) in readings.enumerated() {
            wanted[reading.point, default: []].append(Wanted(index: index, position: reading.position))
        }
        self.wanted = wanted
        self.places = places
        readingCount = readings.count
    }

    public func wants(_ point: HookPoint) -> Bool { wanted[point] != nil }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {
        guard let wanted = wanted[point], let places = places[activation.tag.prompt], activation.tag.sample == nil
        else { return }
        for reading in wanted {
            guard let tokens = places.tokens(reading.position) else { continue }
            let found = tokens.clamped(to: activation.positions)
            guard !found.isEmpty else { continue }
            add(activation, found, of: tokens.count, prompt: activation.tag.prompt, reading: reading.index)
        }
    }

    private mutating func add(_ activation: Activation, _ tokens: Range<Int>, of count: Int, prompt: Int, reading: Int)
    {
        var all = sums[prompt] ?? Array(repeating: Sum(), count: readingCount)
        sums[prompt] = nil
        if all[reading].values.isEmpty {
            all[reading] = Sum(
                values: [Double](repeating: 0, count: activation.rows.columnCount), count: 0, wantedCount: count)
        }
        for token in tokens {
            activation.rows.withRow(token - activation.positions.lowerBound) { row in
                for column in 0..<row.count { all[reading].values[column] += Double(row[column]) }
            }
        }
        all[reading].count += tokens.count
        sums[prompt] = all
    }

    /// Whether everything of a prompt was met.
    public func isComplete(prompt: Int) -> Bool {
        sums[prompt].map { $0.allSatisfy { $0.count > 0 && $0.count == $0.wantedCount } } ?? false
    }

    /// What was read of a prompt, one vector for each reading; nil where a place does not exist, or was not met.
    public func values(prompt: Int) -> [[Float]]? {
        guard isComplete(prompt: prompt), let sums = sums[prompt] else { return nil }
        return sums.map { sum in
            sum.count == 1 ? sum.values.map { Float($0) } : sum.values.map { Float($0 / Double(sum.count)) }
        }
    }
}
