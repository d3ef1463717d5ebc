internal import Evaluation
internal import Reports
internal import Resampling
internal import Store

/// Makes reports from stored runs.
enum StoredReports {
    static func evaluation(
        _ id: String, _ store: RunStore, command: String?, includesTexts: Bool, listedSamples: Int = 2000
    ) throws -> EvaluationReport {
        let run = try store.run(id)
        var samples = EvaluationReport.Samples(
            EvaluationReport.Options(includesTexts: includesTexts, listedSamples: listedSamples))
        try store.forEachSample(of: run.id) { samples.add($0) }
        return EvaluationReport(run: run, metrics: try store.metrics(run.id), samples: samples, command: command)
    }

    /// What to pool, and how to count.
    struct PassKRequest {
        var runs: [String]
        var scorer: String?
        var k: [Int]?
        var unscored: UnscoredPolicy
        var includesPassHatK: Bool
    }

    /// pass@k, pooled over runs of the same model digest, sampling, scorer and scorer version.
    static func passK(_ request: PassKRequest, _ store: RunStore, command: String?) throws -> PassKReport {
        let runs = try chosen(request.runs, store)
        let scorer = try request.scorer ?? commonScorer(runs)
        let pooled = try pooled(runs, scorer: scorer, store)
        let members = pooled.map { group in runs.first { group.runs.contains($0.id) } }
        let labels = GroupLabels.labels(members, scorer: scorer)
        let groups = try zip(pooled, zip(members, labels)).map { try group($0, $1.0, request, label: $1.1) }
        return PassKReport(
            title: "pass@k · \(scorer)", groups: groups,
            incompleteRuns: try incomplete(runs, among: pooled.flatMap(\.runs), store), command: command)
    }

    /// Those of `runs` that lack samples, of the ones with an id in `counted`.
    static func incomplete(_ runs: [RunRecord], among counted: [String], _ store: RunStore) throws -> [IncompleteRun] {
        let counted = Set(counted)
        return try runs.filter { counted.contains($0.id) }.compactMap {
            IncompleteRun($0, found: try store.sampleCount($0.id))
        }
    }

    /// Says on standard error which of `runs` that were counted lack samples: figures of them may change.
    static func warnOfIncomplete(_ runs: [RunRecord], among counted: [String], _ store: RunStore) throws {
        for run in try incomplete(runs, among: counted, store) {
            StandardError.write("assay: warning: \(run.namedNote)\n")
        }
    }

    /// Counts of one scorer, added up over runs of the same model digest, sampling and scorer version.
    static func pooled(_ runs: [RunRecord], scorer: String, _ store: RunStore) throws -> [PooledGroup] {
        let counts = try store.taskCounts(runs: runs.map(\.id), scorer: scorer)
        try check(counts, scorer, runs)
        let limits = gradingLimits(of: [scorer], runs)
        return try PooledGroup.pool(
            counts.map { row in
                TaskCounts(
                    run: row.run, modelDigest: row.modelDigest,
                    settingsDigest: [
                        row.samplingDigest, row.scorer, String(row.scorerVersion), limits[row.run] ?? "",
                    ].joined(separator: "/"), seed: row.seed,
                    task: "\(row.promptSet)/\(row.promptID)", scored: row.scored, correct: row.correct,
                    unscored: row.unscored)
            })
    }

    /// The limits that each run's grades of the scorers depend on, by the run's id: grades under different ones are not
    /// pooled.
    static func gradingLimits(of scorers: [String], _ runs: [RunRecord]) -> [String: String] {
        Dictionary(runs.map { run in (run.id, scorers.map(run.gradingLimits).joined()) }) { first, _ in first }
    }

    /// The runs that were named, each once; all runs where none was named, but for those that stopped sampling a task once
    /// something was accepted: their samples are no random choice.
    static func chosen(_ ids: [String], _ store: RunStore) throws -> [RunRecord] {
        var seen: Set<String> = []
        let all = try ids.isEmpty ? store.runs() : ids.map { try store.run($0) }.filter { seen.insert($0.id).inserted }
        let runs = all.filter { $0.settings.stopping == nil }
        if let run = all.first(where: { $0.settings.stopping != nil }), !ids.isEmpty {
            throw CommandFailure.badData(
                "run \(run.id.prefix(8)) stopped sampling a task once something was accepted; what it holds is no random "
                    + "choice of samples. Name runs of assay eval run")
        }
        guard !runs.isEmpty else {
            let found =
                all.isEmpty
                ? "no runs"
                : "no runs but such as stopped sampling a task once something was accepted (assay resample run); what "
                    + "they hold is no random choice of samples"
            throw CommandFailure(code: FailureReport.noInput, description: "\"\(store.path)\" holds \(found)")
        }
        return runs
    }

    /// The scorer that all runs have in common, where it is clear which one is meant.
    private static func commonScorer(_ runs: [RunRecord]) throws -> String {
        let common = runs.dropFirst().reduce(Set(runs.first?.scorers.map(\.key) ?? [])) { common, run in
            common.intersection(run.scorers.map(\.key))
        }
        guard let only = common.first, common.count == 1 else {
            throw CommandFailure(
                code: FailureReport.usage,
                description: "name one with --scorer: the runs were graded by \(runs.scorerNames)")
        }
        return only
    }

    private static func check(_ counts: [StoredTaskCounts], _ scorer: String, _ runs: [RunRecord]) throws {
        guard !counts.isEmpty else {
            throw CommandFailure(
                code: FailureReport.noInput,
                description: "the runs hold no samples graded by \"\(scorer)\"; their scorers: \(runs.scorerNames)")
        }
        if let row = counts.first(where: { $0.fractional > 0 }) {
            throw CommandFailure.badData(
                "\"\(scorer)\" graded \(row.fractional) samples of \(row.promptSet)/\(row.promptID) between 0 and 1; "
                    + "pass@k needs right or wrong, choose another scorer")
        }
    }

    private static func group(
        _ pooled: PooledGroup, _ run: RunRecord?, _ request: PassKRequest, label: String
    ) throws -> PassKReport.Group {
        let metrics: [PassMetric] = request.includesPassHatK ? [.passAtK, .passHatK] : [.passAtK]
        let curves: [PassCurve]
        do {
            curves = try metrics.map { try pooled.curve(of: $0, at: request.k, unscored: request.unscored) }
        } catch let error as ResamplingError {
            throw CommandFailure.badData("\(label): \(error)")
        }
        return PassKReport.Group(
            label: label, model: run?.model,
            settings: run.map { [ReportFact].facts(of: $0.settings.generation) } ?? [], pooled: pooled, curves: curves)
    }
}

extension [RunRecord] {
    /// `numeric, refusal/broad`: every scorer that one of the runs has.
    var scorerNames: String {
        let names = Set(flatMap { $0.scorers.map(\.key) }).sorted()
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}
