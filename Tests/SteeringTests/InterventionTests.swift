import Hooks
import TestSupport
import Testing
import Transformers

@testable import Steering

private let ids: [Int32] = [3, 17, 8, 44, 29, 5]

/// The residual stream before block 1, with interventions on it.
private func changed(_ intervention: Intervention, places: [Int: PromptPlaces] = [:]) throws -> (
    before: [[Float]], after: [[Float]]
) {
    let model = try SteeredModel().transformer()
    let point = HookPoint(.residPre, layer: 1)
    var plain = Recorder(point)
    _ = try SteeredModel.final(model, [ids], hooks: &plain)
    var steered = HookPair(try SteeringHook([intervention], places: places), Recorder(point))
    _ = try SteeredModel.final(model, [ids], hooks: &steered)
    return (plain.rows, steered.second.rows)
}

private var direction: [Float] {
    var random = SeededGenerator(seed: 4)
    return random.floats(SteeredModel.width)
}

private func component(_ row: [Float]) -> Double {
    VectorArithmetic.dot(row, direction) / VectorArithmetic.norm(direction)
}

@Test func everyOperationDoesWhatItSays() throws {
    let size = VectorArithmetic.norm(direction)
    func after(_ operation: Intervention.Operation, _ k: Double = 1) throws -> ([[Float]], [[Float]]) {
        try changed(Intervention(operation, direction: direction, layers: [1], strength: .coefficient(k)))
    }
    for (before, now) in try { zip($0.0, $0.1) }(after(.add, 2)) {
        expectClose(now, zip(before, direction).map { $0 + 2 * $1 }, absolute: 1e-5, relative: 1e-5)
    }
    for (_, now) in try { zip($0.0, $0.1) }(after(.ablate)) { #expect(abs(component(now)) < 1e-5) }
    for (_, now) in try { zip($0.0, $0.1) }(after(.clamp(value: 3))) { #expect(abs(component(now) - 3) < 1e-5) }
    for (before, now) in try { zip($0.0, $0.1) }(after(.affine(scale: -1, shift: 0.5))) {
        #expect(abs(component(now) - (0.5 - component(before))) < 1e-5)
    }
    for (before, now) in try { zip($0.0, $0.1) }(after(.project)) {
        expectClose(now, direction.map { Float(component(before) / size) * $0 }, absolute: 1e-5, relative: 1e-5)
    }
    for (_, now) in try { zip($0.0, $0.1) }(after(.replace)) { expectIdentical(now, direction) }
}

@Test func strengthCanBeAShareOfTheActivationAndKeepItsLength() throws {
    let relative = try changed(
        Intervention(.add, direction: direction, layers: [1], strength: .relativeToActivation(0.5)))
    for (before, now) in zip(relative.before, relative.after) {
        let added = zip(now, before).map { $0 - $1 }
        #expect(abs(VectorArithmetic.norm(added) - 0.5 * VectorArithmetic.norm(before)) < 1e-4)
    }
    let kept = try changed(Intervention(.add, direction: direction, layers: [1], preservesNorm: true))
    for (before, now) in zip(kept.before, kept.after) {
        #expect(abs(VectorArithmetic.norm(now) - VectorArithmetic.norm(before)) < 1e-4)
        #expect(now != before)
    }
}

@Test func onlyTheChosenPositionsAreChanged() throws {
    let places = [0: PromptPlaces(instruction: 2..<4, postInstruction: 5, count: 6)]
    let result = try changed(
        Intervention(.add, direction: direction, layers: [1], positions: .instruction), places: places)
    for index in 0..<6 { #expect((result.before[index] != result.after[index]) == (2..<4).contains(index)) }
}

@Test func replyPositionsAreCountedFromTheEndOfThePrompt() {
    let set = PositionSet(prompt: .none, decoded: 2)
    #expect(set.chosen(in: 0..<6, places: nil, promptLength: 6).isEmpty)
    #expect(set.chosen(in: 6..<7, places: nil, promptLength: 6) == [6..<7])
    #expect(set.chosen(in: 8..<9, places: nil, promptLength: 6).isEmpty)
    #expect(PositionSet.everywhere.chosen(in: 4..<9, places: nil, promptLength: 6) == [4..<6, 6..<9])
    let span = PositionSet(prompt: .span, span: 1..<3)
    #expect(span.chosen(in: 0..<6, places: nil, promptLength: 6) == [1..<3])
}

@Test func oneSequenceOfABatchIsSteeredAndTheOthersKeepTheirBits() throws {
    let model = try SteeredModel().transformer()
    var none = NoHook()
    let plain = try SteeredModel.final(model, [ids, [9, 2, 41]], hooks: &none)
    var hook = try SteeringHook([Intervention(.add, direction: direction, layers: [0], prompts: [1])])
    let steered = try SteeredModel.final(model, [ids, [9, 2, 41]], hooks: &hook)
    expectIdentical(steered[0], plain[0])
    #expect(steered[1] != plain[1])
}

@Test func aConditionDecidesWhetherAnythingHappens() throws {
    let places = [0: PromptPlaces(instruction: 0..<4, postInstruction: 5, count: 6)]
    let model = try SteeredModel().transformer()
    var recorder = Recorder(HookPoint(.residPre, layer: 0))
    _ = try SteeredModel.final(model, [ids], hooks: &recorder)
    let seen = recorder.rows[3]
    let reading = Reading(.residPre, layer: 0, position: .instruction)
    for (threshold, acts) in [(0.9, true), (1.1, false)] {
        let intervention = Intervention(
            .add, direction: direction, layers: [1],
            condition: SteeringCondition(reading: reading, direction: seen, threshold: threshold))
        let result = try changed(intervention, places: places)
        #expect((result.before != result.after) == acts)
    }
}

@Test func ablatingWhileRunningEqualsTakingItOutOfTheWeights() throws {
    let source = SteeredModel()
    let model = try source.transformer()
    var hook = try SteeringHook(Intervention.ablatingEverywhere(direction))
    let steered = try SteeredModel.final(model, [ids], hooks: &hook)

    let unit = direction.map { Double($0) / VectorArithmetic.norm(direction) }
    var orthogonal = source
    for (name, tensor) in source.tensors {
        guard
            let changed = Orthogonalization.withoutDirection(
                tensor.values, name: name, shape: tensor.shape, unit: unit)
        else { continue }
        orthogonal.tensors[name] = (tensor.shape, changed)
    }
    var none = NoHook()
    let baked = try SteeredModel.final(orthogonal.transformer(), [ids], hooks: &none)
    expectClose(baked[0], steered[0], ofLargest: 1e-5)
    let plain = try SteeredModel.final(model, [ids], hooks: &none)
    #expect(plain[0] != steered[0])
}

@Test func aDirectionThatIsNoneIsRefused() {
    #expect(throws: SteeringError.notFinite(what: "the direction")) {
        try SteeringHook([Intervention(.add, direction: [.nan])])
    }
    #expect(throws: SteeringError.noDifference(reading: "hook_resid_pre")) {
        try SteeringHook([Intervention(.ablate, direction: [0, 0])])
    }
}

@Test(arguments: [
    (Intervention.Operation.clamp(value: .nan), 1, "clamp's value is nan"),
    (.affine(scale: .infinity, shift: 0), 1, "affine's scale is inf"),
    (.affine(scale: 1, shift: -.infinity), 1, "affine's shift is -inf"),
    (.add, Double.nan, "strength is nan"),
])
func numbersThatAreNotFiniteAreRefusedByName(
    _ operation: Intervention.Operation, _ strength: Double, _ words: String
) throws {
    let refused = try #require(throws: SteeringError.self) {
        try SteeringHook([Intervention(operation, direction: [1, 0], strength: .coefficient(strength))])
    }
    #expect(refused.description == "\(words); allowed: finite float32 numbers")
}

