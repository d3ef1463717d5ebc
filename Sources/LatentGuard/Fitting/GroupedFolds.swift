internal import Tensors

/// Splits that keep every group together.
struct GroupedFolds {
    let count: Int
    private let folds: [String: Int]

    /// Groups are dealt to folds in an order that the seed decides.
    init(_ examples: [GuardExample], count: Int, seed: UInt64) {
        self.count = count
        let names = Set(examples.map(\.group)).sorted()
        let keys = names.map { CounterRandom(seed: seed, promptID: $0).uniform(sample: 0, position: 0) }
        let order = names.indices.sorted { keys[$0] == keys[$1] ? names[$0] < names[$1] : keys[$0] < keys[$1] }
        folds = Dictionary(uniqueKeysWithValues: order.enumerated().map { (names[$1], $0 % count) })
    }

    func fold(_ example: GuardExample) -> Int { folds[example.group] ?? 0 }

    func training(_ examples: [GuardExample], without fold: Int) -> [GuardExample] {
        examples.filter { self.fold($0) != fold }
    }

    func held(_ examples: [GuardExample], fold: Int) -> [GuardExample] {
        examples.filter { self.fold($0) == fold }
    }
}

/// Examples with the scores that a guard gave them.
struct ScoredExamples {
    let examples: [GuardExample]
    let scores: [Double]

    init(_ examples: [GuardExample], _ scores: [Double]) {
        self.examples = examples
        self.scores = scores
    }

    func scores(harmful: Bool, set: String? = nil) -> [Double] {
        examples.indices.compactMap { index in
            let example = examples[index]
            let isWanted = example.isHarmful == harmful && (set == nil || example.set == set)
            return isWanted ? scores[index] : nil
        }
    }

    /// Nil where one side is missing.
    var metrics: RankMetrics? { RankMetrics(positives: scores(harmful: true), negatives: scores(harmful: false)) }
}
