import Foundation
import Testing

@testable import Reports

struct SteeringFigureTests {
    @Test func similarityIsAHeatMapWithNumberedNames() throws {
        let figure = SimilarityFigure(
            names: ["fraud", "a<b"], cosines: [[1, -0.25], [-0.25, 0.5]], title: "Cosines & names", description: "d")
        let reader = try expectSelfContained(figure.svg)
        #expect(reader.elements["svg"] == 1)
        // Four squares and the background.
        #expect(reader.elements["rect"] == 5)
        for text in ["1  fraud", "2  a<b", "−0.25", "1.00", "0.50", "Cosines & names"] {
            #expect(reader.text.contains(text), "\(text)")
        }
        #expect(figure.svg.contains("heat h4 s0") && figure.svg.contains("heat h2 s0"))
        #expect(figure.svg.components(separatedBy: "heat h0 s0").count == 3)
    }

    @Test func beliefsAreOnePointForEachPrompt() throws {
        let figure = BeliefFigure(
            groups: [
                .init(
                    label: "refused harmful, n = 2", style: 0, points: [(0.1, 0.2), (0.3, -0.4)],
                    mean: .init(harmfulness: (0.2, 0.1, 0.3), refusal: (-0.1, nil, nil))),
                .init(label: "empty", style: 1, isHollow: true, points: []),
            ], title: "t", description: "d")
        let reader = try expectSelfContained(figure.svg)
        #expect(figure.svg.components(separatedBy: "class=\"point s0\"").count == 3)
        #expect(figure.svg.components(separatedBy: "class=\"cap s0\"").count == 2)
        #expect(figure.svg.contains("class=\"hollow s1\""))
        for text in ["refused harmful, n = 2", "empty", "harmfulness at t_inst", "refusal at t_post_inst"] {
            #expect(reader.text.contains(text), "\(text)")
        }
    }

    @Test func pointsLieWhereTheirNumbersSay() {
        let chart = PointChart(
            groups: [
                .init(
                    label: "a", style: SeriesStyle(0),
                    points: [Point(x: -1, y: 1), Point(x: 1, y: 0), Point(x: 0, y: 0.5)])
            ],
            xName: "x", yName: "y")
        let svg = chart.drawing(.wide).file(title: "t", description: "d")
        // Across from 64 to 580 for -1 to 1, up from 370 to 40 for 0 to 1.
        #expect(svg.contains("cx=\"64\" cy=\"40\""))
        #expect(svg.contains("cx=\"580\" cy=\"370\""))
        #expect(svg.contains("cx=\"322\" cy=\"205\""))
    }

    @Test func noPointsAreNoTrap() throws {
        _ = try expectSelfContained(BeliefFigure(groups: [], title: "t", description: "d").svg)
        _ = try expectSelfContained(SimilarityFigure(names: [], cosines: [], title: "t", description: "d").svg)
    }
}