@Test func aReadingHookGathersMeansOverPiecesToo() throws {
    let model = try SteeredModel().transformer()
    let places = PromptPlaces(instruction: 1..<5, postInstruction: 5, count: 6)
    let readings = [
        Reading(layer: 0, position: .instruction), Reading(layer: 1, position: .instructionMean),
        Reading(layer: 1, position: .postInstruction),
    ]
    var recorder = Recorder(HookPoint(.residPost, layer: 1))
    _ = try SteeredModel.final(model, [ids], hooks: &recorder)
    var hook = ReadingHook(readings, places: [0: places])
    let cache = KVCache(model.configuration, capacity: 6)
    let space = Workspace(model.configuration, rows: 8, threads: 1)
    for piece in [0..<3, 3..<6] {
        #expect(hook.values(prompt: 0) == nil)
        _ = try model.forward(
            TokenBatch(ids[piece], cache: cache, tag: SequenceTag(prompt: 0, promptLength: 6)), space: space,
            hooks: &hook)
    }
    let values = try #require(hook.values(prompt: 0))
    let mean = (0..<24).map { column in (1..<5).reduce(Float(0)) { $0 + recorder.rows[$1][column] } / 4 }
    expectClose(values[1], mean, absolute: 1e-6, relative: 1e-6)
    expectIdentical(values[2], recorder.rows[5])
}

@Test func thePrefixOfAModelHasTheSameActivations() throws {
    let model = try SteeredModel().transformer()
    var whole = Recorder(HookPoint(.residPost, layer: 0))
    var part = whole
    _ = try SteeredModel.final(model, [ids], hooks: &whole)
    _ = try SteeredModel.final(model.prefix(layers: 1), [ids], hooks: &part)
    for (a, b) in zip(whole.rows, part.rows) { expectIdentical(a, b) }
}
