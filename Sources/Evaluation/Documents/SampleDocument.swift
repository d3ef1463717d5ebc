internal import Verification

/// A stored sample as JSON documents of the command line show it: the keys of `report run`, with ids and text.
package struct SampleDocument: Encodable {
    var prompt_set: String
    var prompt: String
    var prompt_index: Int
    var label: String?
    var category: String?
    var sample: Int
    var prompt_ids: [Int32]
    var ids: [Int32]
    /// Null where a number is not finite.
    var logprobs: [Float?]
    var text: String
    var finish: String
    var error: String?
    var scores: [Score]

    package init(_ record: SampleRecord) {
        (prompt_set, prompt, prompt_index) = (record.promptSet, record.promptID, record.promptIndex)
        (label, category, sample) = (record.label, record.category, record.sampleIndex)
        (prompt_ids, ids) = (record.promptIDs, record.ids)
        logprobs = record.logProbabilities.map { $0.isFinite ? $0 : nil }
        (text, finish, error) = (record.text, record.finish, record.error)
        scores = record.scores.map(Score.init)
    }

    /// A grade: `value`, or the reason in `unscored`.
    struct Score: Encodable {
        var scorer: String
        var version: Int
        var value: Double?
        var unscored: String?
        var `class`: String?
        var answer: String?

        init(_ score: ScoreRecord) {
            (scorer, version) = (score.scorer, score.version)
            switch score.grade.outcome {
            case .scored(let number): value = number
            case .unscored(let reason): unscored = reason
            }
            (`class`, answer) = (score.grade.label, score.grade.answer)
        }
    }
}
