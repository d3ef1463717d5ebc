extension EvaluationPlan: Encodable {
    private enum CodingKeys: String, CodingKey {
        case name, version, task, format, date, settings, scorers, warnings, prompts
        case promptSets = "prompt_sets"
        case sampleCount = "samples"
    }

    /// The plan with every conversation: what `--dry-run --json` prints.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(definition.name, forKey: .name)
        try container.encode(definition.version, forKey: .version)
        try container.encode(definition.task, forKey: .task)
        try container.encode(definition.format, forKey: .format)
        try container.encodeIfPresent(definition.date, forKey: .date)
        try container.encode(SettingsDocument(settings), forKey: .settings)
        try container.encode(scorerReferences.map(ScorerDocument.init), forKey: .scorers)
        try container.encode(promptSets.map(PromptSetDocument.init), forKey: .promptSets)
        try container.encode(sampleCount, forKey: .sampleCount)
        try container.encode(warnings.map(\.description), forKey: .warnings)
        try container.encode(prompts.map(PlannedPromptDocument.init), forKey: .prompts)
    }
}

extension EvaluationPlan: CustomStringConvertible {
    /// A summary and one line for each prompt; no prompt texts.
    public var description: String {
        (summaryLines + prompts.map(line)).joined(separator: "\n")
    }

    private var summaryLines: [String] {
        let generation = settings.generation
        return [
            "evaluation  \(definition.name) version \(definition.version)",
            "task        \(definition.task.rawValue), format \(definition.format.rawValue)"
                + (definition.date.map { ", date \($0)" } ?? ""),
            "samples     \(prompts.count) prompts x \(generation.samples) = \(sampleCount)",
            "sampling    temperature \(generation.temperature), top-p \(generation.topP), top-k \(generation.topK), "
                + "min-p \(generation.minP), at most \(generation.maxTokens) tokens, seed \(generation.seed)",
            "scorers     " + scorerReferences.map { "\($0.key) version \($0.version)" }.joined(separator: ", "),
        ] + promptSets.map { "prompts     \($0.name): \($0.promptCount) (\($0.format), sha256 \($0.digest))" }
            + warnings.map { "warning     \($0)" }
    }

    private func line(_ prompt: PlannedPrompt) -> String {
        var parts = ["\(prompt.index)", "\(prompt.promptSet)/\(prompt.id)"]
        parts += [prompt.label.map { "label=\($0)" }, prompt.category.map { "category=\($0)" }].compactMap { $0 }
        if prompt.prefill != nil { parts.append("prefilled") }
        return parts.joined(separator: "  ")
    }
}
