/// Why a chat template could not be read, rendered or used.
///
/// Messages use the words of the reference implementation (jinja2), so that they can be looked up. They hold what
/// the template's author wrote; text that came from a message is replaced by `…`.
public enum ChatTemplateError: Error, Hashable, Sendable {
    /// The model brings no chat template.
    case missing
    /// The template is not valid.
    case syntax(message: String, line: Int)
    /// An undefined value was used for something other than printing or testing.
    case undefined(message: String, line: Int)
    /// The template called `raise_exception`.
    case raised(message: String, line: Int)
    /// The template tried something that the sandbox forbids.
    case forbidden(message: String, line: Int)
    /// An operation does not fit its values. `type` is the Python exception's name, such as `TypeError`.
    case operation(type: String, message: String, line: Int)
    /// The template went past one of ``TemplateLimits``.
    case limit(TemplateLimit, allowed: Int, line: Int)
    /// The tokenizer gave no token at all for the prompt.
    case emptyPrompt
    /// A variable given by the caller is nested too deeply or too large to hand to a template.
    case variable(name: String)
}

/// One of the bounds on what a template may use.
public enum TemplateLimit: String, Hashable, Sendable {
    case sourceBytes
    case nesting
    case steps
    case textLength
    case containerSize
    case integerSize
}

extension ChatTemplateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing:
            "This model has no chat template. Use a model that has one, or send the text as it is with --raw."
        case .syntax(let message, let line):
            "The chat template is not valid at line \(line): \(message)"
        case .undefined(let message, let line):
            "The chat template uses something undefined at line \(line): \(message)"
        case .raised(let message, let line):
            "The chat template refuses this conversation (line \(line)): \(message)"
        case .forbidden(let message, let line):
            "The chat template does something forbidden at line \(line): \(message)"
        case .operation(let type, let message, let line):
            "The chat template fails at line \(line): \(type): \(message)"
        case .limit(let limit, let allowed, let line):
            "The chat template goes past the limit on \(limit.noun) (\(allowed)) at line \(line)."
        case .emptyPrompt:
            "The prompt has no tokens. Give it some text."
        case .variable(let name):
            "The template variable \(name) is nested too deeply or too large."
        }
    }
}

extension TemplateLimit {
    fileprivate var noun: String {
        switch self {
        case .sourceBytes: "the size of the template in bytes"
        case .nesting: "nesting"
        case .steps: "steps"
        case .textLength: "the length of a text"
        case .containerSize: "the size of a list or mapping"
        case .integerSize: "the size of an integer in bits"
        }
    }
}
