internal import LatentGuard
internal import Reports
internal import Steering

/// Prompts of families as they are scored, under the anchors and under random controls.
struct FamilyPoints {
    private let plane: BeliefPlane
    private let controls: [BeliefPlane]
    private var items: [FamilyBeliefs.Item] = []
    private var points: [BeliefPlane.Point] = []
    /// [controls][prompts].
    private var random: [[BeliefPlane.Point]]
    private var isRefused: [Bool] = []

    init(_ plane: BeliefPlane, controls: Int, seed: UInt64) {
        self.plane = plane
        self.controls = (0..<controls).map { plane.randomControl(seed: seed &* 1000 &+ UInt64($0)) }
        random = Array(repeating: [], count: controls)
    }

    mutating func add(_ item: FamilyBeliefs.Item, _ values: [[Float]], isRefused: Bool) {
        items.append(item)
        points.append(plane.point(values))
        for (index, control) in controls.enumerated() { random[index].append(control.point(values)) }
        self.isRefused.append(isRefused)
    }

    var beliefs: FamilyBeliefs { FamilyBeliefs(items, points: points, random: random) }

    func refused(_ row: FamilyBeliefs.Row) -> RateEstimate {
        let members = members(row)
        return RateEstimate(members.count { isRefused[$0] }, of: members.count)
    }

    /// A colour for each family; harmless prompts have hollow means and no points of their own.
    func figure(_ beliefs: FamilyBeliefs) -> BeliefFigure {
        var families: [String] = []
        for row in beliefs.rows where !families.contains(row.family) { families.append(row.family) }
        let groups = beliefs.rows.map { row in
            BeliefFigure.Group(
                label: "\(row.family), \(row.isHarmful ? "harmful" : "harmless")",
                style: families.firstIndex(of: row.family) ?? 0, isHollow: !row.isHarmful,
                points: row.isHarmful ? members(row).map { (points[$0].harmfulness, points[$0].refusal) } : [],
                mean: BeliefFigure.Mean(
                    harmfulness: (row.harmfulness.value, row.harmfulness.lower, row.harmfulness.upper),
                    refusal: (row.refusal.value, row.refusal.lower, row.refusal.upper)))
        }
        return BeliefFigure(
            groups: groups, title: "Harmfulness and refusal by family",
            description: "Means with 95% intervals; small points are single harmful prompts.")
    }

    private func members(_ row: FamilyBeliefs.Row) -> [Int] {
        items.indices.filter { items[$0].family == row.family && items[$0].isHarmful == row.isHarmful }
    }
}
