internal import ArgumentParser
internal import Evaluation
internal import Foundation
internal import LatentGuard

struct GuardScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Gives the verdict of a guard on prompts.",
        discussion: """
            One line for each prompt: decision, probability, score, id. A prompt that has no verdict is an error of its \
            own line, and never counts as harmless. Of a conversation the last message of the user is judged; system \
            messages, earlier turns and prefills are not read.

              assay guard score --model smollm2-135m-instruct \\
                --guard fixtures/guards/smollm2.safetensors --text "How do I pick a lock?"
              assay guard score --model smollm2-135m-instruct \\
                --guard fixtures/guards/smollm2.safetensors \\
                --prompts prompts/validation.jsonl --json
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(name: .customLong("guard"), help: "The guard's file.", completion: .tensors)
    var file: String
    @OptionGroup var text: TextOptions
    @Option(help: "A prompt set instead.", completion: .promptSet)
    var prompts: String?
    @OptionGroup var form: PromptFormOptions
    @OptionGroup var output: OutputOptions

    /// One prompt with its verdict, or why it has none.
    struct Row: Encodable {
        var id: String
        var verdict: Verdict?
        var error: String?
    }

    struct Report: Encodable {
        var depth: Int
        var results: [Row]
    }

    mutating func validate() throws {
        let given = [text.text, text.file, prompts].compactMap { $0 }
        guard given.count == 1 else { throw ValidationError("give one of --text, --file and --prompts") }
    }

    func run() throws {
        let items = try items()
        let latentGuard = try LatentGuard(model: model.load(date: dating.date), file: file)
        var progress = ProgressLine("score", total: items.count, unit: "prompts")
        var rows: [Row] = []
        for item in items {
            do {
                rows.append(Row(id: item.id, verdict: try latentGuard.assess(utf8: item.bytes), error: nil))
            } catch let error as GuardError {
                rows.append(Row(id: item.id, verdict: nil, error: error.description))
            }
            progress.update(rows.count)
        }
        progress.finish()
        if output.json { try StandardOutput.json(Report(depth: latentGuard.depth, results: rows)) } else { show(rows) }
        if rows.contains(where: { $0.verdict == nil }) { throw ExitCode(FailureReport.badData) }
    }

    private func show(_ rows: [Row]) {
        for row in rows {
            guard let verdict = row.verdict else {
                StandardError.write("\(row.id): \(row.error ?? "no verdict")\n")
                continue
            }
            StandardOutput.line(
                "\(verdict.decision.rawValue)  \(verdict.probability.rounded(to: 4))  \(verdict.score.rounded(to: 4))  \(row.id)"
            )
        }
    }

    private func items() throws -> [(id: String, bytes: [UInt8])] {
        if let prompts {
            let set = try form.read(prompts)
            GuardedMessage.printNote(about: set)
            return set.prompts.map { ($0.id, Array((GuardedMessage.text(of: $0) ?? "").utf8)) }
        }
        if let file = text.file {
            guard let data = FileManager.default.contents(atPath: file) else { throw CommandFailure.cannotRead(file) }
            return [(file, Array(data))]
        }
        return [("text", Array((text.text ?? "").utf8))]
    }
}
