internal import ArgumentParser
internal import Evaluation

/// The form of prompt files that do not tell it themselves.
struct PromptFormOptions: ParsableArguments {
    @Option(
        help: "The form of prompt files that are no JSON and have no known header, such as malicious-instruct.",
        completion: .promptForm)
    var format: String?

    static let formats = PromptSetFormat.allCases.map(\.rawValue).joined(separator: ", ")

    mutating func validate() throws { _ = try Self.form(format) }

    /// - Throws: `ValidationError` for a name that no form has.
    static func form(_ name: String?) throws -> PromptSetFormat? {
        guard let name else { return nil }
        guard let form = PromptSetFormat(rawValue: name) else {
            throw ValidationError("--format is \"\(name)\"; allowed: \(formats)")
        }
        return form
    }

    /// - Throws: `PromptSetError`.
    func read(_ path: String) throws -> PromptSet {
        try PromptSetReader.read(path: path, unlessTold: Self.form(format))
    }
}
