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

    mutating func add(_ example: TrainingExample) {
        switch sharing {
        case .none: added += example.rowCount
        case .withinPass: for sequence in example.sequences { whole.add(sequence) }
        case .withinExamples: added += SharedBeginning(example.sequences).rowCount
        }
    }
}
