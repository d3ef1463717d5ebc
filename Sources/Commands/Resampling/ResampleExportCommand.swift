internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import HarnessLogs
internal import Store

struct ResampleExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a run as files of EvalPlus or as a log of inspect_ai.",
        discussion: """
            evalplus writes OUT.jsonl with the samples and OUT_eval_results.json beside it; inspect writes one JSON document, \
            inspect-eval an .eval archive.

              assay resample export 3f2a --format evalplus --out samples.jsonl
              assay resample export 3f2a --format inspect --out log.json
            """)

    enum Form: String, CaseIterable, ExpressibleByArgument {
        case evalplus
        case inspect
        case inspectEval = "inspect-eval"
    }

    @Argument(help: "The run's id, or the beginning of it.")
    var id: String
    @Option(help: "evalplus, inspect or inspect-eval.")
    var format: Form
    @Option(help: "The file to write.", completion: .anyFile)
    var out: String
    @OptionGroup var pair: VerifierPairOptions

    mutating func validate() throws {
        guard format != .evalplus || out.hasSuffix(".jsonl") else {
            throw ValidationError("--out is \"\(out)\"; allowed for evalplus: a name that ends with .jsonl")
        }
    }

    func run() throws {
        try OutputPath.check(out, format == .evalplus ? results : nil)
        let store = try RunStore(existing: pair.db)
        let run = try store.run(id)
        let samples = try store.samples(run.id)
        switch format {
        case .evalplus:
            let chosen = try StoredResampling.chosen(pair.request(runs: [run.id]), store)
            try write(try EvalPlusWriter(run, samples, weak: chosen.weak, strong: chosen.strong))
        case .inspect:
            try TextFile.write(try InspectLogWriter(run, store.metrics(run.id), samples).json(), to: out)
        case .inspectEval:
            let archive = try InspectLogWriter(run, store.metrics(run.id), samples).archive()
            do {
                try Data(archive).write(to: URL(fileURLWithPath: out), options: .atomic)
            } catch {
                throw CommandFailure.cannotWrite(out, (error as NSError).localizedDescription)
            }
        }
        StandardOutput.line("\(samples.count) samples in \(out)")
    }

    /// For evalplus: the file beside the one with the samples.
    private var results: String { out.dropLast(6) + "_eval_results.json" }

    private func write(_ writer: EvalPlusWriter) throws {
        try TextFile.write(writer.samplesText(), to: out)
        try TextFile.write(writer.resultsText(), to: results)
        if writer.unscored > 0 {
            StandardError.write(
                "assay: note: \(writer.unscored) samples without both verdicts are not in \(results)\n")
        }
        if writer.strongAlone > 0 {
            StandardError.write(
                "assay: note: \(writer.strongAlone) samples that the strong scorer alone accepts are in \(results) with "
                    + "base_status fail, which readers of this form take for wrong\n")
        }
    }
}
