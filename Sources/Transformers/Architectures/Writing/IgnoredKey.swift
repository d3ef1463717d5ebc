internal import Checkpoints

/// A key of a GGUF file that Assay reads and llama.cpp does not, so that the two compute different values.
package struct IgnoredKey: Hashable, Sendable {
    package let name: String
    package let value: String
    /// Texts of so many tokens are computed alike; nil where none is.
    package let harmlessLength: Int?
}

extension TransformerConfiguration {
    /// Families whose sliding window llama.cpp does not read, or reads and switches off.
    private static let familiesWithoutWindow = [Llama.name, Phi3.name]

    /// The keys of a GGUF file of this model that llama.cpp ignores although they change what is computed.
    ///
    /// - Throws: ``TransformerError/unknownArchitecture(_:known:)``.
    package func keysIgnoredByLlamaCpp() throws -> [IgnoredKey] {
        let description = try ArchitectureRegistry.architecture(named: architecture).description(of: self)
        return [try ignoredScale(description.metadata), ignoredWindow].compactMap(\.self)
    }

    /// A scale is written where it is not that of the released models, which is the one that llama.cpp takes.
    private func ignoredScale(_ metadata: GGUFMetadata) throws -> IgnoredKey? {
        let name = "\(architecture).attention.scale"
        return try metadata.float(name).map { IgnoredKey(name: name, value: "\($0)", harmlessLength: nil) }
    }

    /// A window that is not shorter than the context hides nothing.
    private var ignoredWindow: IgnoredKey? {
        guard Self.familiesWithoutWindow.contains(architecture), let window = slidingWindow,
            window.width < contextLength, window.layers.contains(true)
        else { return nil }
        return IgnoredKey(
            name: "\(architecture).attention.sliding_window", value: "\(window.width)", harmlessLength: window.width)
    }
}
