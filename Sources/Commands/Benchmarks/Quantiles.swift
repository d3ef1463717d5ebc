extension [Double] {
    /// Linear between neighbours; 0 of none.
    ///
    /// - Parameter level: 0 ... 1
    func quantile(_ level: Double) -> Double {
        guard !isEmpty else { return 0 }
        let ordered = sorted()
        let place = level * Double(count - 1)
        let low = Int(place)
        let high = Swift.min(low + 1, count - 1)
        return ordered[low] + (place - Double(low)) * (ordered[high] - ordered[low])
    }

    var median: Double { quantile(0.5) }

    /// The lower quartile, the median and the upper quartile.
    var quartiles: [Double] { [0.25, 0.5, 0.75].map(quantile) }
}
