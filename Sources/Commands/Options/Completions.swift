internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import HarnessLogs
internal import LanguageModels
internal import Steering
internal import Tensors
internal import Verification

/// What shells offer for the values of arguments.
extension CompletionKind {
    static let definition = file(extensions: ["yaml", "yml"])
    static let database = file(extensions: ["sqlite"])
    static let page = file(extensions: ["html"])
    static let table = file(extensions: ["csv"])
    static let drawing = file(extensions: ["svg"])
    static let tensors = file(extensions: ["safetensors"])
    static let promptSet = file(extensions: ["jsonl", "json", "csv", "txt", "gz"])
    static let runLines = file(extensions: ["jsonl", "gz"])
    static let anyFile = file()

    static let mode = list(ComputeMode.allCases.map(\.rawValue))
    static let promptForm = list(PromptSetFormat.allCases.map(\.rawValue))
    static let harnessForm = list(HarnessFormat.allCases.map(\.rawValue))
    static let directionMethod = list(DirectionMethod.allCases.map(\.rawValue))
    static let scorer = list(ScorerRegistry.names)
    static let catalogueName = list(ModelCatalogue.entries.map(\.name))

    /// Models that were pulled, by name, and files and folders that may be one.
    static let model = custom { _, _, prefix in ModelCompletion.candidates(prefix) }
}

/// What may follow the beginning of a model's name or path.
enum ModelCompletion {
    static func candidates(_ prefix: String, cache: String = ModelLocation.cacheFolder) -> [String] {
        let pulled = ModelCatalogue.entries.filter {
            FileManager.default.fileExists(atPath: "\(cache)/models/\($0.name)/\($0.fileName)")
        }
        return pulled.map(\.name).filter { $0.hasPrefix(prefix) } + paths(prefix)
    }

    /// GGUF files and folders whose path begins so; folders end with a slash.
    private static func paths(_ prefix: String) -> [String] {
        let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.sorted().compactMap { name in
            let path = folder + name
            guard path.hasPrefix(prefix), !name.hasPrefix(".") else { return nil }
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
            return isFolder.boolValue ? path + "/" : name.hasSuffix(".gguf") ? path : nil
        }
    }
}
