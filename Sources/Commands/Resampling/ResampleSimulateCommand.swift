internal import ArgumentParser
internal import Foundation
internal import Resampling

struct ResampleSimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "The two-type model: rewards, the best number of tries, and a simulation beside the formula.",
        discussion: """
            Easy and hard tasks, a verifier with given completeness and soundness. The simulation draws tasks and samples one \
            by one, and should agree with the formula within its error.

              assay resample simulate --accuracy 0.87,0.13 --shares 0.58,0.42 \\
                --soundness 0.75 --cost 0.7,1,2,4,10
            """)

    @Option(help: "Chance that a sample is right, for easy and for hard tasks.")
    var accuracy = "0.87,0.13"
    @Option(help: "Shares of easy and of hard tasks.")
    var shares = "0.58,0.42"
    @Option(help: "Chance that the verifier accepts a right sample.")
    var completeness = 1.0
    @Option(help: "Chance that the verifier rejects a wrong sample.")
    var soundness = 0.75
    @Option(help: "Costs of a false positive, in right answers, separated by commas.")
    var cost = "0.5,0.6,0.7,0.8,1,2,4,10"
    @Option(help: "Cost of drawing a sample.")
    var sampleCost = 0.0
    @Option(help: "Value of giving no answer.")
    var abstention = 0.0
    @Option(help: "Tasks to simulate.")
    var trials = 100_000
    @Option(help: "Seed of the simulation.")
    var seed: UInt64 = 0
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var cost: Double
        var best_k: String
        var closed_form: String?
        var reward: Double
        /// Of 800 tries at most, with the published reach factor.
        var published_reward: Double
        var simulated_reward: Double
        /// Standard error of the simulation.
        var simulation_error: Double
    }

    mutating func validate() throws {
        guard (1...10_000_000).contains(trials) else {
            throw ValidationError("--trials is \(trials); allowed: 1 to 10000000")
        }
    }

    func run() throws {
        let accuracies = try NumberList.numbers(accuracy, option: "--accuracy")
        let parts = try NumberList.numbers(shares, option: "--shares")
        guard accuracies.count == 2, parts.count == 2 else {
            throw ValidationError("--accuracy and --shares take two numbers each, for easy and for hard tasks")
        }
        let model = try TwoTypeModel(
            easy: .init(share: parts[0], accuracy: accuracies[0]),
            hard: .init(share: parts[1], accuracy: accuracies[1]),
            completeness: completeness, soundness: soundness)
        let rows = try NumberList.numbers(cost, option: "--cost").map { try row(model, $0) }
        if output.json { return try StandardOutput.json(rows) }
        StandardOutput.line("unbounded below cost \(String(format: "%.4f", model.unboundedRatio))")
        for row in rows {
            StandardOutput.line(
                "c = \(row.cost)  best K \(row.best_k)  reward \(number(row.reward)) (published form "
                    + "\(number(row.published_reward)))  simulated \(number(row.simulated_reward)) ± "
                    + number(row.simulation_error))
        }
    }

    private func row(_ model: TwoTypeModel, _ cost: Double) throws -> Row {
        let utility = Utility(falsePositive: cost, sample: sampleCost, abstention: abstention)
        let policy = try StoppingPolicy(model, utility: utility)
        let optimum = model.reward(utility).optimum
        let simulation = SearchSimulation(policy: policy, seed: seed).run(trials: trials)
        return Row(
            cost: cost, best_k: optimum.attempts.description,
            closed_form: model.closedFormOptimum(utility)?.description, reward: optimum.reward,
            published_reward: model.rewards(utility, upTo: 800, reach: .posterior).max() ?? 0,
            simulated_reward: simulation.reward, simulation_error: simulation.standardError)
    }

    private func number(_ value: Double) -> String { String(format: "%.4f", value) }
}
