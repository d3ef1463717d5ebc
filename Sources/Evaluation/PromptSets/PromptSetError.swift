/// Why a prompt set cannot be used: the file, the line, and what is wrong there.
///
/// Holds keys, ids and counts, never the text of a prompt.
public struct PromptSetError: Error, Hashable, Sendable {
    public var file: String
    /// Counted from 1; nil where the file as a whole is meant.
    public var line: Int?
    public var issue: PromptSetIssue

    public init(file: String, line: Int? = nil, issue: PromptSetIssue) {
        self.file = file
        self.line = line
        self.issue = issue
    }
}

/// One finding of a check. The first one of a file is what reading it throws.
public typealias PromptSetProblem = PromptSetError

/// What can be wrong with a prompt set.
public enum PromptSetIssue: Hashable, Sendable {
    // The file.
    case noSuchFile
    case cannotRead(reason: String)
    case notARegularFile
    case fileTooLarge(bytes: Int, limit: Int)
    /// Packed by something else than gzip.
    case compressed
    case cannotUnpack(reason: String)
    case unknownFormat(found: [String])
    case noPrompts
    case tooManyPrompts(limit: Int)
    // A line.
    case lineTooLong(limit: Int)
    case invalidUTF8
    case nulByte
    case unclosedQuote
    case textAfterQuote
    case fieldCount(found: Int, expected: Int)
    case duplicateColumn(name: String)
    case malformedJSON(expected: String, column: Int)
    case notAnObject
    // A key.
    case duplicateKey(key: String)
    case unknownKey(key: String, allowed: [String])
    case missingKey(key: String)
    case wrongType(key: String, found: String, allowed: String)
    case emptyText(key: String)
    case nulInText(key: String)
    case unknownValue(key: String, found: String, allowed: [String])
    case outOfRange(key: String, found: Int, allowed: ClosedRange<Int>)
    // An item.
    case invalidID(limit: Int)
    case duplicateID(id: String, firstLine: Int)
    case promptAndMessages
    case neitherPromptNorMessages
    case systemBesideMessages
    case lastRoleIsNotUser(role: String)
    case targetIsNoChoice(choices: Int)
    case noGoldAnswer
    case pairIsItself(id: String)
    case pairNowhere(id: String, pair: String)
}
