internal import Foundation

/// What a program looks like, measured on its syntax tree and its tokens.
///
/// The measures are those that "Inference Scaling fLaws" compares between programs that are right and programs that only
/// pass: naming convention, length of lines and functions, comments line by line; and McCabe's cyclomatic complexity.
public struct ProgramStyle: Codable, Hashable, Sendable {
    /// Functions, parameters and variables that the program names.
    public var names: Int
    public var camelCase: Int
    /// Names of one letter count as fitting.
    public var snakeCase: Int
    /// Characters.
    public var longestLine: Int
    public var functions: Int
    /// Lines, from `def` to the last one.
    public var longestFunction: Int
    public var codeLines: Int
    /// Lines of code with a comment beside or right above them.
    public var commentedLines: Int
    public var comments: Int
    public var docstrings: Int
    /// Of the most complex function; 0 without functions.
    public var largestComplexity: Int

    public var isCamelCase: Bool { names > 0 && camelCase == names }
    public var isSnakeCase: Bool { names > 0 && snakeCase == names }
    /// Lines of at most 70 characters and functions of at most 30 lines.
    public var isShort: Bool { longestLine <= 70 && longestFunction <= 30 }
    /// The share of code lines that are commented.
    public var commentShare: Double { codeLines == 0 ? 0 : Double(commentedLines) / Double(codeLines) }
}

extension SandboxPool {
    /// The style of a program; nil where it is not Python.
    ///
    /// The text is parsed inside the sandbox and not executed.
    ///
    /// - Throws: ``ExecutionFailure`` where parsing it takes more than the limits allow.
    public func style(of program: String) throws -> ProgramStyle? {
        let text = try report(by: HarnessSource.style, function: "measure", on: program).get()
        // The function answers with JSON, and the harness wraps its answer in JSON again.
        let inner = try JSONDecoder().decode(String.self, from: Data(text.utf8))
        let found = try JSONDecoder().decode(StyleAnswer.self, from: Data(inner.utf8))
        return found.parses ? try JSONDecoder().decode(ProgramStyle.self, from: Data(inner.utf8)) : nil
    }
}

private struct StyleAnswer: Decodable {
    var parses: Bool
}
