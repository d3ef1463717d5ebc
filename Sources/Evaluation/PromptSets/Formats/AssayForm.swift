/// Assay's own JSON lines: the keys of ``Prompt``, and no others.
enum AssayForm {
    private static let keys = [
        "id", "prompt", "messages", "system", "prefill", "label", "category", "pair", "target", "choices", "level",
        "metadata",
    ]

    /// What `label` may be. A wrapper is a template with `{instruction}` in it, to be joined with harmful instructions.
    static let labels = ["harmful", "harmless", "borderline", "unsafe-contrast", "jailbreak-wrapper"]

    static func prompt(_ object: JSONObject) throws(RowFaults) -> Prompt {
        let reader = ObjectReader(object)
        var faults = RowFaults()
        faults.add(reader.unknownKeys(allowed: keys))
        let id = faults.value(try reader.requiredText("id"))
        let text = faults.value(try reader.text("prompt"))
        let messages = faults.value(try reader.messages("messages"))
        faults.add(contentIssue(object))
        let system = faults.value(try reader.text("system"))
        let prefill = faults.value(try reader.text("prefill"))
        let label = faults.value(try knownLabel(reader))
        let category = faults.value(try reader.text("category"))
        let pair = faults.value(try reader.text("pair"))
        if let id, id == pair { faults.add(.pairIsItself(id: id)) }
        let target = faults.value(try reader.texts("target"))
        let choices = faults.value(try reader.texts("choices"))
        if let choices { faults.add(issue(choices, targets: object["target"] == nil ? [] : target)) }
        let prompt = Prompt(
            id: id ?? "", prompt: text, messages: messages, system: system, prefill: prefill, label: label,
            category: category, pair: pair, target: target, choices: choices,
            level: faults.value(try reader.integer("level", in: 1...1000)),
            metadata: faults.value(try reader.textTable("metadata")))
        return try faults.checked(prompt)
    }

    /// Whether exactly one of `prompt` and `messages` is there, whatever it holds.
    private static func contentIssue(_ object: JSONObject) -> PromptSetIssue? {
        switch (object["prompt"], object["messages"]) {
        case (.some, .some): .promptAndMessages
        case (nil, nil): .neitherPromptNorMessages
        case (nil, .some): object["system"] == nil ? nil : .systemBesideMessages
        default: nil
        }
    }

    private static func knownLabel(_ reader: ObjectReader) throws(PromptSetIssue) -> String? {
        guard let label = try reader.text("label") else { return nil }
        guard labels.contains(label) else { throw .unknownValue(key: "label", found: label, allowed: labels) }
        return label
    }

    /// - Parameter targets: nil where they could not be read
    private static func issue(_ choices: [String], targets: [String]?) -> PromptSetIssue? {
        let allowed = 2...26
        guard allowed.contains(choices.count) else {
            return .outOfRange(key: "choices", found: choices.count, allowed: allowed)
        }
        guard let targets else { return nil }
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".prefix(choices.count).map(String.init)
        let isLetter = targets.count == 1 && letters.contains(targets[0])
        return isLetter ? nil : .targetIsNoChoice(choices: choices.count)
    }
}
