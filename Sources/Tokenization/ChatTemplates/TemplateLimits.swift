/// Bounds on what a template from a model file may use while it is read and rendered.
///
/// The defaults are far above what real templates need and keep a hostile one below about a second and a few
/// hundred megabytes.
public struct TemplateLimits: Hashable, Sendable {
    /// Bytes of the template itself.
    public var sourceBytes = 1 << 20
    /// Levels of brackets and blocks in the source, and of lists within lists.
    public var nesting = 64
    /// Expressions, blocks and calls inside each other while the template runs.
    public var evaluationDepth = 300
    /// Operators, filters and calls in a single tag.
    public var operators = 600
    /// Nodes evaluated, plus the work that long texts and lists cost.
    public var steps = 8_000_000
    /// Code points of any single text, the output included.
    public var textLength = 4_000_000
    /// Items of any single list, tuple or mapping, those of nested ones included.
    public var containerSize = 1_000_000

    public init() {}
}
