internal import TextFormats

/// Right where a regular expression matches, or where what one of its groups takes equals a target.
///
/// Parameters: `pattern`; `match` (`anywhere` or `whole`); `ignore_case`; `group`, the number of the group to compare
/// with the targets; `select`, whether the `first` or the `last` match counts. A reply that a pattern with `group` does
/// not match is unscored: no answer was found in it. Matching takes linear time; see `docs/scorers.md` for the syntax.
public struct RegexScorer: Scorer {
    public let name = "regex"
    public let version = 2
    public let parameters: [String: String]

    private enum Extent: String, CaseIterable {
        case anywhere, whole
    }

    private enum Selection: String, CaseIterable {
        case first, last
    }

    private let pattern: Pattern
    private let group: Int?
    private let takesLast: Bool

    init(parameters: [String: String]) throws(VerificationError) {
        let names = ["pattern", "match", "ignore_case", "group", "select"]
        let given = try ScorerParameters(parameters, of: "regex", allowed: names)
        let text = try given.required("pattern", allowed: "a regular expression")
        let isWhole = try given.oneOf("match", default: Extent.anywhere) == .whole
        do {
            pattern = try Pattern(text, ignoresCase: given.boolean("ignore_case", default: false), isWhole: isWhole)
        } catch let problem as PatternProblem {
            throw .invalidParameter(scorer: "regex", parameter: "pattern", found: text, allowed: problem.reason)
        } catch let error as VerificationError {
            throw error
        } catch {
            throw .invalidParameter(scorer: "regex", parameter: "pattern", found: text, allowed: "a regular expression")
        }
        group = try given.integer("group", in: 0...pattern.groupCount)
        takesLast = try given.oneOf("select", default: Selection.first) == .last
        self.parameters = parameters
    }

    public func grade(_ submission: Submission) -> Grade {
        if group != nil && submission.targets.isEmpty { return Grade(outcome: .unscored(reason: "no target")) }
        switch ReasoningText.reply(of: submission) {
        case .none(let reason): return Grade(outcome: .unscored(reason: reason))
        case .text(let reply): return grade(Array(reply.unicodeScalars), targets: submission.targets)
        }
    }

    private func grade(_ text: [Unicode.Scalar], targets: [String]) -> Grade {
        switch match(in: text) {
        case .tooMuchWork: return Grade(outcome: .unscored(reason: "the pattern takes too long on this completion"))
        case .noMatch:
            return Grade(outcome: group == nil ? .scored(0) : .unscored(reason: "the pattern does not match"))
        case .match(let ranges):
            guard let group else { return Grade(outcome: .scored(1)) }
            guard let range = ranges[group] else {
                return Grade(outcome: .unscored(reason: "the group matched nothing"))
            }
            var answer = String.UnicodeScalarView()
            answer.append(contentsOf: text[range])
            return Grade(outcome: .scored(targets.contains(String(answer)) ? 1 : 0), answer: String(answer))
        }
    }

    private func match(in text: [Unicode.Scalar]) -> PatternMatcher.Result {
        var matcher = PatternMatcher(pattern, in: text)
        var result = matcher.firstMatch()
        while takesLast, case .match(let ranges) = result, let range = ranges[0] {
            let start = range.isEmpty ? range.upperBound + 1 : range.upperBound
            guard start <= text.count else { break }
            switch matcher.firstMatch(from: start) {
            case .noMatch: return result
            case let next: result = next
            }
        }
        return result
    }
}
