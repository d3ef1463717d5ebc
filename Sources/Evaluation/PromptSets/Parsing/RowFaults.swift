/// What is wrong with the fields of one row, in the order in which they were read.
struct RowFaults: Error, Hashable {
    private(set) var issues: [PromptSetIssue] = []
    /// What the row is called, and the item that it is matched with, where they could be read.
    private(set) var id: String?
    private(set) var pair: String?

    /// The value of a field; nil where it has none, or one with a fault, which is kept.
    mutating func value<Value>(_ read: @autoclosure () throws(PromptSetIssue) -> Value?) -> Value? {
        do {
            return try read()
        } catch {
            issues.append(error)
            return nil
        }
    }

    mutating func add(_ issue: PromptSetIssue?) {
        if let issue { issues.append(issue) }
    }

    mutating func add(_ more: [PromptSetIssue]) { issues += more }

    /// The prompt that was made of the fields.
    ///
    /// - Parameter prompt: with an empty id where it could not be read
    /// - Throws: the faults, where there are any.
    func checked(_ prompt: Prompt) throws(RowFaults) -> Prompt {
        guard !issues.isEmpty else { return prompt }
        var faults = self
        faults.id = prompt.id.isEmpty ? nil : prompt.id
        faults.pair = prompt.pair
        throw faults
    }
}
