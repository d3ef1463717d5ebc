internal import Evaluation

/// What of a prompt a guard judges: the last message of the user.
enum GuardedMessage {
    /// Nil where the user says nothing.
    static func text(of prompt: Prompt) -> String? {
        prompt.prompt ?? prompt.messages?.last { $0.role == "user" }?.content
    }

    /// Nil where no prompt has more than one message of the user.
    static func note(about set: PromptSet) -> String? {
        let longer = set.prompts.count { ($0.messages ?? []).count { $0.role == "user" } > 1 }
        guard longer > 0 else { return nil }
        return
            "\(longer) of \(set.prompts.count) prompts of \(set.name) have more than one message of the user; the last one "
            + "alone is judged"
    }

    static func printNote(about set: PromptSet) {
        if let note = note(about: set) { StandardError.write("assay: note: \(note)\n") }
    }
}
