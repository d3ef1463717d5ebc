internal import Verification

extension EvaluationPlan {
    /// Whether a prompt's samples are graded together, so that none is a row before all are drawn.
    var gradesGroups: Bool { scorers.contains { $0 is any GroupScorer } }

    /// What a scorer asks of the settings.
    func checkScorers() throws(PlanError) {
        if settings.stopping != nil { try checkGradesAlone() }
        for (scorer, reference) in zip(scorers, scorerReferences) {
            if let group = scorer as? any GroupScorer, settings.generation.samples < group.leastSamples {
                let allowed = "at least \(group.leastSamples) for the scorer \(reference.key)"
                throw .setting(name: "samples", found: String(settings.generation.samples), allowed: allowed)
            }
            if scorer is any JudgedScorer, definition.format != .chat {
                throw .judgeWithoutChat(scorer: reference.key, .plainText)
            }
        }
    }

    /// Fails where a grade depends on samples that may never be drawn.
    func checkGradesAlone() throws(PlanError) {
        for (scorer, reference) in zip(scorers, scorerReferences) where scorer is any GroupScorer {
            throw .groupUnderStopping(scorer: reference.key)
        }
    }

    /// Fails where a scorer asks for what the model cannot give.
    func checkScorers(on model: ModelIdentity) throws(PlanError) {
        for (scorer, reference) in zip(scorers, scorerReferences) where scorer is any JudgedScorer {
            guard model.templateDigest == nil else { continue }
            throw .judgeWithoutChat(scorer: reference.key, .noTemplate)
        }
    }
}
