internal import ArgumentParser
internal import Foundation
internal import Resampling
internal import Store

struct ResampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resample",
        abstract: "Repeated sampling until a verifier says yes: how good it gets, and when to stop.",
        discussion: """
            A weak verifier is one that an application can run; a strong one counts as the truth. Both are scorers of one \
            run. docs/resampling.md says what is calculated.
            """,
        subcommands: [
            ResampleRunCommand.self, ResampleImportCommand.self, ResampleExportCommand.self, ResampleCurveCommand.self,
            ResampleSimulateCommand.self, ResampleCompareCommand.self,
        ])
}

/// Which database, and which two scorers of its runs.
struct VerifierPairOptions: ParsableArguments {
    @Option(help: "The database of runs.", completion: .database)
    var db = "runs.sqlite"
    @Option(
        help: "The scorer that stands for the weak verifier: python-weak, or evalplus-base, where not given.",
        completion: .scorer)
    var weak: String?
    @Option(
        help: "The scorer that counts as the truth: python-strong, or evalplus-plus, where not given.",
        completion: .scorer)
    var strong: String?

    /// - Parameter runs: ids or beginnings of ids; empty for all runs with both scorers.
    func request(runs: [String], styles: [String] = []) -> StoredResampling.Request {
        StoredResampling.Request(runs: runs, weak: weak, strong: strong, styles: styles)
    }
}

/// Which runs, of commands that take several.
struct RunChoiceOptions: ParsableArguments {
    @Option(
        name: .customLong("run"),
        help: """
            A run's id or the beginning of it; may be given several times. All runs with both scorers where not given, \
            but for those of resample run.
            """
    )
    var ids: [String] = []
}

/// What outcomes are worth.
struct PriceOptions: ParsableArguments {
    @Option(help: "Costs of a false positive, in right answers, separated by commas.")
    var cost = "0,1,2,4,8"
    @Option(help: "Cost of drawing a sample, in right answers.")
    var sampleCost = 0.0
    @Option(help: "Value of giving no answer, in right answers.")
    var abstention = 0.0
    @Option(help: "The most tries; the number of samples of the shortest task where not given.")
    var budget: Int?
    @Option(help: "Shuffles of each task's samples.")
    var shuffles = 1000
    @Option(help: "Resamples of the bootstrap over tasks.")
    var resamples = 10_000
    @Option(help: "Seed of shuffles and bootstrap.")
    var analysisSeed: UInt64 = 0

    func options() throws -> PairAnalysis.Options {
        PairAnalysis.Options(
            budget: budget, costs: try NumberList.numbers(cost, option: "--cost"), sample: sampleCost,
            abstention: abstention, shuffles: shuffles, bootstrap: try bootstrap())
    }

    func bootstrap() throws -> Bootstrap { try Bootstrap(resamples: resamples, seed: analysisSeed) }
}

/// Numbers of an option's text.
enum NumberList {
    /// At most 64 numbers from 0.
    static func numbers(_ text: String, option: String) throws -> [Double] {
        let words = words(text)
        let values = words.compactMap { Double($0) }
        guard values.count == words.count, (1...64).contains(values.count), values.allSatisfy({ $0 >= 0 && $0 <= 1e9 })
        else {
            throw ValidationError("\(option) is \"\(text)\"; allowed: up to 64 numbers from 0, separated by commas")
        }
        return values
    }

    /// Whole numbers from 1, each once, in order.
    static func counts(_ text: String, option: String) throws -> [Int] {
        let words = words(text)
        let values = words.compactMap { Int($0) }
        guard values.count == words.count, !values.isEmpty, values.allSatisfy({ $0 >= 1 }) else {
            throw ValidationError("\(option) is \"\(text)\"; allowed: whole numbers from 1, separated by commas")
        }
        return Set(values).sorted()
    }

    /// The parts between commas, without the spaces around them. What is empty, or has spaces inside, is no number.
    private static func words(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            part.trimmingCharacters(in: CharacterSet(charactersIn: " "))
        }
    }

    /// `90/100`.
    static func fraction(_ text: String, option: String) throws -> (part: Int, whole: Int) {
        let words = text.split(separator: "/").compactMap { Int($0) }
        guard words.count == 2, text.split(separator: "/").count == 2 else {
            throw ValidationError("\(option) is \"\(text)\"; allowed: two counts such as 90/100")
        }
        return (words[0], words[1])
    }
}
