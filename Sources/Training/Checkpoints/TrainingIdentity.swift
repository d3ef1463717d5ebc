/// What a checkpoint and the run that goes on from it must agree in.
public struct TrainingIdentity: Sendable {
    /// What is known of a run whose checkpoints say less than those of today.
    public struct EarlierRun: Hashable, Sendable {
        /// Like ``TrainingIdentity/facts``.
        public var facts: [String: String]
        /// Like ``TrainingIdentity/backend``; nil where it is not known.
        public var backend: String?

        public init(facts: [String: String], backend: String? = nil) {
            self.facts = facts
            self.backend = backend
        }
    }

    /// Digest of settings, data and model. How often a run saves and evaluates is no part of it.
    public var digest: String
    /// Digests that earlier versions gave the same run.
    public var former: Set<String>
    /// Settings by their keys and contents by their names: what a mismatch is told by.
    public var facts: [String: String]
    /// Who computes products, as the run's record has it; nil asks for no agreement. It is no part of ``digest``: runs from
    /// before it was asked for go on.
    public var backend: String?
    /// The run that a digest belongs to, where it is known.
    public var earlier: @Sendable (_ digest: String) -> EarlierRun?

    public init(
        digest: String, former: Set<String> = [], facts: [String: String] = [:], backend: String? = nil,
        earlier: @escaping @Sendable (_ digest: String) -> EarlierRun? = { _ in nil }
    ) {
        self.digest = digest
        self.former = former
        self.facts = facts
        self.backend = backend
        self.earlier = earlier
    }

    func accepts(_ digest: String) -> Bool { digest == self.digest || former.contains(digest) }

    /// In what another run differs, by name.
    func differences(from other: [String: String]) -> [SettingDifference] {
        Set(facts.keys).union(other.keys).sorted().compactMap { name in
            guard facts[name] != other[name] else { return nil }
            return SettingDifference(name: name, here: facts[name], there: other[name])
        }
    }
}

/// A setting that two runs do not share.
public struct SettingDifference: Hashable, Sendable, CustomStringConvertible {
    public var name: String
    /// Of the run that would go on; nil where it is not set.
    public var here: String?
    /// Of the run that wrote the checkpoint.
    public var there: String?

    public init(name: String, here: String?, there: String?) {
        self.name = name
        self.here = here
        self.there = there
    }

    public var description: String { "\(Self.short(name)) is \(Self.text(here)) here and \(Self.text(there)) there" }

    private static func text(_ value: String?) -> String { value.map(short) ?? "not set" }

    /// A file from elsewhere may say anything.
    private static func short(_ text: String) -> String { String(text.prefix(80)) }
}
