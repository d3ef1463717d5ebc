/// Moves labels of equal height apart so that none overlap, each as near to its wish as the others allow.
///
/// The result is in the order of `wishes`. Where the range is too small, labels keep their order and spread evenly.
func separated(_ wishes: [Double], height: Double, within range: ClosedRange<Double>) -> [Double] {
    let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
    let room = range.upperBound - range.lowerBound
    let step = min(height, wishes.count > 1 ? room / Double(wishes.count - 1) : height)
    // Clusters of touching labels, each centred on the mean of its wishes.
    var clusters: [(members: [Int], center: Double)] = []
    func span(_ cluster: (members: [Int], center: Double)) -> ClosedRange<Double> {
        let half = step * Double(cluster.members.count - 1) / 2
        let center = min(max(cluster.center, range.lowerBound + half), max(range.upperBound - half, range.lowerBound))
        return (center - half)...(center + half)
    }
    for index in order {
        clusters.append(([index], wishes[index]))
        while clusters.count > 1,
            span(clusters[clusters.count - 1]).lowerBound < span(clusters[clusters.count - 2]).upperBound + step - 1e-9
        {
            let last = clusters.removeLast()
            let before = clusters.removeLast()
            let members = before.members + last.members
            clusters.append((members, members.reduce(0) { $0 + wishes[$1] } / Double(members.count)))
        }
    }
    var places = wishes
    for cluster in clusters {
        let start = span(cluster).lowerBound
        for (offset, index) in cluster.members.enumerated() { places[index] = start + step * Double(offset) }
    }
    return places
}
