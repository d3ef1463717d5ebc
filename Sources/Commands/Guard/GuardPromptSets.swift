internal import Evaluation
internal import LatentGuard

/// Prompt sets as a guard is fitted on them, or tried on them.
struct GuardPromptSets {
    var prompts: [GuardPrompt] = []
    var sets: [FitRecord.DataSet] = []

    /// - Throws: `PromptSetError`, ``GuardError/noLabel(set:prompt:)``, ``CommandFailure``.
    init(paths: [String], form: PromptFormOptions) throws {
        let read = try paths.map { try form.read($0) }
        try self.init(read)
        read.forEach { GuardedMessage.printNote(about: $0) }
    }

    /// - Throws: ``GuardError/noLabel(set:prompt:)``, ``CommandFailure``.
    init(_ read: [PromptSet]) throws {
        let plain = read.flatMap(\.prompts).filter { $0.metadata?["instruction"] == nil }
        let named = plain.flatMap { prompt in
            [prompt.id, prompt.pair].compactMap { $0 }.map { ($0, Self.group(of: prompt)) }
        }
        let groups = Dictionary(named) { first, _ in first }
        for set in read { try append(set, groups) }
    }

    /// - Parameter groups: of the prompts of all sets that nothing is wrapped round and of their twins, by id
    private mutating func append(_ set: PromptSet, _ groups: [String: String]) throws {
        let name = set.name
        let new = try set.prompts.map { prompt in
            guard let isHarmful = Self.isHarmful(prompt, format: set.format) else {
                throw GuardError.noLabel(set: name, prompt: prompt.id)
            }
            guard let text = GuardedMessage.text(of: prompt) else {
                throw CommandFailure.badData("prompt \"\(prompt.id)\" of \(name) has no message of a user")
            }
            let instruction = prompt.metadata?["instruction"]
            return GuardPrompt(
                id: prompt.id, text: text, isHarmful: isHarmful,
                group: instruction.map { groups[$0] ?? $0 } ?? Self.group(of: prompt), set: name,
                category: isHarmful && prompt.label == "harmful" ? prompt.category : nil,
                family: prompt.metadata?["family"])
        }
        prompts += new
        let harmful = new.count(where: \.isHarmful)
        sets.append(
            FitRecord.DataSet(name: name, digest: set.digest, harmful: harmful, harmless: new.count - harmful))
    }

    /// A prompt and its twin are one group; what was wrapped round a prompt belongs to that prompt's.
    private static func group(of prompt: Prompt) -> String {
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
