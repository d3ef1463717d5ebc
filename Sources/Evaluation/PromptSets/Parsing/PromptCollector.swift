/// Gathers the prompts of a file, and what is wrong with them.
struct PromptCollector {
    let file: String
    let limits: PromptSetLimits
    private(set) var prompts: [Prompt] = []
    /// The items that are matched with another one, those of faulty rows included.
    private(set) var pairs: [(id: String, pair: String, line: Int)] = []
    private(set) var problems: [PromptSetProblem] = []
    private var firstLines: [String: Int] = [:]

    init(file: String, limits: PromptSetLimits) {
        self.file = file
        self.limits = limits
    }

    /// Whether it is no use to go on reading.
    private(set) var isFull = false

    mutating func report(_ issue: PromptSetIssue, line: Int?) {
        guard problems.count < limits.problems else { return }
        problems.append(PromptSetProblem(file: file, line: line, issue: issue))
        if problems.count == limits.problems { isFull = true }
    }

    mutating func report(_ fault: LineFault) {
        report(fault.issue, line: fault.line)
    }

    /// Lists what is wrong with a row, its id first.
    mutating func report(_ faults: RowFaults, line: Int) {
        if let id = faults.id, !enter(id, pair: faults.pair, line: line) { reportID(id, line: line) }
        for issue in faults.issues { report(issue, line: line) }
    }

    /// Keeps a prompt whose id is new and valid.
    mutating func add(_ prompt: Prompt, line: Int) {
        guard prompts.count < limits.prompts else {
            isFull = true
            return report(.tooManyPrompts(limit: limits.prompts), line: line)
        }
        guard enter(prompt.id, pair: prompt.pair, line: line) else { return reportID(prompt.id, line: line) }
        prompts.append(prompt)
    }

    /// Remembers an item; false where its id is known or not valid.
    private mutating func enter(_ id: String, pair: String?, line: Int) -> Bool {
        if let pair, pair != id { pairs.append((id, pair, line)) }
        guard Self.isValid(id: id), firstLines[id] == nil else { return false }
        firstLines[id] = line
        return true
    }

    private mutating func reportID(_ id: String, line: Int) {
        guard let first = firstLines[id] else { return report(.invalidID(limit: Self.idLimit), line: line) }
        report(.duplicateID(id: id, firstLine: first), line: line)
    }

    func contains(id: String) -> Bool {
        firstLines[id] != nil
    }

    private static let idLimit = 200

    private static func isValid(id: String) -> Bool {
        guard (1...idLimit).contains(id.utf8.count) else { return false }
        return id.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate: false
            default: true
            }
        }
    }
}
