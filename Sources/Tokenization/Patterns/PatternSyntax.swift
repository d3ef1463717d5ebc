/// A regular expression as a tree.
indirect enum PatternNode: Sendable {
    case empty
    /// One scalar of a set.
    case scalar(ScalarSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case repeated(PatternNode, atLeast: Int, atMost: Int, PatternGreed)
    /// What must, or must not, follow or come before.
    case look(PatternNode, ahead: Bool, negated: Bool)
    /// Matched once and not tried in another way.
    case atomic(PatternNode)
    case assertion(PatternAssertion)
}

/// How a repetition chooses its count.
enum PatternGreed: Sendable {
    case greedy
    case lazy
    case possessive
}

/// What holds between two scalars.
enum PatternAssertion: Sendable {
    case textStart
    case textEnd
    case textEndBeforeLineBreak
    case lineStart
    case lineEnd
    case wordBoundary
    case notWordBoundary
}

/// Why a pattern cannot be used.
enum PatternError: Error, Hashable {
    case malformed(offset: Int)
    case unsupported(offset: Int)
    case tooLarge(allowed: Int)
}

extension PatternNode {
    /// Whether it can match without using up a scalar.
    var canBeEmpty: Bool {
        switch self {
        case .empty, .look, .assertion: true
        case .scalar: false
        case .sequence(let nodes): nodes.allSatisfy(\.canBeEmpty)
        case .alternatives(let nodes): nodes.contains(where: \.canBeEmpty)
        case .repeated(let node, let atLeast, _, _): atLeast == 0 || node.canBeEmpty
        case .atomic(let node): node.canBeEmpty
        }
    }

    /// Which scalars it can begin with, nil where that is not known or it can be empty.
    var first: ScalarSet? {
        switch self {
        case .scalar(let set): return set
        case .sequence(let nodes):
            var sets: [ScalarSet] = []
            for node in nodes {
                if case .look(_, _, _) = node { continue }
                if case .assertion = node { continue }
                if case .repeated(let inner, 0, _, _) = node {
                    guard let first = inner.first else { return nil }
                    sets.append(first)
                    continue
                }
                guard !node.canBeEmpty, let first = node.first else { return nil }
                return .union(sets + [first])
            }
            return nil
        case .alternatives(let nodes):
            var sets: [ScalarSet] = []
            for node in nodes {
                guard let first = node.first else { return nil }
                sets.append(first)
            }
            return .union(sets)
        case .repeated(let node, let atLeast, _, _): return atLeast > 0 ? node.first : nil
        case .atomic(let node): return node.first
        case .empty, .look, .assertion: return nil
        }
    }
}
