/// The prompts that a plan uses: filters and limits of each source, then the limit over all.
struct PromptChoice {
    var prompts: [PlannedPrompt] = []
    var references: [PromptSetReference] = []

    init(definition: EvaluationDefinition, promptSets: [PromptSet], limit: Int?) throws(PlanError) {
        guard promptSets.count == definition.prompts.count else {
            throw .promptSetCount(found: promptSets.count, sources: definition.prompts.count)
        }
        if let template = definition.promptTemplate, !template.contains("{prompt}") { throw .templateWithoutPrompt }
        try Self.checkNames(of: promptSets)
        var kept = 0
        for (set, source) in zip(promptSets, definition.prompts) {
            if let limit = source.limit, limit < 1 {
                throw .setting(name: "prompts.limit", found: String(limit), allowed: "at least 1")
            }
            let chosen = Self.filter(set.prompts, by: source)
            kept += chosen.count
            let room = limit.map { max(0, $0 - prompts.count) } ?? chosen.count
            try append(chosen.prefix(room), of: set, in: definition)
        }
        guard !prompts.isEmpty else {
            throw .noPrompts(kept: kept, available: promptSets.reduce(0) { $0 + $1.prompts.count })
        }
        try checkDistinct()
    }

    /// `labels` and `categories` keep prompts that have one of the values; the limit counts what they leave.
    private static func filter(_ prompts: [Prompt], by source: PromptSource) -> ArraySlice<Prompt> {
        let chosen = prompts.filter { prompt in
            let hasLabel = source.labels.map { labels in prompt.label.map(labels.contains) ?? false } ?? true
            let hasCategory = source.categories.map { names in prompt.category.map(names.contains) ?? false } ?? true
            return hasLabel && hasCategory
        }
        return chosen.prefix(source.limit ?? chosen.count)
    }

    private mutating func append(
        _ chosen: ArraySlice<Prompt>,
        of set: PromptSet,
        in definition: EvaluationDefinition
    ) throws(PlanError) {
        references.append(
            PromptSetReference(name: set.name, digest: set.digest, format: set.format, promptCount: chosen.count)
        )
        for prompt in chosen {
            do {
                prompts.append(try PlannedPrompt(prompt, index: prompts.count, set: set.name, in: definition))
            } catch {
                throw .promptShape(set: set.name, id: prompt.id, problem: error)
            }
        }
    }

    private static func checkNames(of promptSets: [PromptSet]) throws(PlanError) {
        var digests: [String: String] = [:]
        for set in promptSets {
            if let known = digests[set.name], known != set.digest { throw .setNameShared(name: set.name) }
            digests[set.name] = set.digest
        }
    }

    private func checkDistinct() throws(PlanError) {
        var seen: [String: Set<String>] = [:]
        for prompt in prompts where !seen[prompt.promptSet, default: []].insert(prompt.id).inserted {
            throw .duplicatePrompt(set: prompt.promptSet, id: prompt.id)
        }
    }
}
