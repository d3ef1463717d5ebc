/// Styles that a program keeps to or not ("Inference Scaling fLaws", code quality of false positives).
public enum CodeStyle: String, CaseIterable, Hashable, Sendable {
    /// Every function, parameter and variable is named in snake_case; names of one letter fit.
    case snakeCase = "snake_case"
    /// Every one is named in camelCase.
    case camelCase
    /// Lines of at most 70 characters and functions of at most 30 lines.
    case short
    /// A comment beside or right above at least half of the lines of code.
    case commented
    /// No function with a cyclomatic complexity above 10 (McCabe 1976).
    case simple
}
