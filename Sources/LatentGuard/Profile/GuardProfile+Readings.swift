extension GuardProfile {
    /// The same guard, reading only what it looks at: the depth of its forward pass depends on it.
    func withoutUnusedReadings() -> GuardProfile {
        let heads = [harmful] + categories.map(\.head) + (refusal.map { [$0] } ?? [])
        let used = Set(heads.flatMap(\.readings) + [novelty.reading]).sorted()
        let moved = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        var copy = self
        copy.readings = used.map { readings[$0] }
        copy.harmful.readings = harmful.readings.compactMap { moved[$0] }
        copy.refusal?.readings = refusal?.readings.compactMap { moved[$0] } ?? []
        for index in categories.indices {
            copy.categories[index].head.readings = categories[index].head.readings.compactMap { moved[$0] }
        }
        copy.novelty.reading = moved[novelty.reading] ?? 0
        return copy
    }
}
