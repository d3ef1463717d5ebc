internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import Steering
internal import Tensors
internal import Transformers

struct BenchSteeringCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steering",
        abstract: "What an intervention costs while many samples are drawn.",
        discussion: """
            Samples of one prompt, drawn together; without and with the intervention in turn. Medians; the interval of the \
            ratio is that of the paired runs' middle half.

              assay bench steering --model smollm2-135m-instruct \\
                --directions harm.safetensors --layer 15 --positions all --decoded 64 \\
                --every-layer
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var intervention: InterventionOptions
    @Option(help: "Samples drawn together.")
    var samples = 64
    @Option(help: "Tokens of each.")
    var tokens = 64
    @Option(help: "Runs of each side, after one that is not counted.")
    var runs = 9
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var operation: String
        var layer: Int
        var every_layer: Bool
        var positions: String
        var decoded: Int
        var samples: Int
        var tokens: Int
        var runs: Int
        var threads: Int
        var backend: String
        /// Tokens per second, medians.
        var plain: Double
        var steered: Double
        /// Quartiles of the ratios of paired runs, steered over plain.
        var ratio: [Double]
    }

    mutating func validate() throws {
        guard (1...4096).contains(samples), (1...4096).contains(tokens), (1...1000).contains(runs) else {
            throw ValidationError("allowed: --samples and --tokens 1 to 4096, --runs 1 to 1000")
        }
        guard intervention.decoded > 0 else {
            throw ValidationError("--decoded is \(intervention.decoded): no token of the samples would be steered")
        }
    }

    func run() throws {
        let language = try model.load()
        let chosen = try intervention.intervention(in: language.transformer.configuration)
        let bench = InferenceBenchmark(model: language, runs: runs)
        let rates = try (0...runs).map { turn in
            // Sides change places, so that neither always comes after the other.
            let order = turn % 2 == 0 ? [false, true] : [true, false]
            let found = try order.map { steers in try rate(bench, steers ? [chosen] : []) }
            return turn % 2 == 0 ? (plain: found[0], steered: found[1]) : (plain: found[1], steered: found[0])
        }.dropFirst()
        let result = Result(
            operation: intervention.operation, layer: intervention.layer, every_layer: intervention.everyLayer,
            positions: intervention.positions, decoded: intervention.decoded, samples: samples, tokens: tokens,
            runs: runs, threads: language.threads,
            backend: language.backend.description, plain: rates.map(\.plain).median,
            steered: rates.map(\.steered).median, ratio: rates.map { $0.steered / $0.plain }.quartiles)
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line(
            "\(samples) samples of \(tokens) tokens, \(runs) runs, \(result.threads) threads, \(result.backend)\n"
                + String(
                    format: "plain %.1f tok/s, steered %.1f tok/s, x %.3f [%.3f, %.3f]", result.plain, result.steered,
                    result.ratio[1], result.ratio[0], result.ratio[2]))
    }

    private func rate(_ bench: InferenceBenchmark, _ interventions: [Intervention]) throws -> Double {
        guard !interventions.isEmpty else {
            var none = NoHook()
            return try bench.samplingRate(samples: samples, tokens: tokens, hooks: &none)
        }
        let count = InferenceBenchmark.samplePrompt
        let places = PromptPlaces(instruction: 0..<count, postInstruction: count - 1, count: count)
        var hook = try SteeringHook(interventions, places: [0: places])
        return try bench.samplingRate(samples: samples, tokens: tokens, hooks: &hook)
    }
}
