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

    /// Every category with enough prompts, or its name alone where its groups cannot be divided in two.
    func fit(
        _ examples: [GuardExample], _ folds: GroupedFolds
    ) throws -> (categories: [GuardProfile.Category], leftOut: [String]) {
        let names = Dictionary(grouping: examples.filter(\.isHarmful).compactMap(\.category)) { $0 }
            .filter { $0.value.count >= options.smallestCategory }.keys.sorted()
        var categories: [GuardProfile.Category] = []
        var leftOut: [String] = []
        for name in names {
            let labelled = examples.map { example in
                var copy = example
                copy.isHarmful = example.isHarmful && example.category == name
                return copy
            }
            guard isDivided(labelled, by: folds) else {
                leftOut.append(name)
                continue
            }
            let fit = HeadFit(method: .joint, c: c, readings: readings)
            categories.append(
                GuardProfile.Category(
                    name: name, head: try fit.head(labelled), calibration: try calibration(fit, labelled, folds)))
        }
        return (categories, leftOut)
    }

    /// Whether each half has two prompts of the category and two others: what a head is fitted on.
    private func isDivided(_ examples: [GuardExample], by folds: GroupedFolds) -> Bool {
        (0..<2).allSatisfy { half in
            let members = examples.filter { folds.fold($0) % 2 == half }
            let harmful = members.count(where: \.isHarmful)
            return harmful >= 2 && members.count - harmful >= 2
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
