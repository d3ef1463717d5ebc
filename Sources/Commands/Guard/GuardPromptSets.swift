internal import Evaluation
internal import LatentGuard

/// Prompt sets as a guard is fitted on them, or tried on them.
struct GuardPromptSets {
    var prompts: [GuardPrompt] = []
    var sets: [FitRecord.DataSet] = []

    /// - Throws: `PromptSetError`, ``GuardError/noLabel(set:prompt:)``, ``CommandFailure``.
    init(paths: [String]) throws {
        for path in paths { try append(PromptSetReader.read(path: path)) }
    }

    private mutating func append(_ set: PromptSet) throws {
        let name = set.name
        let new = try set.prompts.map { prompt in
            guard let isHarmful = Self.isHarmful(prompt, format: set.format) else {
                throw GuardError.noLabel(set: name, prompt: prompt.id)
            }
            guard let text = prompt.prompt ?? prompt.messages?.last(where: { $0.role == "user" })?.content else {
                throw CommandFailure.badData("prompt \"\(prompt.id)\" of \(name) has no message of a user")
            }
            return GuardPrompt(
                id: prompt.id, text: text, isHarmful: isHarmful, group: Self.group(of: prompt), set: name,
                category: isHarmful && prompt.label == "harmful" ? prompt.category : nil,
                family: prompt.metadata?["family"])
        }
        prompts += new
        let harmful = new.count(where: \.isHarmful)
        sets.append(
            FitRecord.DataSet(name: name, digest: set.digest, harmful: harmful, harmless: new.count - harmful))
    }

    /// A prompt and its twin are one group, and so are a harmful prompt and what was wrapped round it.
    private static func group(of prompt: Prompt) -> String {
        if let instruction = prompt.metadata?["instruction"] { return instruction }
        guard let pair = prompt.pair else { return prompt.id }
        return (prompt.id.utf8.count, prompt.id) < (pair.utf8.count, pair) ? prompt.id : pair
    }

    /// Nil where neither the label nor the kind of set says.
    private static func isHarmful(_ prompt: Prompt, format: String) -> Bool? {
        switch prompt.label {
        case "harmful", "unsafe-contrast", "unsafe": true
        case "harmless", "borderline", "safe", "benign": false
        default: ["advbench", "harmbench", "strongreject", "malicious-instruct"].contains(format) ? true : nil
        }
    }
}
