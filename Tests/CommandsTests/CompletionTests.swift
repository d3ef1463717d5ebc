import Foundation
import LanguageModels
import TestSupport
import Testing

@testable import Commands

/// What shells offer for the values of arguments.
struct CompletionTests {
    /// The arguments of a command, by their names without hyphens.
    private func arguments(_ path: [String]) throws -> [String: JSON] {
        var command = try AssayProcess.run(["--experimental-dump-help"]).json(JSON.self)["command"]
        for word in path {
            guard case .list(let children)? = command?["subcommands"] else { break }
            command = children.first { $0["commandName"] == .text(word) }
        }
        guard case .list(let arguments)? = command?["arguments"] else { return [:] }
        return Dictionary(
            arguments.map { ($0["valueName"]?.text ?? "", $0["completionKind"] ?? .null) },
            uniquingKeysWith: { first, _ in first })
    }

    private func extensions(_ kind: JSON?) -> [String]? {
        guard case .list(let items)? = kind?["file"]?["extensions"] else { return nil }
        return items.compactMap(\.text)
    }

    private func words(_ kind: JSON?) -> [String]? {
        guard case .list(let items)? = kind?["list"]?["values"] else { return nil }
        return items.compactMap(\.text)
    }

    @Test func argumentsOfARunAreCompleted() throws {
        let run = try arguments(["eval", "run"])
        #expect(extensions(run["file"]) == ["yaml", "yml"])
        #expect(extensions(run["db"]) == ["sqlite"])
        #expect(extensions(run["html"]) == ["html"])
        #expect(words(run["mode"]) == ["f32", "bf16", "native"])
        #expect(run["model"]?["custom"] != nil)
    }

    @Test func namesThatThereAreAreOffered() throws {
        #expect(try words(arguments(["model", "pull"])["name"])?.contains("smollm2-135m-instruct") == true)
        #expect(try words(arguments(["prompts", "check"])["format"])?.contains("advbench") == true)
        #expect(try words(arguments(["report", "passk"])["scorer"])?.contains("numeric") == true)
        #expect(try words(arguments(["model", "convert"])["type"])?.contains("q8_0") == true)
        #expect(try words(arguments(["steer", "generate"])["operation"])?.count == 6)
    }

    @Test func modelsAreFilesFoldersAndWhatWasPulled() throws {
        try Places.withTemporaryFolder { folder in
            let cache = folder.appendingPathComponent("cache").path
            for name in ["tiny.gguf", "tiny.txt", ".tiny.gguf", "other.gguf"] {
                try Data().write(to: folder.appendingPathComponent(name))
            }
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("tinies"), withIntermediateDirectories: true)
            let base = folder.path + "/"
            #expect(ModelCompletion.candidates(base + "t", cache: cache) == [base + "tinies/", base + "tiny.gguf"])
            #expect(ModelCompletion.candidates("smollm2-135m", cache: cache) == [])
            let pulled = folder.appendingPathComponent("cache/models/smollm2-135m-instruct")
            try FileManager.default.createDirectory(at: pulled, withIntermediateDirectories: true)
            let file = try #require(ModelCatalogue.entry(named: "smollm2-135m-instruct")).fileName
            try Data().write(to: pulled.appendingPathComponent(file))
            #expect(ModelCompletion.candidates("smollm2-135m", cache: cache) == ["smollm2-135m-instruct"])
            #expect(ModelCompletion.candidates(base + "nowhere/", cache: cache) == [])
        }
    }
}
