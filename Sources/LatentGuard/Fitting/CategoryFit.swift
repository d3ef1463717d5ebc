internal import Steering

/// A score for each risk category: its harmful prompts against all others.
struct CategoryFit {
    let options: FitOptions
    /// Indices of the readings that are used.
    let readings: [Int]
    private let c = 0.001

    init(options: FitOptions, readings: [Int]) {
        self.options = options
        self.readings = readings
    }

    func fit(_ examples: [GuardExample], _ folds: GroupedFolds) throws -> [GuardProfile.Category] {
        let names = Dictionary(grouping: examples.filter(\.isHarmful).compactMap(\.category)) { $0 }
            .filter { $0.value.count >= options.smallestCategory }.keys.sorted()
        return try names.map { name in
            let labelled = examples.map { example in
                var copy = example
                copy.isHarmful = example.isHarmful && example.category == name
                return copy
            }
            let fit = HeadFit(method: .joint, c: c, readings: readings)
            return GuardProfile.Category(
                name: name, head: try fit.head(labelled), calibration: try calibration(fit, labelled, folds))
        }
    }

    private func calibration(_ fit: HeadFit, _ examples: [GuardExample], _ folds: GroupedFolds) throws -> Calibration {
        var scored: [(GuardExample, Double)] = []
        for half in 0..<2 {
            let held = examples.filter { folds.fold($0) % 2 == half }
            let head = try fit.draft.head(examples.filter { folds.fold($0) % 2 != half })
            scored += held.map { ($0, head.score($0.values)) }
        }
        return CalibrationFit.platt(
            harmful: scored.filter(\.0.isHarmful).map(\.1), harmless: scored.filter { !$0.0.isHarmful }.map(\.1))
    }
}
