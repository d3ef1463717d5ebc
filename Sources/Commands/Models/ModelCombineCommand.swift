internal import ArgumentParser
internal import Checkpoints
internal import Foundation
internal import LanguageModels
internal import Tensors
internal import Training
internal import Transformers

struct ModelCombineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "combine",
        abstract: "Adds PEFT adapters of one model up to a new one.",
        discussion: """
            What each adapter adds is multiplied by its strength. The sum of ranks 8 and 8 has rank 16; --rank takes the \
            nearest adapter of a lower one (truncated singular values). Averages of several trainings often do better than \
            each of them (Wortsman et al. 2022).

              assay model combine --adapter first:0.5 --adapter second:0.5 --rank 8 \\
                --out average
            """)

    @Option(
        name: .customLong("adapter"), help: "A PEFT folder; PATH:STRENGTH multiplies what it does.",
        completion: .directory)
    var adapters: [String]
    @Option(help: "Rank of the new adapter; the sum of the ranks where not given.")
    var rank: Int?
    @Flag(help: "Write half precision.")
    var half = false
    @Option(help: "The folder to write; must not exist.", completion: .directory)
    var out: String
    @OptionGroup var output: OutputOptions

    struct Result: Encodable {
        var path: String
        var rank: Int
        var matrices: Int
        /// Share of the sum of squares of what the adapters add.
        var kept: Double
    }

    mutating func validate() throws {
        guard !adapters.isEmpty else { throw ValidationError("give --adapter, once for each adapter") }
        if let rank, !(1...4096).contains(rank) { throw ValidationError("--rank is \(rank); allowed: 1 to 4096") }
        guard !FileManager.default.fileExists(atPath: out) else {
            throw ValidationError("--out is \(out), which exists; name a new one")
        }
    }

    func run() throws {
        try OutputPath.check(out)
        let choices = adapters.map { AdapterChoice($0) }
        let sum = try LoRAAdapter.sum(
            choices.map { try LoRAAdapter(peftFolder: $0.path, strength: $0.strength) })
        let whole = sum.changes.values.map(\.a.rowCount).max() ?? 1
        let (adapter, kept) = try sum.truncated(rank: rank ?? whole)
        try PEFTAdapter.write(adapter, like: choices[0].path, as: half ? .f16 : .f32, toFolder: out)
        let result = Result(path: out, rank: rank ?? whole, matrices: adapter.changes.count, kept: kept)
        if output.json { return try StandardOutput.json(result) }
        StandardOutput.line(
            "\(out): rank \(result.rank), \(result.matrices) matrices, "
                + String(format: "%.4f of the sum of squares kept", kept))
    }
}
