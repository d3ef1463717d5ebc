import TestSupport
import Testing
import Transformers

@testable import Steering
@testable import Tensors

private func expectSame(_ actual: [Double], _ expected: [Double], relative: Double = 1e-6) {
    expectClose(actual.map { Float($0) }, expected.map { Float($0) }, absolute: 1e-9, relative: relative)
}

@Test func directionsEqualThoseOfNumpyAndScikitLearn() throws {
    let reference = try SteeringReference.load()
    func vector(_ options: DirectionOptions) throws -> [Double] {
        try DirectionFit(options).vector(positives: reference.positives, negatives: reference.negatives)
    }
    expectSame(try vector(DirectionOptions(.meanDifference)), reference.meanDifference)
    expectSame(try vector(DirectionOptions(.pairComponent)), reference.pairComponent)
    expectSame(try vector(DirectionOptions(.discriminant)), reference.discriminant)
    var probe = DirectionOptions(.probe)
    probe.c = 0.05
    expectSame(try vector(probe), reference.probe, relative: 1e-5)
}

@Test func bothEigensolversAgreeWithNumpy() throws {
    let reference = try SteeringReference.load()
    for eigen in [SymmetricEigen(reference.matrix), SymmetricEigen(jacobi: reference.matrix)] {
        expectSame(eigen.values, reference.eigenvalues)
        for (value, vector) in zip(eigen.values, eigen.vectors) {
            let image = reference.matrix.map { VectorArithmetic.dot($0, vector) }
            expectSame(image, vector.map { $0 * value }, relative: 1e-5)
        }
    }
}

@Test func meansInAStreamEqualMeansOfTheWhole() throws {
    let reference = try SteeringReference.load()
    let reading = Reading(layer: 3, position: .instruction)
    var stream = MeanDifferenceStream(readings: [reading], width: 7)
    for row in reference.positives { stream.add([row.map { Float($0) }], isPositive: true) }
    for row in reference.negatives { stream.add([row.map { Float($0) }], isPositive: false) }
    expectSame(try stream.differences()[0], reference.meanDifference, relative: 1e-5)
}

@Test func aDirectionNeedsBothSidesAndPairsNeedPartners() {
    let rows = [[1.0, 2], [2.0, 1], [0.0, 0]]
    #expect(throws: SteeringError.tooFewPrompts(side: "negative", count: 0, needed: 1)) {
        try DirectionFit(DirectionOptions(.meanDifference)).vector(positives: rows, negatives: [])
    }
    #expect(throws: SteeringError.unpaired(positives: 3, negatives: 2)) {
        try DirectionFit(DirectionOptions(.pairComponent)).vector(positives: rows, negatives: Array(rows.prefix(2)))
    }
    #expect(throws: SteeringError.notFinite(what: "the negative side")) {
        try DirectionFit(DirectionOptions(.meanDifference)).vector(positives: rows, negatives: [[.nan, 0]])
    }
}

/// Pairs differ by 3 along the first axis, and from each other along the second.
@Test func thePairComponentIsWhatAllPairsHaveInCommon() throws {
    let positives = [[3.0, 1], [3.0, -1], [3.0, 0]]
    let zero = [[Double]](repeating: [0, 0], count: 3)
    let found = try DirectionFit(DirectionOptions(.pairComponent)).vector(positives: positives, negatives: zero)
    expectSame(found, [1, 0])
}

@Test func aPlaceWhereNothingVariesHasNoDiscriminant() throws {
    let fit = DirectionFit(DirectionOptions(.discriminant))
    let same = [[Double]](repeating: [0.5, -0.75], count: 3)
    #expect(try fit.vector(positives: same, negatives: Array(same.prefix(2))) == [0, 0])
    let other = [[Double]](repeating: [0.5, 0], count: 2)
    let refused = try #require(throws: SteeringError.self) {
        try fit.vector(positives: same, negatives: other, reading: "blocks.0.hook_resid_pre")
    }
    #expect(refused == .flat(reading: "blocks.0.hook_resid_pre", shrinkage: 0.1))
    #expect(refused.description.contains("activations at blocks.0.hook_resid_pre vary in too few ways"))
}

@Test func aClearDirectionIsStableAndNoiseIsNot() throws {
    var random = SeededGenerator(seed: 11)
    let noise = (0..<40).map { _ in random.floats(30).map(Double.init) }
    let shifted = noise.prefix(20).map { row in row.map { $0 + 2 } }
    let fit = DirectionFit(DirectionOptions(.meanDifference))
    let clear = try DirectionStability(
        fit, positives: Array(shifted), negatives: Array(noise.suffix(20)), isPaired: false, resamples: 50, seed: 1)
    let chance = try DirectionStability(
        fit, positives: Array(noise.prefix(20)), negatives: Array(noise.suffix(20)), isPaired: false, resamples: 50,
        seed: 1)
    #expect(clear.mean > 0.97)
    #expect(chance.mean < 0.85)
    let again = try DirectionStability(
        fit, positives: Array(shifted), negatives: Array(noise.suffix(20)), isPaired: false, resamples: 50, seed: 1)
    #expect(clear == again)
}

@Test(arguments: [
    ("t_inst", TokenPosition.instruction), ("t_post_inst", .postInstruction), ("t_inst+2", .offset(2)),
    ("t_inst-3", .offset(-3)), ("inst_mean", .instructionMean), ("all", .all),
])
func positionsHaveNames(_ name: String, _ position: TokenPosition) {
    #expect(TokenPosition(name) == position)
    #expect(position.description == name)
}

@Test func placesOfAPromptFollowItsParts() {
    let places = PromptPlaces(instruction: 4..<9, postInstruction: 12, count: 13)
    #expect(places.tokens(.instruction) == 8..<9)
    #expect(places.tokens(.postInstruction) == 12..<13)
    #expect(places.tokens(.instructionMean) == 4..<9)
    #expect(places.tokens(.offset(-8)) == 0..<1)
    #expect(places.tokens(.offset(-9)) == nil)
    #expect(TokenPosition("t_inst+") == nil)
    #expect(TokenPosition("t_inst+99999") == nil)
}

@Test func aRandomControlHasTheSameLengthAndAnotherDirection() {
    let side = Direction.Side(name: "a", count: 1, digest: "")
    let direction = Direction(
        reading: Reading(layer: 0, position: .instruction), vector: (0..<64).map { Float($0) },
        provenance: .init(
            options: DirectionOptions(.meanDifference), model: "", template: nil, positive: side, negative: side,
            norm: 0))
    let control = direction.randomControl(seed: 4)
    #expect(abs(control.norm / direction.norm - 1) < 1e-5)
    #expect(abs(VectorArithmetic.cosine(control.vector, direction.vector)) < 0.5)
    #expect(direction.randomControl(seed: 4) == control)
    #expect(direction.randomControl(seed: 5) != control)
}

/// Values of scikit-learn's Ridge(alpha=1 / 0.3).
@Test func ridgeRegressionIsScikitLearns() throws {
    let rows: [[Double]] = [[1, 2], [0, -1], [3, 1], [2, 5]]
    let fit = try #require(RidgeRegression(rows: rows, targets: [1, 0.5, -2, 4], c: 0.3))
    #expect(abs(fit.weights[0] + 0.67087856) < 1e-8)
    #expect(abs(fit.weights[1] - 0.74236771) < 1e-8)
    #expect(abs(fit.intercept - 0.5821743554952507) < 1e-12)
    #expect(RidgeRegression(rows: [[1, 2], [.nan, 0]], targets: [1, 2], c: 1) == nil)
}
