public import Tokenization
public import Verification

/// One prompt of a plan, with everything that the model is shown of it.
public struct PlannedPrompt: Codable, Hashable, Sendable {
    /// Position in the plan.
    public var index: Int
    /// Name of the set that it comes from.
    public var promptSet: String
    public var id: String
    public var label: String?
    public var category: String?
    /// What the user asks, without the template around it: the prompt, or the last message of the user, and the choices
    /// where the template lists them. What a judge is shown.
    public var question: String
    /// The conversation for the chat template. Exactly one of `messages` and `text` is present.
    public var messages: [ChatMessage]?
    /// Plain text to be continued, a prefill included.
    public var text: String?
    /// What the reply to `messages` starts with.
    public var prefill: String?
    /// Answers that count as right.
    public var targets: [String]
    /// The options of a multiple-choice question; nil where the model writes its answer.
    public var choices: [PlannedChoice]?
    /// Of a programming task.
    public var tests: UnitTests?
    /// A program that passes them, where the prompt set has one.
    public var solution: String?
}

extension PlannedPrompt {
    /// Whether what the model writes goes on with words: those of a plain text, or of a prefill.
    var endsInWords: Bool { messages == nil || !(prefill ?? "").isEmpty }
}

/// One option of a multiple-choice question.
public struct PlannedChoice: Codable, Hashable, Sendable {
    /// `A`, `B`, …
    public var letter: String
    /// The text whose log-probability is the option's: the letter where the question lists the options, otherwise the
    /// option itself.
    public var continuation: String
}

extension PlannedPrompt {
    /// Puts `prompt` into the definition's template and format.
    init(
        _ prompt: Prompt,
        index: Int,
        set: String,
        in definition: EvaluationDefinition
    ) throws(PlanError.PromptProblem) {
        self.index = index
        promptSet = set
        id = prompt.id
        label = prompt.label
        category = prompt.category
        targets = prompt.target ?? []
        tests = prompt.tests
        solution = prompt.tests.flatMap { tests in
            prompt.metadata?["solution"] ?? prompt.metadata?["canonical_solution"].map { (tests.stub ?? "") + $0 }
        }
        let question = try QuestionText(prompt, in: definition)
        self.question = question.bare
        switch definition.format {
        case .chat:
            messages = try question.messages()
            prefill = prompt.prefill
        case .raw:
            text = try question.plainText() + (prompt.prefill ?? "")
        }
        if definition.task == .multipleChoice {
            choices = try question.choices(after: text ?? prefill ?? "")
        }
    }
}

/// How a prompt's text, its system message and its choices are put together.
private struct QuestionText {
    static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { String($0) }

    let prompt: Prompt
    let template: String
    let system: String?
    let format: PromptFormat
    let listsChoices: Bool

    init(_ prompt: Prompt, in definition: EvaluationDefinition) throws(PlanError.PromptProblem) {
        if prompt.prompt == nil && prompt.messages == nil { throw .neitherPromptNorMessages }
        if prompt.prompt != nil && prompt.messages != nil { throw .bothPromptAndMessages }
        self.prompt = prompt
        template = definition.promptTemplate ?? "{prompt}"
        system = prompt.system ?? definition.system
        format = definition.format
        listsChoices = template.contains("{choices}")
    }

    var bare: String {
        let asked = prompt.prompt ?? prompt.messages?.last { $0.role == "user" }?.content ?? ""
        return listsChoices && !choices.isEmpty ? "\(asked)\n\(choices)" : asked
    }

    /// The conversation; a template applies to its last message of the user.
    func messages() throws(PlanError.PromptProblem) -> [ChatMessage] {
        let turns = prompt.messages ?? [PromptMessage(role: "user", content: prompt.prompt ?? "")]
        guard let question = turns.lastIndex(where: { $0.role == "user" }) else { throw .noUserMessage }
        var messages = turns.map { ChatMessage(role: $0.role, content: $0.content) }
        messages[question].content = filled(with: turns[question].content)
        if let system, turns.first?.role != "system" {
            messages.insert(ChatMessage(role: "system", content: system), at: 0)
        }
        return messages
    }

    func plainText() throws(PlanError.PromptProblem) -> String {
        guard let text = prompt.prompt else { throw .conversationAsPlainText }
        guard system == nil else { throw .systemMessageAsPlainText }
        return filled(with: text)
    }

    /// A space goes before a choice that continues a text which does not end in white space.
    func choices(after text: String) throws(PlanError.PromptProblem) -> [PlannedChoice] {
        let options = prompt.choices ?? []
        guard (2...Self.letters.count).contains(options.count) else { throw .choiceCount(options.count) }
        let letters = Self.letters.prefix(options.count)
        guard (prompt.target ?? []).allSatisfy(letters.contains) else { throw .targetIsNotALetter }
        let space = text.last.map { $0.isWhitespace ? "" : " " } ?? ""
        return zip(letters, options).map { letter, option in
            PlannedChoice(letter: letter, continuation: space + (listsChoices ? letter : option))
        }
    }

    /// The options with their letters, one a line.
    private var choices: String {
        zip(Self.letters, prompt.choices ?? []).map { "\($0). \($1)" }.joined(separator: "\n")
    }

    private func filled(with question: String) -> String {
        PromptTemplate.fill(template, ["prompt": question, "choices": choices])
    }
}

/// Replacement of `{name}` in one pass, so that nothing inside a replacement is replaced.
enum PromptTemplate {
    static func fill(_ template: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = template[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if let (name, value) = values.first(where: { rest.hasPrefix("{\($0.key)}") }) {
                result += value
                rest = rest.dropFirst(name.count + 2)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}
