internal import Tensors

/// What one sequence remembers: keys and values of its positions, in a chain of segments.
///
/// A prompt is read once and continued many times by ``fork(capacity:)``: the copies share what they have in common.
public final class KVCache {
    let configuration: TransformerConfiguration
    private(set) var segments: [KeyValueSegment]

    /// - Parameter capacity: positions that can be added; those that never are take no memory.
    public init(_ configuration: TransformerConfiguration, capacity: Int) {
        self.configuration = configuration
        segments = [KVCache.segment(configuration, capacity)]
    }

    private init(_ configuration: TransformerConfiguration, segments: [KeyValueSegment]) {
        self.configuration = configuration
        self.segments = segments
    }

    /// Positions remembered.
    public var length: Int { segments.reduce(0) { $0 + $1.count } }

    /// Positions that can still be added.
    public var room: Int { segments.last.map { $0.capacity - $0.count } ?? 0 }

    /// A cache that begins with the same positions and grows by itself.
    ///
    /// From now on this one must not grow.
    public func fork(capacity: Int) -> KVCache {
        KVCache(configuration, segments: segments + [KVCache.segment(configuration, capacity)])
    }

    /// The segment that new positions are written to.
    var open: KeyValueSegment {
        guard let last = segments.last else { preconditionFailure("a cache has at least one segment") }
        return last
    }

    private static func segment(_ configuration: TransformerConfiguration, _ capacity: Int) -> KeyValueSegment {
        KeyValueSegment(
            layers: configuration.layerCount, heads: configuration.keyValueHeadCount,
            headDimension: configuration.headDimension, capacity: capacity)
    }
}
