/// Why a guard cannot be fitted, read or asked.
public enum GuardError: Error, Hashable, Sendable {
    // Asking
    case emptyPrompt
    case notUTF8(offset: Int)
    case textTooLong(bytes: Int, limit: Int)
    case promptTooLong(tokens: Int, limit: Int)
    case promptTooShort
    case prefillIncomplete
    case scoreNotFinite

    // Files
    case unreadable(path: String, reason: String)
    case version(found: Int, known: Int)
    case missingTensor(String)
    case shape(tensor: String, found: [Int], expected: [Int])
    case notFinite(tensor: String)
    case invalid(field: String, found: String, allowed: String)
    case otherModel(found: String, expected: String)
    case otherTemplate(found: String, expected: String)
    case width(found: Int, expected: Int)

    // Fitting
    case oneSided(harmful: Int, harmless: Int, needed: Int)
    case noLabel(set: String, prompt: String)
    case setting(name: String, value: String, allowed: String)
    case beyondContext(prompt: String, tokens: Int, limit: Int)
}

extension GuardError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyPrompt: "the prompt is empty or white space; there is nothing to assess"
        case .notUTF8(let offset): "the prompt is not UTF-8: byte \(offset) begins no character; convert it first"
        case .textTooLong(let bytes, let limit):
            "the prompt has \(bytes) bytes; at most \(limit) are read, shorten it or assess it in parts"
        case .promptTooLong(let tokens, let limit):
            "the prompt has \(tokens) tokens and the model reads \(limit); shorten it or assess it in parts"
        case .promptTooShort:
            "the prompt is too short for one of the places that the guard reads; fit a guard on t_inst and t_post_inst"
        case .prefillIncomplete:
            "the generation has not read the whole prompt yet; ask after its prefill"
        case .scoreNotFinite: "the model gave numbers that are not finite for this prompt; it has no verdict"
        case .unreadable(let path, let reason): "\"\(path)\" is no guard: \(reason)"
        case .version(let found, let known):
            "the guard's format is \(found), and this version reads \(known); fit it again"
        case .missingTensor(let name): "the guard has no tensor \"\(name)\"; fit it again"
        case .shape(let tensor, let found, let expected):
            "the guard's tensor \"\(tensor)\" has shape \(found), not \(expected); fit it again"
        case .notFinite(let tensor):
            "the guard's \"\(tensor)\" holds a number that is not finite; the file is damaged, fit it again"
        case .invalid(let field, let found, let allowed):
            "the guard's \(field) is \(found); allowed: \(allowed)"
        case .otherModel(let found, let expected):
            "the guard was fitted on the model with SHA-256 \(expected), and this one has \(found); fit one for it"
        case .otherTemplate(let found, let expected):
            "the guard was fitted with the chat template \(expected), and the model has \(found); fit it again"
        case .width(let found, let expected):
            "the guard reads \(found) components and the model has \(expected); it was fitted on another model"
        case .oneSided(let harmful, let harmless, let needed):
            "there are \(harmful) harmful and \(harmless) harmless prompts; each side needs \(needed)"
        case .noLabel(let set, let prompt):
            "prompt \"\(prompt)\" of \(set) says neither harmful nor harmless; give its label"
        case .setting(let name, let value, let allowed): "\(name) is \(value); allowed: \(allowed)"
        case .beyondContext(let prompt, let tokens, let limit):
            "the prompt \(prompt) is \(tokens) tokens long and the model reads \(limit); shorten it or leave it out"
        }
    }
}
