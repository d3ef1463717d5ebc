internal import ArgumentParser
internal import LatentGuard

/// Parts of the prompts that are looked at by themselves.
struct GuardSlices {
    typealias Slice = (name: String, contains: (GuardPrompt) -> Bool)

    let all: [Slice]

    /// - Parameter named: `NAME=SET+SET`
    init(prompts: [GuardPrompt], named: [String]) throws {
        var slices: [Slice] = [("all", { _ in true })]
        let sets = Set(prompts.map(\.set))
        for definition in named {
            let parts = definition.split(separator: "=", maxSplits: 1).map(String.init)
            let wanted = Set(parts.last?.split(separator: "+").map(String.init) ?? [])
            guard parts.count == 2, wanted.isSubset(of: sets) else {
                throw ValidationError(
                    "--slice is \"\(definition)\"; allowed: NAME=SET+SET with the sets \(sets.sorted().joined(separator: ", "))"
                )
            }
            slices.append((parts[0], { wanted.contains($0.set) }))
        }
        for set in sets.sorted() where sets.count > 1 { slices.append((set, { $0.set == set })) }
        let families = Set(prompts.compactMap(\.family)).sorted()
        for family in families {
            slices.append(("family " + family, { $0.family == family }))
        }
        let harmless = prompts.contains { !$0.isHarmful }
        let categories = Set(prompts.compactMap(\.category)).sorted()
        for category in categories where harmless {
            slices.append(("category " + category, { $0.category == category || !$0.isHarmful }))
        }
        all = slices
    }
}
