/// Where families of prompts, such as those of jailbreaks, lie on the two axes of a ``BeliefPlane`` (Zhao et al. 2025,
/// section on jailbreaks).
public struct FamilyBeliefs: Codable, Hashable, Sendable {
    /// What is known of one prompt.
    public struct Item: Hashable, Sendable {
        public var family: String
        public var isHarmful: Bool
        /// Prompts of one cluster are no independent draws: those with the same wrapper.
        public var cluster: String

        public init(family: String, isHarmful: Bool, cluster: String) {
            self.family = family
            self.isHarmful = isHarmful
            self.cluster = cluster
        }
    }

    /// One family's prompts of one label.
    public struct Row: Codable, Hashable, Sendable {
        public var family: String
        public var isHarmful: Bool
        public var count: Int
        public var clusters: Int
        public var harmfulness: BoundedFigure
        public var refusal: BoundedFigure
        /// The same means under random directions: their mean, and the range that 95% of them lie in.
        public var randomHarmfulness: BoundedFigure
        public var randomRefusal: BoundedFigure
    }

    /// The harmful prompts of a family less its harmless ones: the wrapper is on both sides.
    public struct Contrast: Codable, Hashable, Sendable {
        public var family: String
        public var clusters: Int
        public var harmfulness: BoundedFigure
        public var refusal: BoundedFigure
    }

    public var rows: [Row]
    public var contrasts: [Contrast]

    /// - Parameters:
    ///   - points: one for each item
    ///   - random: the points of the same items under several random controls; at least one
    public init(_ items: [Item], points: [BeliefPlane.Point], random: [[BeliefPlane.Point]]) {
        precondition(items.count == points.count && !random.isEmpty, "\(items.count) items, \(points.count) points")
        func members(_ family: String, _ isHarmful: Bool) -> [Int] {
            items.indices.filter { items[$0].family == family && items[$0].isHarmful == isHarmful }
        }
        func sample(_ members: [Int], _ axis: KeyPath<BeliefPlane.Point, Double>) -> ClusteredValues {
            ClusteredValues(
                values: members.map { points[$0][keyPath: axis] }, clusters: members.map { items[$0].cluster })
        }
        func spread(_ members: [Int], _ axis: KeyPath<BeliefPlane.Point, Double>) -> BoundedFigure {
            .spread(
                random.map { points in
                    members.reduce(0) { $0 + points[$1][keyPath: axis] } / Double(members.count)
                })
        }
        var families: [String] = []
        for item in items where !families.contains(item.family) { families.append(item.family) }
        rows = families.flatMap { family in
            [true, false].compactMap { isHarmful -> Row? in
                let members = members(family, isHarmful)
                guard let harmfulness = BoundedFigure.mean(sample(members, \.harmfulness)),
                    let refusal = BoundedFigure.mean(sample(members, \.refusal))
                else { return nil }
                return Row(
                    family: family, isHarmful: isHarmful, count: members.count,
                    clusters: Set(members.map { items[$0].cluster }).count, harmfulness: harmfulness,
                    refusal: refusal, randomHarmfulness: spread(members, \.harmfulness),
                    randomRefusal: spread(members, \.refusal))
            }
        }
        contrasts = families.compactMap { family in
            let (harmful, harmless) = (members(family, true), members(family, false))
            func difference(_ axis: KeyPath<BeliefPlane.Point, Double>) -> BoundedFigure? {
                .difference(sample(harmful, axis), sample(harmless, axis))
            }
            guard let harmfulness = difference(\.harmfulness), let refusal = difference(\.refusal) else { return nil }
            return Contrast(
                family: family, clusters: Set((harmful + harmless).map { items[$0].cluster }).count,
                harmfulness: harmfulness, refusal: refusal)
        }
    }
}
