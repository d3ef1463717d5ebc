import Steering
import TestSupport
import Testing

@testable import LatentGuard

@Test(arguments: GuardMethod.allCases)
func everyMethodSeparatesWhatIsClear(_ method: GuardMethod) throws {
    let synthetic = SyntheticExamples(pairs: 60, strength: 1, seed: 5)
    let profile = try synthetic.profile([method])
    let fresh = SyntheticExamples(pairs: 60, strength: 1, seed: 5).examples
    let scores = fresh.map { profile.harmful.score($0.values) }
    let area = ScoredExamples(fresh, scores).metrics?.auroc ?? 0
    #expect(area > 0.97, "\(method): \(area)")
}

@Test func thePapersRuleIsTheMeanOfCosineDifferences() throws {
    let examples = SyntheticExamples(pairs: 20, strength: 1, seed: 8).examples
    let readings = [0, 2, 4]
    let head = try HeadFit(method: .paper, c: 1, readings: readings).head(examples)
    let means = readings.map { reading in
        [true, false].map { side in
            var mean = MeanAccumulator(width: SyntheticExamples.width)
            for example in examples where example.isHarmful == side { mean.add(example.values[reading]) }
            return mean.mean
        }
    }
    for example in examples.prefix(6) {
        let differences = readings.indices.map { index in
            let h = example.values[readings[index]].map(Double.init)
            return VectorArithmetic.cosine(h, means[index][0]) - VectorArithmetic.cosine(h, means[index][1])
        }
        let expected = differences.reduce(0, +) / 3
        #expect(abs(head.score(example.values) - expected) < 1e-6)
    }
}

@Test func aFitFlagsNoMoreThanWasAsked() throws {
    let profile = try SyntheticExamples(pairs: 80, strength: 0.25, seed: 3).profile([.joint])
    #expect(profile.record.falsePositives.rate <= 0.05)
    #expect(profile.record.falsePositives.total == 80)
    #expect(profile.record.truePositives.rate > 0.3)
}

@Test func theMethodThatGeneralisesIsChosen() throws {
    let profile = try SyntheticExamples(pairs: 60, strength: 0.3, seed: 9).profile([.paper, .joint])
    #expect(profile.record.validation.count == 2)
    let best = profile.record.validation.max { $0.value < $1.value }
    #expect(best?.key.hasPrefix(profile.record.method) == true)
}

@Test func twinsStayOnOneSideOfEverySplit() {
    let examples = SyntheticExamples(pairs: 50, strength: 1, seed: 2).examples
    let folds = GroupedFolds(examples, count: 5, seed: 0)
    for fold in 0..<5 {
        let held = Set(folds.held(examples, fold: fold).map(\.group))
        #expect(held.isDisjoint(with: folds.training(examples, without: fold).map(\.group)))
        #expect(held.count == 10)
    }
}

@Test func aStrangerIsUnsureAndNotSafe() throws {
    let synthetic = SyntheticExamples(pairs: 60, strength: 1, seed: 5)
    let scoring = GuardScoring(try synthetic.profile([.joint]))
    let known = try scoring.verdict(synthetic.examples[1].values, milliseconds: 0)
    #expect(known.decision == .harmless)
    var random = SeededGenerator(seed: 77)
    let strange = (0..<6).map { _ in random.floats(SyntheticExamples.width).map { $0 * 500 } }
    #expect(try scoring.verdict(strange, milliseconds: 0).decision == .unsure)
    let broken = (0..<6).map { _ in [Float](repeating: .nan, count: SyntheticExamples.width) }
    #expect(throws: GuardError.scoreNotFinite) { try scoring.verdict(broken, milliseconds: 0) }
}

@Test func categoriesAndTheRefusalAxisSayWhatTheyWereFittedFor() throws {
    let synthetic = SyntheticExamples(pairs: 60, strength: 1, seed: 5)
    let profile = try synthetic.profile([.joint])
    #expect(profile.categories.map(\.name) == ["fire", "water"])
    let scoring = GuardScoring(profile)
    let harmful = try scoring.verdict(synthetic.examples[0].values, milliseconds: 0)
    let harmless = try scoring.verdict(synthetic.examples[1].values, milliseconds: 0)
    #expect(try #require(harmful.refusal) > 0)
    #expect(try #require(harmless.refusal) < 0)
}

/// Groups are never divided, so that a category of one group has no half to be calibrated on.
@Test func aCategoryOfOneGroupIsLeftOutAndNamed() throws {
    var examples = SyntheticExamples(pairs: 60, strength: 1, seed: 5).examples
    for index in examples.indices.prefix(28) {
        examples[index].group = "one"
        if examples[index].isHarmful { examples[index].category = "air" }
    }
    var leftOut: [String] = []
    let core = FitCore(
        options: SyntheticExamples.options([.joint]), readings: SyntheticExamples.fitReadings, layerCount: 3)
    let profile = try core.profile(examples, model: "", template: nil, dataSets: []) { event in
        if case .leftOut(let category) = event { leftOut.append(category) }
    }
    #expect(leftOut == ["air"])
    #expect(profile.categories.map(\.name) == ["fire", "water"])
}

@Test func oneSidedDataIsRefused() {
    let examples = SyntheticExamples(pairs: 30, strength: 1, seed: 1).examples.filter(\.isHarmful)
    let core = FitCore(
        options: SyntheticExamples.options([.joint]), readings: SyntheticExamples.fitReadings, layerCount: 3)
    #expect(throws: GuardError.oneSided(harmful: 30, harmless: 0, needed: 10)) {
        try core.profile(
            examples, model: "", template: nil, dataSets: [], progress: { _ in })
    }
}

/// What the whole model would say is learned, whatever the labels are.
@Test func aDistilledGuardForetellsRefusals() throws {
    var examples = SyntheticExamples(pairs: 60, strength: 0.5, seed: 12).examples
    var random = SeededGenerator(seed: 4)
    let direction = random.floats(SyntheticExamples.width).map(Double.init)
    let reading = 3
    for index in examples.indices {
        examples[index].refusal = VectorArithmetic.dot(direction, examples[index].values[reading].map(Double.init)) - 7
    }
    let head = try HeadFit(method: .distilled, c: 100, readings: [reading]).head(examples)
    #expect(head.readings == [reading])
    for example in examples.prefix(20) {
        #expect(abs(head.score(example.values) - (example.refusal ?? 0)) < 0.01)
    }
}

@Test func aDistilledGuardReadsTheStateBeforeTheReply() throws {
    let synthetic = SyntheticExamples(pairs: 60, strength: 1, seed: 5)
    let profile = try synthetic.profile([.distilled])
    #expect(profile.harmful.readings.map { profile.readings[$0].position } == [.postInstruction])
}

@Test(arguments: [("Bake bread.", "Bake bread"), ("How?!", "How"), ("a b", "a b"), ("...", "..."), ("1.5", "1.5")])
func closingMarksAreDropped(text: String, open: String) {
    #expect(GuardFitter.withoutClosingMark(text) == open)
}
