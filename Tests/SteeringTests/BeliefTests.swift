import Testing
import Tokenization

@testable import Steering

/// Belief scores, families of prompts, and prompts without their last tokens.
struct BeliefTests {
    typealias Point = BeliefPlane.Point

    /// One layer of width 2: at `t_inst` the anchors lie on the axes, at `t_post_inst` opposite to one another.
    private func plane() throws -> BeliefPlane {
        try BeliefPlane(
            values: [[[2, 0], [0, 1]], [[4, 0], [0, 3]], [[0, 5], [0, -1]]], refusedHarmful: [0, 1],
            acceptedHarmless: [2])
    }

    @Test func scoresAreDifferencesOfCosines() throws {
        let point = try plane().point([[3, 4], [0, 7]])
        #expect(abs(point.harmfulness - (0.6 - 0.8)) < 1e-12)
        #expect(abs(point.refusal - 2) < 1e-12)
        #expect(throws: SteeringError.tooFewPrompts(side: "accepted harmless", count: 0, needed: 1)) {
            try BeliefPlane(values: [[[1], [1]]], refusedHarmful: [0], acceptedHarmless: [])
        }
    }

    @Test func aRandomControlKeepsMidpointAndDistance() throws {
        let plane = try plane()
        let control = plane.randomControl(seed: 7)
        for (mine, other) in [(plane.harmfulness, control.harmfulness), (plane.refusal, control.refusal)] {
            func distance(_ analysis: ClusteringAnalysis) -> Double {
                VectorArithmetic.norm(
                    zip(analysis.refusedHarmful[0], analysis.acceptedHarmless[0]).map { $0 - $1 })
            }
            func middle(_ analysis: ClusteringAnalysis) -> [Double] {
                zip(analysis.refusedHarmful[0], analysis.acceptedHarmless[0]).map { ($0 + $1) / 2 }
            }
            #expect(abs(distance(mine) - distance(other)) < 1e-6)
            #expect(zip(middle(mine), middle(other)).allSatisfy { abs($0 - $1) < 1e-6 })
            #expect(mine != other)
        }
        #expect(plane.randomControl(seed: 7) == control)
        #expect(plane.randomControl(seed: 8) != control)
    }

    /// Figures of numpy 2.4.6, from the formula of the variance and the table of t.
    @Test func intervalsCountClustersAndNotValues() throws {
        let sample = ClusteredValues(values: [1, 2, 4, 8, 3, 5], clusters: ["a", "a", "b", "b", "c", "c"])
        let mean = try #require(BoundedFigure.mean(sample))
        expect(mean, 3.8333333333333335, -1.7674653480107714, 9.434132014677438)
        let other = ClusteredValues(values: [0.5, 1.5, 2.5, 1], clusters: ["a", "b", "c", "d"])
        // The expansion of t is 0.4% too small at three degrees of freedom.
        expect(
            try #require(.difference(sample, other)), 2.4583333333333335, -0.9290050934765937, 5.845671760143261,
            within: 0.015)
        #expect(BoundedFigure.mean(ClusteredValues(values: [1, 2], clusters: ["a", "a"])) == BoundedFigure(1.5))
        #expect(BoundedFigure.mean(ClusteredValues(values: [], clusters: [])) == nil)
    }

    @Test func pairedRefusalsHaveTheIntervalOfBonettAndPrice() throws {
        let first = (0..<20).map { $0 < 12 }
        let second = (0..<20).map { (7..<13).contains($0) }
        let pairs = try PairedRefusals(first: first, second: second)
        #expect([pairs.both, pairs.onlyFirst, pairs.onlySecond, pairs.first, pairs.second] == [5, 7, 1, 12, 6])
        expect(pairs.difference, 0.3, 0.015081523707513811, 0.5303730217470316)
        #expect(throws: SteeringError.unpaired(positives: 2, negatives: 1)) {
            try PairedRefusals(first: [true, false], second: [true])
        }
        #expect(throws: SteeringError.tooFewPrompts(side: "paired", count: 0, needed: 1)) {
            try PairedRefusals(first: [], second: [])
        }
    }

    @Test func familiesAreComparedWithTheirOwnHarmlessPrompts() throws {
        func item(_ family: String, _ isHarmful: Bool, _ cluster: String) -> FamilyBeliefs.Item {
            FamilyBeliefs.Item(family: family, isHarmful: isHarmful, cluster: cluster)
        }
        let items = [
            item("plain", true, "1"), item("suffix", true, "s"), item("suffix", true, "t"), item("suffix", false, "s"),
        ]
        let points = [(0.5, 0.75), (0.25, -0.5), (0.75, -0.25), (0, -1)].map { Point(harmfulness: $0.0, refusal: $0.1) }
        let random = [0.125, -0.125].map { value in points.map { _ in Point(harmfulness: value, refusal: 2 * value) } }
        let found = FamilyBeliefs(items, points: points, random: random)
        #expect(found.rows.map(\.family) == ["plain", "suffix", "suffix"])
        #expect(found.rows.map(\.isHarmful) == [true, true, false])
        #expect(found.rows.map(\.count) == [1, 2, 1])
        #expect(found.rows.map(\.clusters) == [1, 2, 1])
        #expect(found.rows.map(\.harmfulness.value) == [0.5, 0.5, 0])
        #expect(found.rows.map(\.refusal.value) == [0.75, -0.375, -1])
        #expect(found.rows[1].randomRefusal.value == 0)
        #expect(abs((found.rows[1].randomHarmfulness.upper ?? 0) - 0.11875) < 1e-12)
        #expect(found.contrasts.map(\.family) == ["suffix"])
        #expect(found.contrasts[0].refusal.value == 0.625)
        #expect(found.contrasts[0].clusters == 2)
    }

    @Test func aPromptWithoutPostInstructionEndsAtTheInstruction() throws {
        let prompt = RenderedPrompt(
            text: "", ids: [1, 2, 10, 11, 12, 3, 4, 20],
            parts: [
                PromptPart(origin: .template, tokens: 0..<2), PromptPart(origin: .content(message: 0), tokens: 2..<5),
                PromptPart(origin: .template, tokens: 5..<7), PromptPart(origin: .content(message: 1), tokens: 7..<8),
            ],
            contents: [2..<5, 7..<8], instructionEnd: 4, postInstructionEnd: 6, promptEnd: 7)
        let cut = try prompt.withoutPostInstruction()
        #expect(cut.ids == [1, 2, 10, 11, 12])
        #expect(cut.parts == Array(prompt.parts.prefix(2)))
        let places = try PromptPlaces(cut)
        #expect(places.instruction == 2..<5 && places.postInstruction == 4 && places.count == 5)
        var without = prompt
        without.instructionEnd = nil
        #expect(throws: SteeringError.noInstruction) { try without.withoutPostInstruction() }
    }

    private func expect(
        _ figure: BoundedFigure, _ value: Double, _ lower: Double, _ upper: Double, within error: Double = 1e-9,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (found, wanted) in [(figure.value, value), (figure.lower ?? .nan, lower), (figure.upper ?? .nan, upper)] {
            #expect(abs(found - wanted) <= error, "\(figure)", sourceLocation: sourceLocation)
        }
    }
}
