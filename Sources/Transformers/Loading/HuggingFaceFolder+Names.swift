package import Checkpoints

/// Where a folder has what a language model's key or tensor is called.
extension HuggingFaceFolder {
    /// Gemma 3 with images: the language model is its `text_config`, and its tensors have one module more.
    package var isTextPart: Bool {
        guard case .string("gemma3")? = configuration["model_type"], case .object? = configuration["text_config"] else {
            return false
        }
        return true
    }

    static var textPartType: String { "gemma3_text" }

    func place(ofKey key: String) -> String { isTextPart ? "text_config.\(key)" : key }

    /// What the folder calls a tensor; the name itself where it has none of these names.
    func storedName(of name: String) -> String {
        if tensor(named: name) != nil { return name }
        let others = isTextPart ? Self.textPartNames(of: name) : [Self.innerName(of: name)].compactMap(\.self)
        return others.first { tensor(named: $0) != nil } ?? name
    }

    /// What a language model calls a tensor of the folder; nil for those of the part that sees images.
    func name(ofStored stored: String) -> String? {
        guard isTextPart else { return outerName(of: stored) ?? stored }
        let images = ["vision_tower.", "multi_modal_projector."]
        if images.contains(where: { stored.hasPrefix($0) || stored.hasPrefix("model.\($0)") }) { return nil }
        for (outer, inner) in Self.textPartModules where stored.hasPrefix(inner) {
            return outer + stored.dropFirst(inner.count)
        }
        return stored
    }

    /// A module of the language model, and what it is called in a model with images: as released, and as transformers
    /// calls it now.
    private static let textPartModules = [
        ("model.", "language_model.model."), ("lm_head.", "language_model.lm_head."),
        ("model.", "model.language_model."),
    ]

    private static func textPartNames(of name: String) -> [String] {
        textPartModules.compactMap { outer, inner in
            name.hasPrefix(outer) ? inner + name.dropFirst(outer.count) : nil
        }
    }

    /// Modules that hold everything but the head; a model can be saved without them.
    private static let outerModules = ["model.", "gpt_neox."]

    private static func innerName(of name: String) -> String? {
        outerModules.first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) }
    }

    /// The whole name of a tensor that was saved without the outer module; nil for others.
    private func outerName(of stored: String) -> String? {
        let isNeoX = configuration["model_type"] == .string("gpt_neox")
        let parts = isNeoX ? ["embed_in.", "layers.", "final_layer_norm."] : ["embed_tokens.", "layers.", "norm."]
        guard parts.contains(where: stored.hasPrefix) else { return nil }
        let whole = (isNeoX ? "gpt_neox." : "model.") + stored
        return tensor(named: whole) == nil ? whole : nil
    }
}
