internal import Foundation

/// A complex number, for comparing expressions by their values.
struct ComplexNumber: Hashable, Sendable {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double = 0) {
        self.real = real
        self.imaginary = imaginary
    }

    var magnitude: Double { hypot(real, imaginary) }
    var isFinite: Bool { real.isFinite && imaginary.isFinite }

    static func + (left: Self, right: Self) -> Self { Self(left.real + right.real, left.imaginary + right.imaginary) }

    static func - (left: Self, right: Self) -> Self { Self(left.real - right.real, left.imaginary - right.imaginary) }

    static func * (left: Self, right: Self) -> Self {
        Self(
            left.real * right.real - left.imaginary * right.imaginary,
            left.real * right.imaginary + left.imaginary * right.real)
    }

    static func / (left: Self, right: Self) -> Self {
        let size = right.real * right.real + right.imaginary * right.imaginary
        return Self(
            (left.real * right.real + left.imaginary * right.imaginary) / size,
            (left.imaginary * right.real - left.real * right.imaginary) / size)
    }

    static func exponential(_ z: Self) -> Self {
        let size = exp(z.real)
        return z.imaginary == 0 ? Self(size) : Self(size * cos(z.imaginary), size * sin(z.imaginary))
    }

    /// The principal value.
    static func logarithm(_ z: Self) -> Self { Self(log(z.magnitude), atan2(z.imaginary, z.real)) }

    /// Real roots of negative numbers do not come out of this: (-8)^(1/3) is the principal value.
    static func power(_ base: Self, _ exponent: Self) -> Self {
        if base.imaginary == 0 && exponent.imaginary == 0 {
            let value = pow(base.real, exponent.real)
            if !value.isNaN { return Self(value) }
        }
        if base.magnitude == 0 { return exponent.real > 0 ? Self(0) : Self(.nan) }
        return exponential(exponent * logarithm(base))
    }
}
