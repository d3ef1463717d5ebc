public import Tokenization
public import Transformers

/// The beginning that all prompts of a template share, read once.
///
/// Safe to use from several threads: what was read is only copied from.
@safe
public final class PromptPrefix: @unchecked Sendable {
    public let ids: [Int32]
    /// Never grows once it is here.
    private let cache: KVCache
    private let configuration: TransformerConfiguration

    /// Reads what two different prompts of the template have in common.
    ///
    /// - Throws: `TransformerError`.
    public init(_ model: Transformer, _ first: RenderedPrompt, _ second: RenderedPrompt, threads: Int) throws {
        configuration = model.configuration
        let common = zip(first.ids, second.ids).prefix { $0 == $1 }.map(\.0)
        ids = Array(common.prefix(Self.limit))
        cache = KVCache(model.configuration, capacity: max(ids.count, 1))
        guard !ids.isEmpty else { return }
        let space = Workspace(model.configuration, rows: ids.count, threads: threads)
        _ = try model.forward(TokenBatch(ids, cache: cache), returning: .last, space: space)
    }

    private static let limit = 512

    /// A cache for a prompt, and the tokens that are still to be read: all of them where it does not begin like the
    /// others.
    public func begin(_ prompt: [Int32]) -> (cache: KVCache, rest: ArraySlice<Int32>) {
        guard !ids.isEmpty, prompt.count > ids.count, prompt.starts(with: ids) else {
            return (KVCache(configuration, capacity: prompt.count), prompt[...])
        }
        return (cache.fork(capacity: prompt.count - ids.count), prompt[ids.count...])
    }
}
