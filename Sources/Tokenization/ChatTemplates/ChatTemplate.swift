/// A model's chat template: a program in the Jinja language that writes a conversation as the model was trained on.
///
/// Understands what Hugging Face's templates use, with the switches they are rendered with (`trim_blocks`,
/// `lstrip_blocks`, `break` and `continue`, `raise_exception`, `strftime_now`, a `tojson` that does not escape HTML)
/// and in a sandbox: a template reads nothing but its variables, and ``TemplateLimits`` bounds what it costs.
public struct ChatTemplate: Sendable {
    /// The template's text.
    public let source: String
    private let statements: [JinjaStatement]
    private let limits: TemplateLimits

    /// - Throws: ``ChatTemplateError/syntax(message:line:)`` or ``ChatTemplateError/limit(_:allowed:line:)``.
    public init(source: String, limits: TemplateLimits = TemplateLimits()) throws(ChatTemplateError) {
        self.source = source
        self.limits = limits
        statements = try JinjaParser.parse(source, limits: limits)
    }

    /// Reads the template of a model that may have none.
    ///
    /// - Throws: ``ChatTemplateError/missing`` for nil, otherwise as ``init(source:limits:)``.
    public init(modelTemplate source: String?, limits: TemplateLimits = TemplateLimits()) throws(ChatTemplateError) {
        guard let source else { throw .missing }
        try self.init(source: source, limits: limits)
    }

    /// The spellings of the tokens that begin and end a text, which templates write by name.
    public struct BoundaryTokens: Hashable, Sendable {
        public var bos: String
        public var eos: String

        public init(bos: String = "", eos: String = "") {
            self.bos = bos
            self.eos = eos
        }
    }

    /// Writes the conversation as text.
    ///
    /// Every byte of the result knows whether the template or a message's `content` wrote it; a message's role counts
    /// as the template's.
    ///
    /// - Parameters:
    ///   - addGenerationPrompt: ends with the beginning of an assistant turn.
    ///   - tools: what the assistant may call, a list; nil without any.
    ///   - variables: further variables, such as `enable_thinking`; they come before the standard ones.
    ///   - dataVariables: the same from data, whose texts count as those beside the messages
    ///   - now: what `strftime_now` tells. Without one it is undefined, so that a template that looks whether it is there
    ///     takes the date that it brings itself; one that calls it all the same fails.
    public func render(
        messages: [ChatMessage],
        addGenerationPrompt: Bool,
        boundaryTokens: BoundaryTokens = BoundaryTokens(),
        tools: TemplateValue? = nil,
        variables: [String: TemplateValue] = [:],
        dataVariables: [String: TemplateValue] = [:],
        now: CivilTime? = nil
    ) throws(ChatTemplateError) -> RenderedText {
        var values: [String: JinjaValue] = [
            "add_generation_prompt": .boolean(addGenerationPrompt),
            "bos_token": .text(boundaryTokens.bos),
            "eos_token": .text(boundaryTokens.eos),
            "tools": .none,
            "documents": .none,
        ]
        do {
            values["messages"] = try Self.list(of: messages, limits: limits)
        } catch {
            throw .variable(name: "messages")
        }
        do {
            if let tools { values["tools"] = try JinjaValue(tools, origin: .aside, limits: limits) }
        } catch {
            throw .variable(name: "tools")
        }
        let further = variables.map { ($0.key, $0.value, PromptPart.Origin.template) }
        for (name, value, origin) in further + dataVariables.map({ ($0.key, $0.value, .aside) }) {
            do {
                values[name] = try JinjaValue(value, origin: origin, limits: limits)
            } catch {
                throw .variable(name: name)
            }
        }
        let interpreter = JinjaInterpreter(limits: limits, now: now)
        return RenderedText(try interpreter.render(statements, variables: values))
    }

    private static func list(of messages: [ChatMessage], limits: TemplateLimits) throws -> JinjaValue {
        let items = try messages.enumerated().map { index, message in
            var mapping = JinjaMapping()
            try mapping.set(.text("role"), to: .text(message.role), limits: limits)
            if message.hasContent {
                let content = TracedText(message.content, origin: .content(message: index))
                try mapping.set(.text("content"), to: .text(content), limits: limits)
            }
            for field in message.fields {
                let isAside = field.key == "name" || field.key == "tool_call_id"
                let origin = isAside ? PromptPart.Origin.aside : .content(message: index)
                let value = try JinjaValue(field.value, origin: origin, limits: limits)
                try mapping.set(.text(TracedText(field.key)), to: value, limits: limits)
            }
            return JinjaValue.mapping(mapping)
        }
        return .list(try JinjaSequence(items, limits: limits))
    }
}
