internal import Checkpoints
internal import Foundation
internal import Tensors

/// What is put on a model as it is loaded: low-rank changes of its matrices, and control vectors.
public struct ModelAdapters: Sendable {
    public private(set) var lora: [LoRAAdapter] = []
    public private(set) var control: [ControlVector] = []
    /// Whether low-rank changes are added to the matrices, which are then held in float32; otherwise they are computed beside
    /// them, as training does, and quantised matrices stay what they are.
    public var isMerged = true

    public init() {}

    public init(lora: [LoRAAdapter], control: [ControlVector] = [], isMerged: Bool = true) {
        self.lora = lora
        self.control = control
        self.isMerged = isMerged
    }

    /// Adds what a path names: a PEFT folder, a GGUF adapter, or a GGUF control vector.
    ///
    /// - Throws: `CheckpointError`; ``TransformerError/adapter(path:_:)`` for one that cannot be applied.
    public mutating func add(path: String, strength: Float = 1) throws {
        try TransformerError.naming(adapter: path) { try read(path, strength) }
    }

    private mutating func read(_ path: String, _ strength: Float) throws {
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            lora.append(try LoRAAdapter(peftFolder: path, strength: strength))
            return
        }
        let file = try GGUFFile(path: path)
        if try file.metadata.string("general.architecture") == "controlvector" {
            control.append(try ControlVector(gguf: file, strength: strength))
        } else {
            lora.append(try LoRAAdapter(gguf: file, strength: strength))
        }
    }

    /// Paths of the low-rank adapters that were trained on another model, as far as they say on which.
    package func madeForOthers(than transformer: Transformer) -> [String] {
        let mark = BaseModelMark(transformer)
        return lora.filter { $0.baseModel.map { !$0.matches(mark) } ?? false }.compactMap(\.path)
    }

    /// Tensors of adapters that are not put on the model, by the adapter's path.
    package var leftAside: [String: [String]] {
        var found: [String: [String]] = [:]
        for adapter in lora where !adapter.leftAside.isEmpty { found[adapter.path ?? ""] = adapter.leftAside.sorted() }
        return found
    }

    /// The sum of all control vectors, one row for each block that has a direction.
    func controlRows(_ configuration: TransformerConfiguration) throws -> [Int: Matrix] {
        var sum = ControlVector([:])
        for vector in control {
            try TransformerError.naming(adapter: vector.path) {
                _ = try vector.rows(configuration)
                try sum.add(vector)
            }
        }
        return try sum.rows(configuration)
    }
}
