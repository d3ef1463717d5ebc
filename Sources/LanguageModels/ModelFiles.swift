public import Checkpoints
internal import Foundation
internal import Tensors
public import Tokenization
public import Transformers

/// The files of a model, opened.
public enum ModelFiles: Sendable {
    case gguf(GGUFFile)
    case folder(HuggingFaceFolder)

    /// - Throws: `CheckpointError`.
    public init(path: String) throws {
        self = Self.isFolder(path) ? .folder(try HuggingFaceFolder(path: path)) : .gguf(try GGUFFile(path: path))
    }

    public var tensors: [TensorDescription] {
        switch self {
        case .gguf(let file): file.tensors
        case .folder(let folder): folder.tensors
        }
    }

    /// - Throws: `TransformerError`.
    public func configuration() throws -> TransformerConfiguration {
        switch self {
        case .gguf(let file): try TransformerConfiguration(file)
        case .folder(let folder): try TransformerConfiguration(folder)
        }
    }

    /// The tokenizer, and the text of the chat template; nil without one.
    ///
    /// - Throws: `CheckpointError`, `TokenizerError`.
    public func text() throws -> (tokenizer: any Tokenizer, template: String?) {
        switch self {
        case .gguf(let file):
            (
                try TokenizerLoader.make(from: VocabularyMetadata(file.metadata)),
                try file.metadata.string("tokenizer.chat_template")
            )
        case .folder(let folder): try Self.text(ofFolder: folder.path)
        }
    }

    /// The same without the weights, which need not be there.
    public static func text(atPath path: String) throws -> (tokenizer: any Tokenizer, template: String?) {
        isFolder(path) ? try text(ofFolder: path) : try ModelFiles(path: path).text()
    }

    /// SHA-256 of a file; of a folder's or a split model's, that of the lines that `sha256sum` prints for its files.
    public func digest() throws -> String {
        switch self {
        case .gguf(let file):
            guard file.paths.count > 1 else { return try FileDigest.sha256(ofFileAt: file.path) }
            let names = file.paths.map { URL(fileURLWithPath: $0) }
            return try FileDigest.sha256(
                ofFiles: names.map(\.lastPathComponent), inFolder: names[0].deletingLastPathComponent().path)
        case .folder(let folder):
            let others = Self.textFiles.filter {
                FileManager.default.fileExists(atPath: "\(folder.path)/\($0)")
            }
            return try FileDigest.sha256(ofFiles: (others + folder.weightFiles).sorted(), inFolder: folder.path)
        }
    }

    func transformer(
        backend: MatrixBackend, threads: Int, adapters: ModelAdapters, isEditable: Bool, contextLength: Int?
    ) throws -> Transformer {
        switch self {
        case .gguf(let file):
            try Transformer(
                file, backend: backend, threads: threads, adapters: adapters, isEditable: isEditable,
                contextLength: contextLength)
        case .folder(let folder):
            try Transformer(
                folder, backend: backend, threads: threads, adapters: adapters, isEditable: isEditable,
                contextLength: contextLength)
        }
    }

    /// Files of a folder, beside the weights, that what a model says depends on.
    private static let textFiles = [
        HuggingFaceFolder.configurationFile, "generation_config.json", "model.safetensors.index.json", "tokenizer.json",
        "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "chat_template.json",
    ]

    private static func text(ofFolder path: String) throws -> (tokenizer: any Tokenizer, template: String?) {
        let folder = try TokenizerFolder(URL(fileURLWithPath: path))
        return (try folder.tokenizer(), try folder.chatTemplate())
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
