import TestSupport
import Testing

@testable import Steering

/// Directions by risk category and their similarity.
struct CategoryTests {
    typealias Group = CategoryDirections.Group

    /// Two categories of four twins; the figures below are those of numpy 2.4.6 for these rows.
    private static let harmful: [(String, [[Float]])] = [
        (
            "a",
            [
                [1.2, -1.32, -0.25, 0.42, 1.14], [2.11, -0.55, -0.78, 0.75, 1.63], [2.27, -1.23, -0.96, 1.6, 0.2],
                [0.27, -0.08, -1.16, -0.63, -0.49],
            ]
        ),
        (
            "b",
            [
                [0.29, 2.05, -0.06, -0.59, 0.41], [1.83, -0.14, -0.26, -0.98, -0.17],
                [-0.29, 1.52, -0.04, -0.3, -1.05], [0.6, 0.41, -1.36, 0.22, -1.11],
            ]
        ),
    ]
    private static let harmless: [(String, [[Float]])] = [
        (
            "a",
            [
                [1.17, 0.72, -1.0, 0.27, -1.1], [0.03, 0.04, -0.99, -0.23, -0.26], [0.96, -1.18, 1.74, -1.1, -0.33],
                [-0.84, 1.45, 1.57, 2.43, 0.64],
            ]
        ),
        (
            "b",
            [
                [0.84, 0.84, -0.61, 0.93, 1.35], [-0.4, 0.19, -0.02, 1.61, -0.36], [-0.15, 0.24, 0.1, 0.14, 0.9],
                [-1.3, -1.2, -1.28, 1.97, -0.36],
            ]
        ),
    ]

    /// - Parameter areTwins: whether rows with one index are twins
    private func groups(_ sides: [(String, [[Float]])], _ side: String, areTwins: Bool) -> [Group] {
        sides.map { name, rows in
            Group(name: name, rows: rows, units: rows.indices.map { "\(name) \($0)\(areTwins ? "" : side)" })
        }
    }

    private func directions(
        _ comparison: CategoryDirections.Comparison, areTwins: Bool = true
    ) throws -> CategoryDirections {
        try CategoryDirections(
            harmful: groups(Self.harmful, "harmful", areTwins: areTwins),
            harmless: groups(Self.harmless, "harmless", areTwins: areTwins), comparison: comparison)
    }

    @Test(arguments: [
        (CategoryDirections.Comparison.shared, 0.08056735), (.matched, -0.23819109), (.topic, -1.0),
    ])
    func cosinesEqualThoseOfNumpy(_ comparison: CategoryDirections.Comparison, _ expected: Double) throws {
        let similarity = try CategorySimilarity(
            directions(comparison), options: .init(resamples: 50, splits: 10, seed: 1))
        #expect(abs(similarity.cosines[0][1].value - expected) < 1e-6)
        #expect(abs(similarity.mean.value - expected) < 1e-6)
        #expect(similarity.cosines[1][1] == BoundedFigure(1))
    }

    @Test func lengthsEqualThoseOfNumpy() throws {
        let similarity = try CategorySimilarity(
            directions(.shared), options: .init(resamples: 10, splits: 10, seed: 1))
        expectClose(
            similarity.norms.map { Float($0) }, [1.9454988, 1.6687673], absolute: 1e-6, relative: 1e-6)
    }

