import Testing

@testable import Reports

struct ChartTests {
    @Test func logarithmicScaleGivesEqualStepsToEqualRatios() {
        let scale = Scale(kind: .log2, domain: 1...64, start: 0, end: 60)
        #expect([1.0, 2, 8, 64].map { scale($0) } == [0, 10, 30, 60])
        #expect(scale(1000) == 60)
        #expect(Scale(kind: .linear, domain: 0...1, start: 100, end: 0)(0.25) == 75)
        #expect(Scale(kind: .linear, domain: 3...3, start: 0, end: 10)(3) == 5)
    }

    @Test func ticksAreRoundAndCoverTheRange() {
        #expect(
            Ticks.covering(0...1, count: 5).values.map { NumberFormat.tick($0, step: 0.2) } == [
                "0.0", "0.2", "0.4", "0.6", "0.8", "1.0",
            ])
        #expect(Ticks.covering(0...0.43, count: 5).range.upperBound == 0.5)
        #expect(Ticks.covering(-3...7, count: 5).values == [-4, -2, 0, 2, 4, 6, 8])
        #expect(Ticks.covering(2...2, count: 5).values == [2])
        for top in [0.0, 1e-9, 0.003, 0.2, 0.61, 1, 1.6, 37] {
            #expect(rateTicks(upTo: top).range.upperBound >= top)
        }
        #expect(rateTicks(upTo: 1.6).range == 0...2 && rateTicks(upTo: 0.7).range == 0...1)
        #expect(rateTicks(upTo: .nan).range == 0...1 && rateTicks(upTo: .infinity).range == 0...1)
    }

    /// Up from 370 to 40 for 0 to 2.
    @Test func rewardsAboveOneHaveTheirOwnHeights() {
        let points = [(1, 0.0), (2, 1), (4, 1.6)].map { LineBandChart.Value(x: $0.0, y: $0.1) }
        let chart = LineBandChart(series: [.init(label: "a", points: points)], xName: "K", yName: "reward")
        let svg = chart.drawing(.wide).file(title: "t", description: "d")
        for height in [370, 205, 106] { #expect(svg.contains("cy=\"\(height)\""), "\(height)") }
    }

    /// Colour and shape together, as they are drawn.
    @Test func manySeriesAreToldApart() {
        let marks = (0..<36).map { index in
            var drawing = Drawing(width: 20, height: 20)
            SeriesStyle(index).drawMark(at: Point(x: 10, y: 10), in: &drawing)
            return drawing.file(title: "t", description: "d")
        }
        #expect(Set(marks).count == 36)
        #expect((0..<8).map { SeriesStyle($0).colorClass } == ["s0", "s1", "s2", "s3", "s4", "s5", "s0", "s1"])
    }

    private static let least = Double.leastNonzeroMagnitude

    /// Steps that vanish, and ends that are too many steps away, have one tick and an end.
    @Test(arguments: [
        0...least, 0...(2 * least), least...(2000 * least), -1.7e308...1.7e308, 1e16...(1e16 + 2),
        (-2e13 * least)...(2e13 * least), 1e308...1.1e308,
    ])
    func everySpanHasAnEnd(_ range: ClosedRange<Double>) {
        let ticks = Ticks.covering(range, count: 5)
        #expect((1...80).contains(ticks.values.count), "\(ticks.values.count)")
        #expect(ticks.step > 0 && ticks.step.isFinite)
    }

    @Test func labelsNeverOverlapAndStayInside() {
        for wishes in [[50.0, 50, 50, 50], [40, 52], [0, 1, 2, 99, 100], [100, 100, 0], [10], []] {
            let places = separated(wishes, height: 19, within: 0...100)
            let sorted = places.sorted()
            for (one, next) in zip(sorted, sorted.dropFirst()) { #expect(next - one >= 19 - 1e-9, "\(places)") }
            #expect(places.allSatisfy { (-1e-9...100 + 1e-9).contains($0) }, "\(places)")
            let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
            #expect(order.map { places[$0] } == sorted)
        }
        #expect(separated([10, 50, 90], height: 19, within: 0...100) == [10, 50, 90])
        #expect(separated([50, 50], height: 20, within: 0...100) == [40, 60])
    }

    @Test func tooManyLabelsSpreadEvenly() {
        #expect(separated([5, 5, 5, 5, 5, 5], height: 50, within: 0...100) == [0, 20, 40, 60, 80, 100])
    }

    @Test func neverAndAlwaysSolvedTasksHaveTheirOwnBars() {
        let bars = HistogramChart.bars([0, 0, 0.05, 0.1, 0.11, 0.95, 0.999, 1, .nan])
        #expect(bars == [2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 2, 1])
        #expect(HistogramChart.bars([0.3]).firstIndex(of: 1) == 3)
    }
}
