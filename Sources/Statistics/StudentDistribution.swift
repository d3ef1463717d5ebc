internal import Foundation

/// Student's t distribution.
public enum StudentDistribution {
    /// P(|T| >= |t|) with `degrees` degrees of freedom: I_x(degrees/2, 1/2) at x = degrees / (degrees + t^2).
    public static func twoSided(_ t: Double, degrees: Int) -> Double {
        let degrees = Double(degrees)
        guard !t.isNaN else { return 1 }
        guard t.isFinite else { return 0 }
        return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// Half the width of a 95% interval, in standard errors: the 97.5% point. Exact for 1 and 2 degrees of freedom; otherwise
    /// an expansion in 1/degrees around the normal distribution (Abramowitz and Stegun, 26.7.5), at most 0.4% too small.
    public static func width95(degrees: Int) -> Double {
        guard degrees > 2 else { return degrees == 2 ? 4.302652729749463 : 12.706204736174694 }
        let z = NormalDistribution.width95
        let square = z * z
        let terms = [
            (square + 1) * z / 4,
            ((5 * square + 16) * square + 3) * z / 96,
            (((3 * square + 19) * square + 17) * square - 15) * z / 384,
            ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) * z / 92160,
        ]
        let inverse = 1 / Double(degrees)
        return z + terms.reversed().reduce(0) { ($0 + $1) * inverse }
    }

    /// The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun, 26.5.8; evaluated by
    /// Lentz' method).
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges fast on one side of the mean only.
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        let tiny = 1e-300
        var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
        d = 1 / (abs(d) < tiny ? tiny : d)
        var fraction = d
        for m in 1...400 {
            let m = Double(m)
            for coefficient in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                d = 1 + coefficient * d
                c = 1 + coefficient / c
                d = 1 / (abs(d) < tiny ? tiny : d)
                if abs(c) < tiny { c = tiny }
                fraction *= c * d
            }
            if abs(c * d - 1) < 1e-15 { break }
        }
        return front * fraction
    }
}
