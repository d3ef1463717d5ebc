/// The quantile of sorted values, linear between neighbours (type 7 of Hyndman and Fan, numpy's default).
///
/// - Precondition: there is a value.
public func quantile(_ sorted: [Double], _ level: Double) -> Double {
    let position = min(max(level, 0), 1) * Double(sorted.count - 1)
    let low = Int(position)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
}
