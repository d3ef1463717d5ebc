/// A failure inside the interpreter, before it is known at which line of the template it happened.
enum JinjaFailure: Error {
    case undefined(String)
    case raised(String)
    case forbidden(String)
    /// What Python would raise, by the exception's name.
    case python(type: String, message: String)
    case limit(TemplateLimit, allowed: Int)

    static func typeError(_ message: String) -> JinjaFailure { .python(type: "TypeError", message: message) }
    static func valueError(_ message: String) -> JinjaFailure { .python(type: "ValueError", message: message) }
    static func filterArgument(_ message: String) -> JinjaFailure {
        .python(type: "FilterArgumentError", message: message)
    }
    static let integerOverflow = JinjaFailure.limit(.integerSize, allowed: Int.bitWidth)

    func located(atLine line: Int) -> ChatTemplateError {
        switch self {
        case .undefined(let message): .undefined(message: message, line: line)
        case .raised(let message): .raised(message: message, line: line)
        case .forbidden(let message): .forbidden(message: message, line: line)
        case .python(let type, let message): .operation(type: type, message: message, line: line)
        case .limit(let limit, let allowed): .limit(limit, allowed: allowed, line: line)
        }
    }
}
