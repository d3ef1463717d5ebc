public import Checkpoints
internal import Foundation
internal import Tensors

extension LoRAAdapter {
    /// The two files of a folder that PEFT has saved.
    package static let weightsFile = "adapter_model.safetensors"
    package static let configurationFile = "adapter_config.json"
    /// What PEFT puts before the names of the model it wraps.
    package static let wrapper = "base_model.model."

    /// Reads a folder that PEFT has saved.
    ///
    /// - Parameter strength: factor on all changes.
    /// - Throws: `CheckpointError`; ``TransformerError`` for kinds of adapters that are not low-rank additions alone.
    public init(peftFolder path: String, strength: Float = 1) throws {
        let settings = try JSONDocument(path: "\(path)/\(Self.configurationFile)")
        try Self.check(settings)
        let file = try SafetensorsFile(path: "\(path)/\(Self.weightsFile)")
        let halves = try Halves(file) { name in
            guard name.hasPrefix(Self.wrapper) else { return nil }
            let inner = name.dropFirst(Self.wrapper.count)
            for (ending, half) in [(".lora_A.weight", Half.a), (".lora_B.weight", Half.b)]
            where inner.hasSuffix(ending) {
                return (String(inner.dropLast(ending.count)), half)
            }
            return nil
        }
        let isRankStabilized = try settings.bool("use_rslora") ?? false
        self.init(
            .huggingFace,
            changes: try halves.changes { name, rank in
                let alpha = try Self.alpha(settings, ofModule: name)
                return strength * alpha / (isRankStabilized ? Float(rank).squareRoot() : Float(rank))
            }, path: path, baseModel: BaseModelMark(text: file.metadata[BaseModelMark.key]))
    }

    /// Reads an adapter that llama.cpp's converter has made. As there, an alpha of 0 stands for the rank.
    ///
    /// - Throws: `CheckpointError`; ``TransformerError`` for kinds of adapters that are not low-rank additions alone.
    public init(gguf file: GGUFFile, strength: Float = 1) throws {
        guard try file.metadata.string("adapter.type") == "lora" else {
            throw TransformerError.adapterKind(try file.metadata.string("adapter.type") ?? "unknown")
        }
        guard file.metadata["adapter.alora.invocation_tokens"] == nil else {
            throw TransformerError.adapterKind("activated LoRA")
        }
        let key = "adapter.lora.alpha"
        let alpha = try Self.finite(file.metadata.requiredFloat(key), key)
        let halves = try Halves(file) { name in
            for (ending, half) in [(".weight.lora_a", Half.a), (".weight.lora_b", Half.b)] where name.hasSuffix(ending)
            {
                return (String(name.dropLast(ending.count)), half)
            }
            return nil
        }
        self.init(
            .gguf, changes: try halves.changes { _, rank in alpha == 0 ? strength : strength * alpha / Float(rank) },
            architecture: try file.metadata.string("general.architecture"), path: file.path,
            baseModel: BaseModelMark(stored: try? file.metadata.floats(BaseModelMark.key)))
    }

    /// Ways to begin a training that leave the base model's weights as they are; PEFT changes them when it loads others, such
    /// as PiSSA.
    package static let harmlessStarts: Set = ["gaussian", "eva", "orthogonal", "mica"]

    private static func check(_ settings: JSONDocument) throws {
        let kind = try settings.string("peft_type") ?? "unknown"
        guard kind == "LORA" else { throw TransformerError.adapterKind(kind) }
        if try settings.bool("use_dora") ?? false { throw TransformerError.adapterKind("DoRA") }
        if case .string(let start)? = settings["init_lora_weights"], !harmlessStarts.contains(start) {
            throw TransformerError.adapterKind("init_lora_weights \(start)")
        }
        if let tokens = settings["alora_invocation_tokens"], tokens != .null {
            throw TransformerError.adapterKind("activated LoRA")
        }
    }

