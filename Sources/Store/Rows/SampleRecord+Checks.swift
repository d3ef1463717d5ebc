internal import Evaluation
internal import Verification

extension SampleRecord {
    /// The first thing that no store may hold, or nil.
    var problem: StoreError.RowProblem? {
        guard [promptIndex, sampleIndex].allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
            return .negativeIndex
        }
        guard ["stop", "length", "choice", "error"].contains(finish) else { return .finish(finish) }
        guard (finish == "error") == (error != nil) else { return .errorWithoutReason }
        guard finish == "choice" || logProbabilities.count == ids.count else {
            return .logProbabilityCount(found: logProbabilities.count, expected: ids.count)
        }
        return scoreProblem
    }

    private var scoreProblem: StoreError.RowProblem? {
        var seen: Set<String> = []
        for score in scores {
            if case .scored(let value) = score.grade.outcome, !(0...1).contains(value) {
                return .scoreOutOfRange(scorer: score.scorer)
            }
            guard seen.insert(score.scorer).inserted else { return .duplicateScorer(score.scorer) }
        }
        return nil
    }

    /// Equality of every bit: log-probabilities by their bits, texts by their bytes.
    func isIdentical(to other: SampleRecord) -> Bool {
        guard logProbabilities.map(\.bitPattern) == other.logProbabilities.map(\.bitPattern) else { return false }
        guard texts.elementsEqual(other.texts, by: { $0.utf8.elementsEqual($1.utf8) }) else { return false }
        var (first, second) = (self, other)
        first.logProbabilities = []
        second.logProbabilities = []
        return first == second
    }

    private var texts: [String] {
        [promptSet, promptID, text, label ?? "", category ?? "", error ?? ""]
            + scores.flatMap { [$0.scorer, $0.grade.answer ?? "", $0.grade.label ?? "", $0.grade.outcome.reason] }
    }
}

extension Outcome {
    fileprivate var reason: String {
        if case .unscored(let reason) = self { reason } else { "" }
    }
}

extension RunRecord {
    /// The first thing that no store may hold, or nil.
    var problem: StoreError.RowProblem? {
        guard RunID.isValid(id) else { return .runID(id) }
        guard plannedSamples >= 0 else { return .plannedSamples(plannedSamples) }
        if let set = promptSets.first(where: { !(0...Int(Int32.max)).contains($0.promptCount) }) {
            return .promptCount(set.promptCount)
        }
        switch status {
        case .started where finishedAt != nil, .finished where finishedAt == nil: return .finishedWithoutTime
        default: return nil
        }
    }

    /// Whether both were started in the same way: all but what changes when a run is finished. Texts are compared by
    /// their bytes.
    func hasSameOrigin(as other: RunRecord) throws -> Bool {
        func origin(_ run: RunRecord) throws -> String {
            var run = run
            run.status = .started
            run.finishedAt = nil
            return try run.storedJSON()
        }
        return try origin(self).utf8.elementsEqual(origin(other).utf8)
    }
}

/// Ids of runs: UUIDs in lower case.
enum RunID {
    static func isValid(_ id: String) -> Bool {
        let bytes = Array(id.utf8)
        return bytes.count == 36
            && bytes.enumerated().allSatisfy { position, byte in
                [8, 13, 18, 23].contains(position) ? byte == UInt8(ascii: "-") : isDigit(byte)
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
