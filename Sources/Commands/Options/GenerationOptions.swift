internal import ArgumentParser

/// How completions are sampled.
struct GenerationOptions: ParsableArguments {
    @Option(help: "Completions of the prompt.")
    var samples = 1

    @Option(help: "Most tokens of a completion.")
    var maxTokens = 128

    @Option(help: "0 takes the most probable token; 1 samples from the model's own distribution.")
    var temperature = 0.0

    @Option(help: "Keep the smallest set of most probable tokens that reaches this probability; 1 keeps all.")
    var topP = 1.0

    @Option(help: "Keep the k most probable tokens; 0 keeps all.")
    var topK = 0

    @Option(help: "Keep tokens at least this fraction as probable as the best; 0 keeps all.")
    var minP = 0.0

    @Option(help: "Seed of the random numbers.")
    var seed: UInt64 = 0

    @Option(help: "Text that ends a completion and is not part of it; may be given several times.")
    var stop: [String] = []

    mutating func validate() throws {
        guard (1...1_000_000).contains(samples) else {
            throw ValidationError("--samples is \(samples); allowed: 1 to 1000000")
        }
        guard maxTokens >= 1 else { throw ValidationError("--max-tokens is \(maxTokens); allowed: 1 or more") }
    }
}
