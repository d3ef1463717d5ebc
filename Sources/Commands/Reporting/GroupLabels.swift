internal import Evaluation
internal import Reports

/// Names of groups of runs that tell them apart.
enum GroupLabels {
    /// Evaluation and model; where several groups have both in common, also every setting in which these differ; and a number
    /// where that is not enough.
    ///
    /// - Parameters:
    ///   - runs: one of each group; nil where it is not known
    ///   - scorer: the one whose grades are counted
    static func labels(_ runs: [RunRecord?], scorer: String) -> [String] {
        let names = runs.map { run in
            run.map { "\($0.definition.name), \($0.model.name.split(separator: "/").last ?? "")" } ?? "group"
        }
        let facts = runs.map { $0.map { settings(of: $0, scorer: scorer) } ?? [] }
        let labels = names.indices.map { index in
            let alike = names.indices.filter { names[$0] == names[index] }
            return ([names[index]] + differing(facts[index], among: alike.map { facts[$0] })).joined(separator: ", ")
        }
        var seen: [String: Int] = [:]
        return labels.map { label in
            seen[label, default: 0] += 1
            return seen[label] == 1 ? label : "\(label) (\(seen[label] ?? 0))"
        }
    }

    /// `temperature 0.5` for every fact that not all of `groups` have.
    private static func differing(_ facts: [ReportFact], among groups: [[ReportFact]]) -> [String] {
        facts.filter { fact in !groups.allSatisfy { $0.contains(fact) } }.map { "\($0.name) \($0.value)" }
    }

    /// What keeps runs of one evaluation and one model's name apart.
    private static func settings(of run: RunRecord, scorer: String) -> [ReportFact] {
        var facts = [ReportFact].facts(of: run.settings.generation)
        facts.append(ReportFact("version", String(run.definition.version)))
        facts.append(ReportFact("model digest", String(run.model.digest.prefix(12))))
        facts.append(ReportFact("mode", run.model.computeMode))
        facts.append(ReportFact("date", run.definition.date ?? "none"))
        if let scorer = run.scorers.first(where: { $0.key == scorer }) {
            facts.append(ReportFact("scorer version", String(scorer.version)))
        }
        if let programs = run.settings.programs {
            facts.append(ReportFact("CPU seconds", String(programs.cpuSeconds)))
            facts.append(ReportFact("memory", "\(programs.memoryMiB) MiB"))
        }
        return facts
    }
}