    /// numpy went through all 36 divisions of the twins, and through all 1,296 of prompts without twins.
    @Test(arguments: [
        (CategoryDirections.Comparison.shared, true, [0.38027462, -0.06756453, 0.47942616]),
        (.matched, true, [0.16932155, -0.1815609, 0.67107174]),
        (.shared, false, [0.52764993, -0.04620539, 0.40228653]),
    ])
    func halvesAverageOverAllDivisions(
        _ comparison: CategoryDirections.Comparison, _ areTwins: Bool, _ expected: [Double]
    ) throws {
        let similarity = try CategorySimilarity(
            directions(comparison, areTwins: areTwins), options: .init(resamples: 10, splits: 4000, seed: 3))
        let found = [similarity.halves[0][0], similarity.halves[0][1], similarity.halves[1][1]]
        for (value, wanted) in zip(found, expected) { #expect(abs(value - wanted) < 0.02, "\(found)") }
        #expect(abs(similarity.sameHalves - (found[0] + found[2]) / 2) < 1e-12)
        #expect(abs(similarity.differentHalves - found[1]) < 1e-12)
    }

    /// Without noise a direction is the same in both halves, and every draw gives the same cosine.
    @Test func directionsWithoutNoiseAreExact() throws {
        func group(_ name: String, _ row: [Float]) -> Group {
            Group(name: name, rows: Array(repeating: row, count: 6), units: (0..<6).map { "\(name) \($0)" })
        }
        let similarity = try CategorySimilarity(
            CategoryDirections(
                harmful: [group("a", [2, 0]), group("b", [3, 3])], harmless: [group("x", [0, 0])], comparison: .shared),
            options: .init(resamples: 20, splits: 20, seed: 1))
        let diagonal = 0.7071067811865475
        let cosine = similarity.cosines[0][1]
        for value in [cosine.value, cosine.lower ?? 9, cosine.upper ?? 9, similarity.halves[0][1]] {
            #expect(abs(value - diagonal) < 1e-9)
        }
        #expect(similarity.splitHalf.allSatisfy { abs($0.value - 1) < 1e-9 })
        #expect(abs(similarity.excess.value - (1 - diagonal)) < 1e-9)
    }

    /// Noisy prompts about the same mean: cosines far below 1, and no more so between categories than within them.
    @Test func noiseAloneIsNoDifference() throws {
        var random = SeededGenerator(seed: 8)
        func group(_ name: String, along axis: Int?) -> Group {
            let rows = (0..<40).map { _ in
                var row = random.floats(32).map { $0 * 2 }
                if let axis { row[axis] += 1 }
                return row
            }
            return Group(name: name, rows: rows, units: rows.indices.map { "\(name) \($0)" })
        }
        func similarity(_ axes: [Int]) throws -> CategorySimilarity {
            try CategorySimilarity(
                CategoryDirections(
                    harmful: axes.enumerated().map { group("c\($0.offset)", along: $0.element) },
                    harmless: [group("x", along: nil), group("y", along: nil), group("z", along: nil)],
                    comparison: .shared),
                options: .init(resamples: 200, splits: 50, seed: 2))
        }
        let same = try similarity([0, 0, 0])
        let different = try similarity([0, 1, 2])
        #expect(same.mean.value < 0.9)
        #expect((same.excess.lower ?? 1) < 0 && (same.excess.upper ?? -1) > 0, "\(same.excess)")
        #expect((different.excess.lower ?? -1) > 0, "\(different.excess)")
        #expect(abs(same.random.value) < 0.05)
        #expect((same.random.lower ?? 1) < 0 && (same.random.upper ?? -1) > 0)
    }

    @Test func categoriesWithoutEnoughPromptsAreRefusedByName() throws {
        let harmful = groups(Self.harmful, "harmful", areTwins: true)
        #expect(throws: SteeringError.tooFewPrompts(side: "category", count: 1, needed: 2)) {
            try CategoryDirections(harmful: [harmful[0]], harmless: harmful, comparison: .shared)
        }
        #expect(throws: SteeringError.tooFewPrompts(side: "b harmless", count: 0, needed: 4)) {
            try CategoryDirections(
                harmful: harmful, harmless: [groups(Self.harmless, "", areTwins: true)[0]], comparison: .matched)
        }
        #expect(throws: SteeringError.setting(name: "splits", value: "1", allowed: "10 to 10000")) {
            try CategorySimilarity(directions(.shared), options: .init(resamples: 10, splits: 1))
        }
    }

    @Test func halvesAreDisjointAndTwinsStayTogether() {
        let draws = StratifiedDraws(counts: [5, 2], seed: 4)
        for index in 0..<20 {
            let halves = draws.halves(index)
            #expect(halves.first.map { $0.reduce(0, +) } == [2, 1])
            for (a, b) in zip(halves.first, halves.second) { #expect(zip(a, b).allSatisfy { $0 + $1 == 1 }) }
            #expect(draws.resample(index).map { $0.reduce(0, +) } == [5, 2])
            let again = draws.halves(index, isResampled: true)
            #expect(again.first.map { $0.reduce(0, +) } == [2, 1] && again.second.map { $0.reduce(0, +) } == [3, 1])
            for (drawn, half) in zip(again.first[0], halves.first[0]) { #expect(drawn == 0 || half == 1) }
        }
        let units = CategoryUnits(
            [
                Group(name: "a", rows: [[0], [0], [0]], units: ["p", "q", "r"]),
                Group(name: "a", rows: [[0], [0], [0]], units: ["r", "s", "p"]),
            ], harmfulCount: 1)
        // Twins p and r; q alone; s alone.
        #expect(units.counts == [2, 1, 1])
        #expect(units.weights([[3, 5], [7], [9]]) == [[3, 7, 5], [5, 9, 3]])
    }
}
