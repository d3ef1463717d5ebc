internal import Transformers

/// One alternative of a ``HookGlob``.
struct NamePattern: Hashable, Sendable {
    private enum Element: Hashable, Sendable {
        case character(Character)
        case anyOne
        case anyNumber
        case oneOf(Set<Character>, isNegated: Bool)
    }

    let text: String
    private let elements: [Element]
    /// Whether what stands for characters stands for dots too.
    private let crossesDots: Bool

    /// A shorthand is read as its full name, a pattern as it is.
    init(_ text: String) {
        let isPattern = text.contains { "*?[".contains($0) }
        self.text = isPattern ? text : HookName.full(text)
        elements = Self.parse(Array(self.text))
        crossesDots = !(self.text.hasSuffix("hook_in") || self.text.hasSuffix("hook_out"))
    }

    func finds(_ point: HookPoint, in configuration: TransformerConfiguration) -> Bool {
        point.names(in: configuration).contains { matches($0) && (!point.site.isOnDemand || endsAs($0)) }
    }

    /// Whether the pattern ends as a name does, behind its last dot.
    func endsAs(_ name: String) -> Bool {
        text.hasSuffix(name.split(separator: ".").last ?? "")
    }

    /// Greedy matching with one place to go back to: linear for names of this length.
    func matches(_ name: String) -> Bool {
        let name = Array(name)
        var (p, n) = (0, 0)
        var star: (element: Int, name: Int)?
        while n < name.count {
            if p < elements.count, elements[p] == .anyNumber {
                star = (p, n)
                p += 1
            } else if p < elements.count, stands(elements[p], for: name[n]) {
                p += 1
                n += 1
            } else if let last = star, crossesDots || name[last.name] != "." {
                p = last.element + 1
                n = last.name + 1
                star = (last.element, n)
            } else {
                return false
            }
        }
        return elements[p...].allSatisfy { $0 == .anyNumber }
    }

    private func stands(_ element: Element, for character: Character) -> Bool {
        switch element {
        case .character(let own): own == character
        case .anyOne: crossesDots || character != "."
        case .anyNumber: false
        case .oneOf(let members, let isNegated):
            members.contains(character) != isNegated && (crossesDots || character != ".")
        }
    }

    private static func parse(_ text: [Character]) -> [Element] {
        var elements: [Element] = []
        var index = 0
        while index < text.count {
            let character = text[index]
            if character == "[", let (set, end) = set(text, from: index + 1) {
                elements.append(set)
                index = end
            } else {
                elements.append(character == "*" ? .anyNumber : character == "?" ? .anyOne : .character(character))
            }
            index += 1
        }
        return elements
    }

    /// What stands in a bracket, and where it ends; nil for one that is empty or not closed, which stands for itself.
    private static func set(_ text: [Character], from begin: Int) -> (Element, end: Int)? {
        guard let end = text[begin...].firstIndex(of: "]") else { return nil }
        let isNegated = text[begin] == "!"
        let members = text[begin..<end].dropFirst(isNegated ? 1 : 0)
        guard !members.isEmpty else { return nil }
        return (.oneOf(expand(Array(members)), isNegated: isNegated), end)
    }

    /// Characters, or a range of ASCII digits such as `3-7`.
    private static func expand(_ members: [Character]) -> Set<Character> {
        var set = Set(members)
        let digits = Array("0123456789")
        guard members.count == 3, members[1] == "-", let low = digits.firstIndex(of: members[0]),
            let high = digits.firstIndex(of: members[2]), low <= high
        else { return set }
        set.remove("-")
        set.formUnion(digits[low...high])
        return set
    }
}
