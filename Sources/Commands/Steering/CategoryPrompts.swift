internal import Evaluation
internal import LanguageModels
internal import Steering

/// Prompts of both sides by risk category, and which categories have enough.
struct CategoryPrompts {
    /// How many prompts a category has; with fewer than the minimum it is left out.
    struct Count: Encodable, Hashable {
        var category: String
        var harmful: Int
        /// Harmless ones of the same category.
        var harmless: Int
    }

    let kept: [Count]
    let leftOut: [Count]
    private let harmful: [Prompt]
    private let harmless: [Prompt]

    /// - Throws: ``CommandFailure`` where fewer than two categories have enough harmful prompts.
    init(harmful: [Prompt], harmless: [Prompt], minimum: Int) throws {
        var names: [String] = []
        for prompt in harmful { if let name = prompt.category, !names.contains(name) { names.append(name) } }
        let counts = names.map { name in
            Count(
                category: name, harmful: harmful.count { $0.category == name },
                harmless: harmless.count { $0.category == name })
        }
        kept = counts.filter { $0.harmful >= minimum }
        leftOut = counts.filter { $0.harmful < minimum }
        guard kept.count >= 2 else {
            let found = counts.map { "\($0.category) \($0.harmful)" }.joined(separator: ", ")
            throw CommandFailure.badData(
                "\(kept.count) categories have \(minimum) harmful prompts or more, and two are needed; found: "
                    + (found.isEmpty ? "no prompt with a category" : found))
        }
        self.harmful = harmful
        self.harmless = harmless
    }

    /// Whether every kept category has so many harmless prompts of its own.
    func hasTwins(_ minimum: Int) -> Bool { kept.allSatisfy { $0.harmless >= minimum } }

    /// Activations of all prompts by category, at every reading.
    func read(_ model: LanguageModel, _ readings: [Reading]) throws -> Activations {
        let names = Set(kept.map(\.category))
        let used = harmful.filter { $0.category.map(names.contains) ?? false } + harmless
        let rendered = try used.map { try SteeringPrompts.render($0, model) }
        var progress = ProgressLine("categories", total: rendered.count, unit: "prompts")
        var values: [[[Float]]] = []
        try SteeringPrompts.naming(used) {
            try PromptReader(model, readings: readings).read(rendered) {
                values.append($1)
                progress.update($0 + 1)
            }
        }
        progress.finish()
        return Activations(
            kept: kept.map(\.category), categories: used.map { $0.category ?? "" },
            units: used.map(FamilyPrompts.pair),
            harmfulCount: used.count - harmless.count, values: values)
    }

    /// What was read, [prompts][readings][width], harmful prompts first.
    struct Activations {
        let kept: [String]
        let categories: [String]
        /// One name for a prompt and its twin.
        let units: [String]
        let harmfulCount: Int
        let values: [[[Float]]]

        func directions(_ reading: Int, _ comparison: CategoryDirections.Comparison) throws -> CategoryDirections {
            func group(_ name: String, _ range: Range<Int>) -> CategoryDirections.Group {
                let members = range.filter { categories[$0] == name }
                return CategoryDirections.Group(
                    name: name, rows: members.map { values[$0][reading] }, units: members.map { units[$0] })
            }
            let harmless = harmfulCount..<values.count
            var names: [String] = []
            for name in categories[harmless] where !names.contains(name) { names.append(name) }
            return try CategoryDirections(
                harmful: kept.map { group($0, 0..<harmfulCount) }, harmless: names.map { group($0, harmless) },
                comparison: comparison)
        }
    }
}
