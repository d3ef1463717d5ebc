/// A text as Python sees it (a sequence of code points) in which every code point remembers who wrote it.
///
/// Taking parts, joining and replacing keep origins exactly; so does every change that works code point by code
/// point, such as changing case or escaping.
struct TracedText: Sendable {
    typealias Origin = PromptPart.Origin

    /// Code points of one origin, up to and without `end`.
    struct Run: Hashable, Sendable {
        var end: Int
        var origin: Origin
    }

    private(set) var scalars: [Unicode.Scalar] = []
    /// In order, covering `scalars`; none is empty and neighbours differ.
    private(set) var runs: [Run] = []
    /// Marked by the `safe` or `escape` filter: what is added to it is escaped for HTML.
    var isMarkup = false

    init() {}

    init(_ text: String, origin: Origin = .template) {
        append(contentsOf: text.unicodeScalars, origin: origin)
    }

    init(_ scalars: some Sequence<Unicode.Scalar>, origin: Origin) {
        append(contentsOf: scalars, origin: origin)
    }

    var count: Int { scalars.count }
    var isEmpty: Bool { scalars.isEmpty }

    /// The text alone.
    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The text for an error message: what came from a message is replaced by `…`.
    var redacted: String {
        var result = ""
        var start = 0
        for run in runs {
            if run.origin == .template {
                result.unicodeScalars.append(contentsOf: scalars[start..<run.end])
            } else {
                result += "…"
            }
            start = run.end
        }
        return result
    }

    /// Who wrote the code point at `index`.
    func origin(at index: Int) -> Origin {
        runs[runIndex(containing: index)].origin
    }

    private func runIndex(containing index: Int) -> Int {
        var low = 0
        var high = runs.count - 1
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].end > index { high = middle } else { low = middle + 1 }
        }
        return low
    }

    subscript(range: Range<Int>) -> TracedText {
        var result = TracedText()
        result.append(self, range: range)
        result.isMarkup = isMarkup
        return result
    }

    subscript(from start: Int) -> TracedText { self[start..<count] }
}

extension TracedText {
    mutating func append(_ scalar: Unicode.Scalar, origin: Origin) {
        scalars.append(scalar)
        extendRuns(origin: origin)
    }

    mutating func append(contentsOf new: some Sequence<Unicode.Scalar>, origin: Origin) {
        let before = scalars.count
        scalars.append(contentsOf: new)
        if scalars.count > before { extendRuns(origin: origin) }
    }

    /// Appends text that the template wrote.
    mutating func append(_ literal: String) {
        append(contentsOf: literal.unicodeScalars, origin: .template)
    }

    mutating func append(_ other: TracedText) {
        append(other, range: 0..<other.count)
    }

    mutating func append(_ other: TracedText, range: Range<Int>) {
        guard !range.isEmpty else { return }
        var start = range.lowerBound
        var index = other.runIndex(containing: start)
        while start < range.upperBound {
            let end = min(other.runs[index].end, range.upperBound)
            scalars.append(contentsOf: other.scalars[start..<end])
            extendRuns(origin: other.runs[index].origin)
            start = end
            index += 1
        }
    }

    /// Makes the last run reach the end of the text.
    private mutating func extendRuns(origin: Origin) {
        if let last = runs.last, last.origin == origin {
            runs[runs.count - 1].end = scalars.count
        } else {
            runs.append(Run(end: scalars.count, origin: origin))
        }
    }

    /// Replaces every code point by any number of code points of the same origin.
    func mapScalars(_ transform: (Int, Unicode.Scalar, inout [Unicode.Scalar]) -> Void) -> TracedText {
        var result = TracedText()
        var index = 0
        for run in runs {
            let before = result.scalars.count
            while index < run.end {
                transform(index, scalars[index], &result.scalars)
                index += 1
            }
            if result.scalars.count > before { result.extendRuns(origin: run.origin) }
        }
        result.isMarkup = isMarkup
        return result
    }

    static func + (left: TracedText, right: TracedText) -> TracedText {
        var result = left
        result.append(right)
        return result
    }
}

extension TracedText: Hashable {
    /// Texts are equal when their code points are, whoever wrote them.
    static func == (left: TracedText, right: TracedText) -> Bool { left.scalars == right.scalars }

    static func == (left: TracedText, right: String) -> Bool { left.scalars.elementsEqual(right.unicodeScalars) }

    func hash(into hasher: inout Hasher) { hasher.combine(scalars) }
}

extension TracedText: Comparable {
    static func < (left: TracedText, right: TracedText) -> Bool {
        left.scalars.lexicographicallyPrecedes(right.scalars)
    }
}
