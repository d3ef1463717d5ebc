import Statistics
import Testing

// scipy 1.17.1: stats.t.ppf(0.975, degrees)
@Test(arguments: [
    (1, 12.706204736174694), (2, 4.302652729749463), (3, 3.182446305283708), (5, 2.570581836315635),
    (30, 2.042272456301238), (1000, 1.9623390808264083),
])
func studentsWidthIsClose(_ degrees: Int, _ expected: Double) {
    let allowed = degrees > 2 ? 0.004 : 1e-14
    #expect(abs(StudentDistribution.width95(degrees: degrees) / expected - 1) < allowed)
}

// scipy 1.17.1: 2 * stats.t.sf(t, degrees)
@Test(arguments: [(1.0, 1, 0.5), (2.0, 10, 0.07338803477074045), (12.706204736174694, 1, 0.05)])
func studentsTailsAreExact(_ t: Double, _ degrees: Int, _ expected: Double) {
    #expect(abs(StudentDistribution.twoSided(t, degrees: degrees) - expected) < 1e-12)
}

// scipy 1.17.1: binomtest(k, n).proportion_ci(method="wilson")
@Test(arguments: [
    (0, 10, 0.0, 0.2775328), (3, 10, 0.1077913, 0.6032219), (10, 10, 0.7224672, 1.0), (46, 423, 0.0825249, 0.1420115),
])
func wilsonsBoundsEqualTheReference(_ count: Int, _ total: Int, _ lower: Double, _ upper: Double) {
    let bounds = WilsonInterval.bounds(count, of: total)
    #expect(abs(bounds.lowerBound - lower) < 1e-6 && abs(bounds.upperBound - upper) < 1e-6, "\(bounds)")
    #expect(count > 0 || bounds.lowerBound == 0)
    #expect(count < total || bounds.upperBound == 1)
}

@Test func theNormalQuantileInvertsTheCumulative() {
    #expect(abs(NormalDistribution.quantile(0.975) - NormalDistribution.width95) < 1e-12)
    for level in [1e-9, 0.01, 0.3, 0.5, 0.8, 0.9999] {
        #expect(abs(NormalDistribution.cumulative(NormalDistribution.quantile(level)) - level) < 1e-12 * max(1, level))
    }
}

// numpy.quantile([1, 2, 4, 8], level)
@Test(arguments: [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0), (2.0, 8.0)])
func quantilesLieBetweenNeighbours(_ level: Double, _ expected: Double) {
    #expect(abs(quantile([1, 2, 4, 8], level) - expected) < 1e-12)
}
