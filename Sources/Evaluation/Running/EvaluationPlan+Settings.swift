extension EvaluationPlan {
    static func check(_ settings: RunSettings, task: EvaluationTask) throws(PlanError) {
        let generation = settings.generation
        try check(generation)
        if let limit = settings.limit, limit < 1 {
            throw .setting(name: "limit", found: String(limit), allowed: "at least 1")
        }
        if task == .multipleChoice && generation.samples != 1 {
            let found = String(generation.samples)
            throw .setting(name: "samples", found: found, allowed: "1 for multiple choice, which has one answer")
        }
    }

    private static func check(_ settings: GenerationSettings) throws(PlanError) {
        func require(_ holds: Bool, _ name: String, _ found: some Any, _ allowed: String) throws(PlanError) {
            guard holds else { throw .setting(name: name, found: "\(found)", allowed: allowed) }
        }
        try require(settings.samples >= 1, "samples", settings.samples, "at least 1")
        try require((1...1_000_000).contains(settings.maxTokens), "max_tokens", settings.maxTokens, "1 to 1000000")
        try require((0...1000).contains(settings.temperature), "temperature", settings.temperature, "0 to 1000")
        try require(settings.topP > 0 && settings.topP <= 1, "top_p", settings.topP, "above 0, at most 1")
        try require(settings.topK >= 0, "top_k", settings.topK, "0 or more")
        try require((0...1).contains(settings.minP), "min_p", settings.minP, "0 to 1")
        try require(!settings.stop.contains(""), "stop", "a list with an empty text", "texts that are not empty")
    }
}

/// What is allowed, but may not be what was meant.
public enum PlanWarning: Hashable, Sendable {
    /// Greedy decoding gives every sample of a prompt the same text.
    case identicalSamples(samples: Int)
    /// Ids that several sets use: such prompts draw the same random numbers.
    case sharedPromptIDs(count: Int)
    case prefilled(prompts: Int)

    static func warnings(about prompts: [PlannedPrompt], settings: GenerationSettings) -> [PlanWarning] {
        var warnings: [PlanWarning] = []
        if settings.temperature == 0 && settings.samples > 1 {
            warnings.append(.identicalSamples(samples: settings.samples))
        }
        let shared = prompts.count - Set(prompts.map(\.id)).count
        if shared > 0 { warnings.append(.sharedPromptIDs(count: shared)) }
        let prefilled = prompts.count { $0.prefill != nil }
        if prefilled > 0 { warnings.append(.prefilled(prompts: prefilled)) }
        return warnings
    }
}

extension PlanWarning: CustomStringConvertible {
    public var description: String {
        switch self {
        case .identicalSamples(let samples):
            "Temperature 0 makes all \(samples) samples of a prompt the same. Raise `temperature`, or take one sample."
        case .sharedPromptIDs(let count):
            "\(count) prompts have the id of a prompt in another set; they draw the same random numbers."
        case .prefilled(let prompts):
            "\(prompts) prompts put the first words of the reply in the model's mouth; scorers do not see those words."
        }
    }
}
