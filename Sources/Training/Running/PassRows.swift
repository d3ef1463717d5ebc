/// Among which sequences of a pass a common beginning takes its rows once.
enum BeginningSharing {
    case none
    /// All of the pass: they have a system message in common.
    case withinPass
    /// The two sides of a preference: they have their whole prompt in common.
    case withinExamples

    init(_ settings: TrainingSettings) {
        guard settings.sharesBeginnings else {
            self = .none
            return
        }
        if case .preference = settings.method { self = .withinExamples } else { self = .withinPass }
    }
}

/// Rows that a pass takes, example after example.
struct PassRows {
    private let sharing: BeginningSharing
    private var whole = SharedBeginning()
    private var added = 0

    init(_ settings: TrainingSettings) { sharing = BeginningSharing(settings) }

    var count: Int { added + whole.rowCount }

    /// No pass over examples of the data takes more rows: not one over those of a step, nor over one that is held out.
    ///
    /// A step's examples are a piece of the epochs one after another, so that each may be there several times.
    static func most(_ data: TrainingData, _ settings: TrainingSettings) -> Int {
        let sizes = data.examples.map(\.rowCount).sorted(by: >)
        let epochs = (settings.batch + 2 * sizes.count - 2) / max(1, sizes.count)
        var rows = 0
        var left = settings.batch
        for size in sizes where left > 0 && rows < settings.tokensPerPass {
            rows += size * min(left, epochs)
            left -= epochs
        }
        let heldOut = data.heldOut.map(\.rowCount).max() ?? 0
        return min(settings.tokensPerPass, max(rows, heldOut))
    }

    mutating func add(_ example: TrainingExample) {
        switch sharing {
        case .none: added += example.rowCount
        case .withinPass: for sequence in example.sequences { whole.add(sequence) }
        case .withinExamples: added += SharedBeginning(example.sequences).rowCount
        }
    }
}
