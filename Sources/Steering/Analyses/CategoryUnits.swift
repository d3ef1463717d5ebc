/// What is drawn as a whole where prompts of categories are drawn: twins together, and as many of each kind as there are.
///
/// The kinds of a category are prompts with a twin, harmful ones alone, and harmless ones alone.
struct CategoryUnits: Hashable {
    private struct Place: Hashable {
        var stratum: Int
        var unit: Int
    }

    /// Units of every stratum.
    private(set) var counts: [Int] = []
    /// Of every prompt, [groups][prompts].
    private var places: [[Place]]

    init(_ groups: [CategoryDirections.Group], harmfulCount: Int) {
        func members(_ name: String, _ isHarmful: Bool) -> Set<String> {
            Set(
                groups.enumerated().filter { ($0.offset < harmfulCount) == isHarmful && $0.element.name == name }
                    .flatMap(\.element.units))
        }
        var strata: [String: Int] = [:]
        var known: [String: Int] = [:]
        places = []
        for (index, group) in groups.enumerated() {
            let isHarmful = index < harmfulCount
            let others = members(group.name, !isHarmful)
            places.append([])
            for unit in group.units {
                let kind = others.contains(unit) ? "both" : isHarmful ? "harmful" : "harmless"
                let stratum = strata["\(kind) \(group.name)"] ?? counts.count
                if stratum == counts.count {
                    strata["\(kind) \(group.name)"] = stratum
                    counts.append(0)
                }
                let place = known["\(stratum) \(unit)"] ?? counts[stratum]
                if place == counts[stratum] {
                    known["\(stratum) \(unit)"] = place
                    counts[stratum] += 1
                }
                places[index].append(Place(stratum: stratum, unit: place))
            }
        }
    }

    /// Whether each half has a prompt of the group.
    func canHalve(_ group: Int) -> Bool { places[group].contains { counts[$0.stratum] > 1 } }

    /// Weights of prompts, [groups][prompts], from those of units, [strata][units].
    func weights(_ drawn: [[Double]]) -> [[Double]] {
        places.map { $0.map { drawn[$0.stratum][$0.unit] } }
    }
}
