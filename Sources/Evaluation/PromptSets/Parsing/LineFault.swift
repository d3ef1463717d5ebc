/// A problem at a place of a file whose name the thrower does not know.
struct LineFault: Error, Hashable {
    var line: Int
    var issue: PromptSetIssue
}
