internal import Evaluation

/// Prompts of two sides in the order of their pairs.
struct SteeringPairs {
    struct Side {
        var path: String
        var prompts: [Prompt]
    }

    let positives: [Prompt]
    /// The partners of ``positives``, in their order.
    let negatives: [Prompt]
    /// Whether some prompt names its partner on the other side; where none does, they stay in the order of their lines.
    let areNamed: Bool

    /// - Throws: ``CommandFailure`` for a prompt without a partner on the other side, or with one that is taken.
    init(_ positive: Side, _ negative: Side) throws {
        positives = positive.prompts
        let ids = (Set(positive.prompts.map(\.id)), Set(negative.prompts.map(\.id)))
        areNamed =
            positive.prompts.contains { $0.pair.map(ids.1.contains) ?? false }
            || negative.prompts.contains { $0.pair.map(ids.0.contains) ?? false }
        guard areNamed else {
            negatives = negative.prompts
            return
        }
        var free = Dictionary(negative.prompts.map { ($0.id, $0) }) { first, _ in first }
        let naming = negative.prompts.compactMap { prompt in prompt.pair.map { ($0, prompt.id) } }
        let partners = Dictionary(naming) { first, _ in first }
        negatives = try positive.prompts.map { prompt in
            let named = [prompt.pair, partners[prompt.id]].compactMap { $0 }
            guard let id = named.first(where: { free[$0] != nil }), let partner = free.removeValue(forKey: id) else {
                throw Self.alone(prompt, of: positive, in: negative)
            }
            return partner
        }
        if let left = negative.prompts.first(where: { free[$0.id] != nil }) {
            throw Self.alone(left, of: negative, in: positive)
        }
    }

    private static func alone(_ prompt: Prompt, of side: Side, in other: Side) -> CommandFailure {
        .badData(
            "prompt \"\(prompt.id)\" of \(SteeringPrompts.name(side.path)) has no partner of its own in "
                + "\(SteeringPrompts.name(other.path)): \(prompt.pair.map { "its pair is \"\($0)\"" } ?? "it has no \"pair\""); "
                + "the method works on matched pairs")
    }
}
