internal import Checkpoints

/// A key of a GGUF file that Assay reads and llama.cpp does not, so that the two compute different values.
package struct IgnoredKey: Hashable, Sendable {
    package let name: String
    package let value: String
    /// Texts of so many tokens are computed alike; nil where none is.
    package let harmlessLength: Int?
}

extension TransformerConfiguration {
    /// The keys of a GGUF file of this model that llama.cpp ignores although they change what is computed.
    ///
    /// - Throws: ``TransformerError/unknownArchitecture(_:known:)``.
    package func keysIgnoredByLlamaCpp() throws -> [IgnoredKey] {
        let family = try ArchitectureRegistry.architecture(named: architecture)
        let scale = try ignoredScale(family.description(of: self).metadata)
        return [scale, family.llamaCppUsesWindow ? nil : ignoredWindow].compactMap(\.self)
    }

    /// A scale is written where it is not that of the released models, which is the one that llama.cpp takes.
    private func ignoredScale(_ metadata: GGUFMetadata) throws -> IgnoredKey? {
        let name = "\(architecture).attention.scale"
        return try metadata.float(name).map { IgnoredKey(name: name, value: "\($0)", harmlessLength: nil) }
    }

    /// A window that is not shorter than the context hides nothing.
    private var ignoredWindow: IgnoredKey? {
        guard let window = slidingWindow, window.width < contextLength, window.layers.contains(true) else { return nil }
        return IgnoredKey(
            name: "\(architecture).attention.sliding_window", value: "\(window.width)", harmlessLength: window.width)
    }
}
