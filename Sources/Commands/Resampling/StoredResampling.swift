internal import Evaluation
internal import Reports
internal import Resampling
internal import Store

/// From stored runs to what is known of their generators.
enum StoredResampling {
    struct Request {
        var runs: [String]
        var weak: String?
        var strong: String?
        var styles: [String] = []
    }

    /// Runs and the pair of scorers that all of them have.
    struct Chosen {
        var runs: [RunRecord]
        var weak: String
        var strong: String

        var ids: [String] { runs.map(\.id) }

        /// `python-weak version 1`.
        func shown(_ scorer: String) -> String {
            let versions = Set(runs.flatMap(\.scorers).filter { $0.key == scorer }.map(\.version)).sorted()
            return "\(scorer) version \(versions.map(String.init).joined(separator: ", "))"
        }
    }

    private static let knownPairs = [("python-weak", "python-strong"), ("evalplus-base", "evalplus-plus")]

    static func chosen(_ request: Request, _ store: RunStore) throws -> Chosen {
        let all = try StoredReports.chosen(request.runs, store)
        let (weak, strong) = try pair(request, all)
        let runs = all.filter { run in
            [weak, strong].allSatisfy { name in run.scorers.contains { $0.key == name } }
        }
        guard !runs.isEmpty, runs.count == all.count || request.runs.isEmpty else {
            throw CommandFailure(
                code: FailureReport.noInput,
                description: "not all of the runs were graded by both \(weak) and \(strong); their scorers: "
                    + all.scorerNames)
        }
        return Chosen(runs: runs, weak: weak, strong: strong)
    }

    private static func pair(_ request: Request, _ runs: [RunRecord]) throws -> (weak: String, strong: String) {
        if let weak = request.weak, let strong = request.strong {
            guard weak != strong else {
                throw CommandFailure(code: FailureReport.usage, description: "--weak and --strong name one scorer")
            }
            return (weak, strong)
        }
        let keys = Set(runs.flatMap { $0.scorers.map(\.key) })
        let known = knownPairs.filter { keys.contains($0.0) && keys.contains($0.1) }
        guard let pair = known.first, known.count == 1, request.weak == nil, request.strong == nil else {
            throw CommandFailure(
                code: FailureReport.usage,
                description: "name two scorers with --weak and --strong: the runs were graded by \(runs.scorerNames)")
        }
        return (weak: pair.0, strong: pair.1)
    }

    /// One group for each model and set of settings; models are never averaged over.
    static func groups(_ chosen: Chosen, _ store: RunStore) throws -> [VerdictGroup] {
        let rows = try store.verdictPairs(runs: chosen.ids, weak: chosen.weak, strong: chosen.strong)
        if let row = rows.first(where: { $0.fractional > 0 }) {
            throw CommandFailure.badData(
                "\(row.fractional) samples of \(row.promptSet)/\(row.promptID) have a grade between 0 and 1; a verdict is "
                    + "right or wrong, choose other scorers")
        }
        let limits = StoredReports.gradingLimits(of: [chosen.weak, chosen.strong], chosen.runs)
        let verdicts = rows.map { row in
            RunVerdicts(
                run: row.run, modelDigest: row.modelDigest,
                settingsDigest: [
                    row.samplingDigest, chosen.weak, String(row.weakVersion), chosen.strong, String(row.strongVersion),
                    limits[row.run] ?? "",
                ].joined(separator: "/"), seed: row.seed,
                tally: VerdictTally(
                    task: "\(row.promptSet)/\(row.promptID)", truePositives: row.bothAccept,
                    falsePositives: row.weakAlone, falseNegatives: row.strongAlone, trueNegatives: row.neither,
                    unscored: row.unscored))
        }
        return try VerdictGroup.pool(verdicts)
    }

    static func report(
        _ request: Request, _ options: PairAnalysis.Options, _ store: RunStore, command: String?
    ) throws -> ResamplingReport {
        let chosen = try chosen(request, store)
        let groups = try groups(chosen, store)
        guard !groups.isEmpty else {
            throw CommandFailure(code: FailureReport.noInput, description: "the runs hold no samples with verdicts")
        }
        let labels = labels(groups, chosen.runs)
        let generators = try zip(groups, labels).map { group, label in
            let run = chosen.runs.first { group.runs.contains($0.id) }
            return ResamplingReport.Generator(
                label: label, model: run?.model,
                settings: run.map { [ReportFact].facts(of: $0.settings.generation) } ?? [],
                group: group, analysis: try PairAnalysis(group.tasks, options: options),
                styles: try styles(request.styles, group, chosen, store))
        }
        let evaluations = Set(chosen.runs.map(\.definition.name)).sorted().joined(separator: ", ")
        return ResamplingReport(
            title: evaluations, weak: chosen.shown(chosen.weak), strong: chosen.shown(chosen.strong),
            generators: generators,
            incompleteRuns: try StoredReports.incomplete(chosen.runs, among: groups.flatMap(\.runs), store),
            bootstrap: options.bootstrap, command: command)
    }

    /// The model's file name, with the temperature where one model has several, and a number where that is not enough.
    static func labels(_ groups: [VerdictGroup], _ runs: [RunRecord]) -> [String] {
        let found = groups.map { group in runs.first { group.runs.contains($0.id) } }
        let names = found.map { run in String(run?.model.name.split(separator: "/").last ?? "generator") }
        var labels = names
        for (index, name) in names.enumerated() where names.count(where: { $0 == name }) > 1 {
            if let run = found[index] { labels[index] = "\(name), T = \(run.settings.generation.temperature)" }
        }
        var counts: [String: Int] = [:]
        return labels.map { label in
            counts[label, default: 0] += 1
            return counts[label] == 1 ? label : "\(label) (\(counts[label] ?? 0))"
        }
    }

    private static func styles(
        _ names: [String], _ group: VerdictGroup, _ chosen: Chosen, _ store: RunStore
    ) throws -> [StyleAdherence] {
        let rows = try names.flatMap { name -> [RunStyleCounts] in
            let rows = try store.styleCounts(runs: group.runs, weak: chosen.weak, strong: chosen.strong, style: name)
            let hasVersions = Set(rows.map(\.styleVersion)).count > 1
            return rows.map { row in
                // Another version of a scorer measures something else.
                RunStyleCounts(row, style: hasVersions ? "\(name) version \(row.styleVersion)" : name)
            }
        }
        return StyleAdherence.all(StyleCounts.pool(rows))
    }
}

extension RunStyleCounts {
    fileprivate init(_ row: StoredStyleCounts, style: String) {
        self.init(
            run: row.run, seed: row.seed, samples: row.samples,
            counts: StyleCounts(
                style: style, task: "\(row.promptSet)/\(row.promptID)", truePositives: row.right,
                adheringTruePositives: row.rightAdhering, falsePositives: row.wrong,
                adheringFalsePositives: row.wrongAdhering))
    }
}
