/// Assay's own JSON lines: the keys of ``Prompt``, and no others.
enum AssayForm {
    private static let keys = [
        "id", "prompt", "messages", "system", "prefill", "label", "category", "pair", "target", "choices", "level",
        "metadata",
    ]

    /// What `label` may be. A wrapper is a template with `{instruction}` in it, to be joined with harmful instructions.
    static let labels = ["harmful", "harmless", "borderline", "unsafe-contrast", "jailbreak-wrapper"]

    static func prompt(_ object: JSONObject) throws(PromptSetIssue) -> Prompt {
        let reader = ObjectReader(object)
        try reader.refuseUnknownKeys(allowed: keys)
        let prompt = Prompt(
            id: try reader.requiredText("id"),
            prompt: try reader.text("prompt"),
            messages: try reader.messages("messages"),
            system: try reader.text("system"),
            prefill: try reader.text("prefill"),
            label: try reader.text("label"),
            category: try reader.text("category"),
            pair: try reader.text("pair"),
            target: try reader.texts("target"),
            choices: try reader.texts("choices"),
            level: try reader.integer("level", in: 1...1000),
            metadata: try reader.textTable("metadata")
        )
        try check(prompt)
        return prompt
    }

    private static func check(_ prompt: Prompt) throws(PromptSetIssue) {
        switch (prompt.prompt, prompt.messages) {
        case (.some, .some): throw .promptAndMessages
        case (nil, nil): throw .neitherPromptNorMessages
        case (nil, .some) where prompt.system != nil: throw .systemBesideMessages
        default: break
        }
        if let label = prompt.label, !labels.contains(label) {
            throw .unknownValue(key: "label", found: label, allowed: labels)
        }
        if prompt.pair == prompt.id { throw .pairIsItself(id: prompt.id) }
        if let choices = prompt.choices { try check(choices, targets: prompt.target ?? []) }
    }

    private static func check(_ choices: [String], targets: [String]) throws(PromptSetIssue) {
        let allowed = 2...26
        guard allowed.contains(choices.count) else {
            throw .outOfRange(key: "choices", found: choices.count, allowed: allowed)
        }
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".prefix(choices.count).map(String.init)
        guard targets.count == 1, letters.contains(targets[0]) else { throw .targetIsNoChoice(choices: choices.count) }
    }
}
