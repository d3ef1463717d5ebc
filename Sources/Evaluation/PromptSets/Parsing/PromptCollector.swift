/// Gathers the prompts of a file, and what is wrong with them.
struct PromptCollector {
    let file: String
    let limits: PromptSetLimits
    private(set) var prompts: [Prompt] = []
    /// The line that each prompt starts at.
    private(set) var lines: [Int] = []
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

    /// Keeps a prompt whose id is new and valid.
    mutating func add(_ prompt: Prompt, line: Int) {
        guard prompts.count < limits.prompts else {
            isFull = true
            return report(.tooManyPrompts(limit: limits.prompts), line: line)
        }
        guard Self.isValid(id: prompt.id) else { return report(.invalidID(limit: Self.idLimit), line: line) }
        if let first = firstLines[prompt.id] {
            return report(.duplicateID(id: prompt.id, firstLine: first), line: line)
        }
        firstLines[prompt.id] = line
        prompts.append(prompt)
        lines.append(line)
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
