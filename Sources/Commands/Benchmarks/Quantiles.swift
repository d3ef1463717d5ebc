internal import Statistics

extension [Double] {
    /// 0 of none.
    var median: Double { isEmpty ? 0 : quantile(sorted(), 0.5) }

    /// The lower quartile, the median and the upper quartile.
    var quartiles: [Double] { isEmpty ? [0, 0, 0] : [0.25, 0.5, 0.75].map { quantile(sorted(), $0) } }
}
