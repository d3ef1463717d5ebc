internal import ArgumentParser
internal import LanguageModels
internal import Tensors
internal import Tokenization

/// Which model, and on how many threads.
struct ModelOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: "A .gguf file, a folder of transformers, or a cached name such as smollm2-135m-instruct.",
        completion: .model)
    var model: String

    @OptionGroup var threads: ThreadOptions

    @Option(
        help: "Numbers of matrix products: f32 (exact), bf16, or native (quantised weights by 8-bit activations).",
        completion: .mode, transform: Self.computeMode)
    var mode = ComputeMode.f32

    @Option(
        help: ArgumentHelp(
            "A PEFT folder, GGUF LoRA adapter or GGUF control vector; may be given several times.",
            discussion: "PATH:STRENGTH multiplies what it does.", valueName: "path"), completion: .anyFile)
    var adapter: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Compute adapters beside the weights, as training does, instead of adding them to the weights.",
            discussion: "Quantised weights then stay as small and as fast as they are."))
    var unmerged = false

    @Option(
        help: ArgumentHelp(
            "Tokens that the model must have room for.",
            discussion: """
                More than a longrope model's original context: its divisors for long texts are used for all texts.
                """, valueName: "tokens"))
    var context: Int?

    @Sendable private static func computeMode(_ name: String) throws -> ComputeMode {
        guard let mode = ComputeMode(rawValue: name) else {
            let allowed = ComputeMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--mode is \(name); allowed: \(allowed)")
        }
        return mode
    }

    mutating func validate() throws {
        if let context, context < 1 { throw ValidationError("--context is \(context); allowed: 1 and more") }
    }

    var threadCount: Int { threads.count }

    /// - Parameter date: what a chat template that asks for the date is told
    func load(isEditable: Bool = false, date: CivilTime? = nil) throws -> LanguageModel {
        try load(mode: mode, isEditable: isEditable, date: date)
    }

    func load(mode: ComputeMode, isEditable: Bool = false, date: CivilTime? = nil) throws -> LanguageModel {
        let language = try LanguageModel(
            ModelLocation(finding: model), backend: mode.backend(), threads: threadCount,
            adapters: adapter.map { AdapterChoice($0) }, mergesAdapters: !unmerged, isEditable: isEditable,
            contextLength: context, date: date)
        StandardError.warn(ofAdaptersOn: language)
        return language
    }
}

/// Whether results are for people or for programs.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document.")
    var json = false
}

/// A text, given or in a file.
struct TextOptions: ParsableArguments {
    @Option(help: "The text.")
    var text: String?

    @Option(help: "A UTF-8 file that holds the text.", completion: .anyFile)
    var file: String?

    /// Nil where neither is given.
    func value() throws -> String? { try file.map { try TextFile.read($0) } ?? text }
}
