internal import Evaluation
internal import Steering

/// Prompts of several files by family, with what an analysis needs to know of each.
struct FamilyPrompts {
    let prompts: [Prompt]
    let items: [FamilyBeliefs.Item]

    /// - Parameters:
    ///   - key: entry of the metadata that names a prompt's family
    ///   - cluster: entry that names prompts which belong together; a prompt without it stands for itself
    ///   - limit: prompts of each family and label that are used, evenly spread over all of them; nil for all
    /// - Throws: ``CommandFailure`` for a prompt without a family, or with a label that says nothing of harm.
    init(paths: [String], key: String, cluster: String, limit: Int?) throws {
        var all: [(prompt: Prompt, item: FamilyBeliefs.Item)] = []
        for path in paths {
            for prompt in try SteeringPrompts.prompts(path) {
                all.append((prompt, try Self.item(prompt, path, key: key, cluster: cluster)))
            }
        }
        let members = Dictionary(grouping: all.indices) { "\(all[$0].item.isHarmful) \(all[$0].item.family)" }
        let used = members.values.flatMap { members in
            let count = min(limit ?? members.count, members.count)
            return (0..<count).map { members[$0 * members.count / count] }
        }
        prompts = used.sorted().map { all[$0].prompt }
        items = used.sorted().map { all[$0].item }
    }

    private static func item(
        _ prompt: Prompt, _ path: String, key: String, cluster: String
    ) throws -> FamilyBeliefs.Item {
        guard let family = prompt.metadata?[key] else {
            let known = prompt.metadata?.keys.sorted().joined(separator: ", ") ?? ""
            throw CommandFailure.badData(
                "prompt \"\(prompt.id)\" of \(SteeringPrompts.name(path)) has no metadata \"\(key)\"; it has: "
                    + (known.isEmpty ? "none" : known))
        }
        return FamilyBeliefs.Item(
            family: family, isHarmful: try SteeringPrompts.isHarmful(prompt, of: path),
            cluster: prompt.metadata?[cluster] ?? pair(prompt))
    }

    /// One name for a prompt and its twin.
    static func pair(_ prompt: Prompt) -> String { min(prompt.id, prompt.pair ?? prompt.id) }
}
