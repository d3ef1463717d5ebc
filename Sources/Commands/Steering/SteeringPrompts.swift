internal import Evaluation
internal import LanguageModels
internal import Steering
internal import Tokenization

/// Prompts of a set, rendered for a model.
enum SteeringPrompts {
    /// - Parameter limit: the first so many, one or more; nil for all
    static func rendered(_ path: String, _ model: LanguageModel, limit: Int? = nil) throws -> [RenderedPrompt] {
        try prompts(path, limit: limit).map { try render($0, model) }
    }

    static func prompts(_ path: String, limit: Int? = nil) throws -> [Prompt] {
        let all = try PromptSetReader.read(path: path).prompts
        return limit.map { Array(all.prefix($0)) } ?? all
    }

    static func render(_ prompt: Prompt, _ model: LanguageModel) throws -> RenderedPrompt {
        var messages = (prompt.messages ?? []).map { ChatMessage(role: $0.role, content: $0.content) }
        if let system = prompt.system { messages.append(ChatMessage(role: "system", content: system)) }
        if let instruction = prompt.prompt { messages.append(ChatMessage(role: "user", content: instruction)) }
        return try model.render(messages, prefill: prompt.prefill)
    }

    /// What `body` returns, which reads these prompts; where one lacks a place, the error has its id.
    static func naming<Result>(_ prompts: [Prompt], _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch SteeringError.noSuchPlace(let index) where prompts.indices.contains(index) {
            throw SteeringError.tooShort(id: prompts[index].id)
        }
    }

    /// The name of a set: its file's, without folder and ending.
    static func name(_ path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return file.split(separator: ".").first.map(String.init) ?? file
    }

    static func places(_ prompts: [RenderedPrompt]) throws -> [Int: PromptPlaces] {
        var places: [Int: PromptPlaces] = [:]
        for (index, prompt) in prompts.enumerated() { places[index] = try PromptPlaces(prompt) }
        return places
    }

    /// - Throws: ``CommandFailure`` for a prompt whose label says nothing of harm.
    static func isHarmful(_ prompt: Prompt, of path: String) throws -> Bool {
        switch prompt.label {
        case "harmful", "unsafe-contrast": return true
        case "harmless", "borderline": return false
        default:
            throw CommandFailure.badData(
                "prompt \"\(prompt.id)\" of \(name(path)) has the label \"\(prompt.label ?? "")\"; allowed: harmful, "
                    + "unsafe-contrast, harmless, borderline")
        }
    }
}
