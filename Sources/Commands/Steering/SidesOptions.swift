internal import ArgumentParser

/// Harmful and harmless prompts that a model replies to.
struct SidesOptions: ParsableArguments {
    @Option(help: "Harmful prompts, without a wrapper.", completion: .promptSet)
    var harmful: String
    @Option(help: "Harmless prompts, without a wrapper.", completion: .promptSet)
    var harmless: String
    @Option(help: "Prompts of each side that are used; all where not given.")
    var limit: Int?
    @Option(help: "Most tokens of a reply.")
    var maxTokens = 48

    mutating func validate() throws { try SteeringBounds.check(limit: limit, maxTokens: maxTokens) }
}
