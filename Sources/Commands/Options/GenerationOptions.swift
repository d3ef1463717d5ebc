internal import ArgumentParser
internal import Evaluation

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
        try SamplingBounds.check(samples: samples, temperature: temperature)
        guard maxTokens >= 1 else { throw ValidationError("--max-tokens is \(maxTokens); allowed: 1 or more") }
        guard !stop.contains("") else {
            throw ValidationError("--stop is empty; every completion would end before it begins, give it a text")
        }
    }
}

/// The limits of an evaluation's definition hold on the command line too.
enum SamplingBounds {
    static func check(samples: Int?, temperature: Double?) throws {
        let limits = EvaluationLimits()
        if let samples, !limits.samples.contains(samples) {
            throw ValidationError("--samples is \(samples); allowed: 1 to \(limits.samples.upperBound)")
        }
        if let temperature, !limits.temperature.contains(temperature) {
            let most = Int(limits.temperature.upperBound)
            throw ValidationError("--temperature is \(temperature); allowed: 0 to \(most)")
        }
    }
}
