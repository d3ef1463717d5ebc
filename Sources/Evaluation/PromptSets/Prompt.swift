public import Verification

/// One item of a prompt set: what is asked, and what is known about it.
///
/// The native form is one JSON object a line; see `docs/prompt-sets.md`.
public struct Prompt: Codable, Hashable, Sendable {
    /// Unique within its set.
    public var id: String
    /// The instruction, or the question. Exactly one of `prompt` and `messages` is present.
    public var prompt: String?
    /// A conversation, where one turn is not enough.
    public var messages: [PromptMessage]?
    /// A system message put before `prompt`.
    public var system: String?
    /// Words put in the model's mouth: the reply starts with them.
    public var prefill: String?
    /// `harmful`, `harmless`, `borderline`, `unsafe-contrast`, or `jailbreak-wrapper` for a template with `{instruction}` in
    /// it; nil where harm is not the question.
    public var label: String?
    /// Risk category or topic.
    public var category: String?
    /// Id of the item that this one is matched with.
    public var pair: String?
    /// Answers that count as right; the first is the canonical one.
    public var target: [String]?
    /// The options of a multiple-choice question; `target` then holds the letter.
    public var choices: [String]?
    /// Difficulty, from 1.
    public var level: Int?
    /// Where it comes from, and whatever else a reader of the set needs.
    public var metadata: [String: String]?
    /// Of a programming task: what decides whether an answer is right.
    public var tests: UnitTests?

    public init(
        id: String,
        prompt: String? = nil,
        messages: [PromptMessage]? = nil,
        system: String? = nil,
        prefill: String? = nil,
        label: String? = nil,
        category: String? = nil,
        pair: String? = nil,
        target: [String]? = nil,
        choices: [String]? = nil,
        level: Int? = nil,
        metadata: [String: String]? = nil,
        tests: UnitTests? = nil
    ) {
        self.id = id
        self.prompt = prompt
        self.messages = messages
        self.system = system
        self.prefill = prefill
        self.label = label
        self.category = category
        self.pair = pair
        self.target = target
        self.choices = choices
        self.level = level
        self.metadata = metadata
        self.tests = tests
    }
}

/// One turn of a prompt that has several.
public struct PromptMessage: Codable, Hashable, Sendable {
    public var role: String
    public var content: String

    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}

/// A named list of prompts with the digest of the bytes it was read from.
public struct PromptSet: Hashable, Sendable {
    /// File name without its extension.
    public var name: String
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    public var digest: String
    /// Which reader understood the file: `assay`, `advbench`, `harmbench`, …
    public var format: String
    public var prompts: [Prompt]

    public init(name: String, digest: String, format: String, prompts: [Prompt]) {
        self.name = name
        self.digest = digest
        self.format = format
        self.prompts = prompts
    }
}