    /// `lora_alpha`, or what `alpha_pattern` gives a module by the end of its name.
    ///
    /// - Throws: ``TransformerError/adapterPatterns(_:module:)`` where matching patterns differ in their values: PEFT takes
    ///   the one that comes first in the file, and the order of a JSON object's members is not kept here;
    ///   ``TransformerError/configuration(key:value:allowed:)`` for a number beyond a float32.
    package static func alpha(_ settings: JSONDocument, ofModule name: String) throws -> Float {
        let matching = try alphas(settings, ofModule: name)
        if let first = matching.first {
            guard matching.allSatisfy({ $0.alpha == first.alpha }) else {
                throw TransformerError.adapterPatterns(matching.map(\.pattern), module: name)
            }
            return try finite(first.alpha, "alpha_pattern.\(first.pattern)")
        }
        guard let alpha = try settings.float("lora_alpha") else {
            throw TransformerError.missing(key: "lora_alpha")
        }
        return try finite(alpha, "lora_alpha")
    }

    private static func finite(_ alpha: Float, _ key: String) throws -> Float {
        guard alpha.isFinite else {
            throw TransformerError.configuration(key: key, value: "\(alpha)", allowed: "finite numbers")
        }
        return alpha
    }

    /// The patterns of `alpha_pattern` that match a module, sorted, with their values.
    ///
    /// - Throws: ``TransformerError/adapterKind(_:)`` for a pattern that is more than a name.
    private static func alphas(
        _ settings: JSONDocument, ofModule name: String
    ) throws -> [(pattern: String, alpha: Float)] {
        guard case .object(let patterns)? = settings["alpha_pattern"] else { return [] }
        if let pattern = patterns.keys.sorted().first(where: { $0.contains { "^$*+?()[]{}|\\".contains($0) } }) {
            throw TransformerError.adapterKind("a regular expression in alpha_pattern, \(pattern)")
        }
        var found: [(pattern: String, alpha: Float)] = []
        for (pattern, value) in patterns where name == pattern || name.hasSuffix(".\(pattern)") {
            if case .integer(let number) = value { found.append((pattern: pattern, alpha: Float(number))) }
            if case .double(let number) = value { found.append((pattern: pattern, alpha: Float(number))) }
        }
        return found.sorted { $0.pattern < $1.pattern }
    }
}

private enum Half {
    case a
    case b
}

/// The two factors of each change of an adapter file.
private struct Halves {
    private var found: [String: (a: Matrix?, b: Matrix?)] = [:]

    /// Largest rank of a change.
    private static let largestRank = 4096

    /// - Parameter parse: name and half of a tensor; nil for one that belongs to no low-rank change.
    init(_ file: some TensorFile, _ parse: (String) -> (String, Half)?) throws {
        for tensor in file.tensors {
            guard let (name, half) = parse(tensor.name) else { throw TransformerError.adapterTarget(tensor.name) }
            guard tensor.shape.count == 2, let rank = half == .a ? tensor.shape.first : tensor.shape.last,
                (1...Self.largestRank).contains(rank)
            else {
                throw TransformerError.shape(tensor: tensor.name, found: tensor.shape, expected: [])
            }
            let matrix = Matrix(rows: tensor.shape[0], columns: tensor.shape[1])
            try file.copyTensorRows(0..<tensor.shape[0], ofTensor: tensor.name, to: matrix.slice)
            switch half {
            case .a: found[name, default: (nil, nil)].a = matrix
            case .b: found[name, default: (nil, nil)].b = matrix
            }
        }
    }

    func changes(_ scale: (_ name: String, _ rank: Int) throws -> Float) throws -> [String: LoRAAdapter.Change] {
        var changes: [String: LoRAAdapter.Change] = [:]
        for (name, halves) in found.sorted(by: { $0.key < $1.key }) {
            guard let a = halves.a, let b = halves.b else { throw TransformerError.missingTensor("\(name) lora") }
            guard a.rowCount == b.columnCount else {
                throw TransformerError.shape(
                    tensor: "\(name) lora B", found: [b.rowCount, b.columnCount], expected: [b.rowCount, a.rowCount])
            }
            changes[name] = LoRAAdapter.Change(a: a, b: b, scale: try scale(name, a.rowCount))
        }
        return changes
    }
}
