import Foundation
import Tensors
import Testing

@testable import Transformers

private let logits: [Float] = [1, 3, 2, 0, 3, -1]

private func draw(_ options: SamplingOptions, uniform: Double) -> Int32 {
    let row = Matrix([logits])
    return Sampler(options).sample(row.slice, uniform: uniform, weights: Matrix(rows: 1, columns: 6).slice).id
}

/// How much of the unit interval leads to each token.
private func shares(_ options: SamplingOptions) -> [Double] {
    var counts = [Double](repeating: 0, count: 6)
    let steps = 20_000
    for step in 0..<steps { counts[Int(draw(options, uniform: (Double(step) + 0.5) / Double(steps)))] += 1 }
    return counts.map { $0 / Double(steps) }
}

private func expected(temperature: Double, keep: Set<Int>) -> [Double] {
    let weights = logits.enumerated().map { keep.contains($0) ? exp(Double($1) / temperature) : 0 }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
}

private func expectShares(_ options: SamplingOptions, _ keep: Set<Int>) {
    let target = expected(temperature: options.temperature, keep: keep)
    for (found, wanted) in zip(shares(options), target) { #expect(abs(found - wanted) < 2e-4) }
}

@Test func sharesOfTheUnitIntervalAreTheModelsProbabilities() throws {
    for temperature in [0.3, 0.8, 1, 2] {
        try expectShares(SamplingOptions(temperature: temperature), Set(0..<6))
    }
}

/// The reciprocals of the first two are no finite float32; that of the third is.
@Test(arguments: [1e-39, Double.leastNonzeroMagnitude, 1e-38])
func aTemperatureNextToNothingTakesTheMostProbable(_ temperature: Double) throws {
    for uniform in [0, 0.3] { #expect(draw(try SamplingOptions(temperature: temperature), uniform: uniform) == 1) }
}

@Test func filtersKeepWhatTheyPromise() throws {
    try expectShares(SamplingOptions(temperature: 1, topK: 3), [1, 4, 2])
    // The two best are equal; the lower id stays.
    try expectShares(SamplingOptions(temperature: 1, topK: 1), [1])
    // Probabilities 0.39, 0.39, 0.14, …: 0.5 needs two, 0.8 three.
    try expectShares(SamplingOptions(temperature: 1, topP: 0.5), [1, 4])
    try expectShares(SamplingOptions(temperature: 1, topP: 0.8), [1, 4, 2])
    // e^-1 = 0.37 of the best, e^-2 = 0.14.
    try expectShares(SamplingOptions(temperature: 1, minP: 0.3), [1, 4, 2])
    try expectShares(SamplingOptions(temperature: 1, minP: 0.1), [1, 4, 2, 0])
    // At temperature 0.5 the third has e^-2 of the best.
    try expectShares(SamplingOptions(temperature: 0.5, minP: 0.3), [1, 4])
    try expectShares(SamplingOptions(temperature: 1, topK: 4, topP: 0.95, minP: 0.2), [1, 4, 2])
}

@Test func greedyTakesTheFirstOfTheBest() throws {
    #expect(draw(.greedy, uniform: 0.99) == 1)
}

@Test func logProbabilitiesAreTheModelsOwn() throws {
    let row = Matrix([logits])
    let total = logits.reduce(0) { $0 + exp(Double($1)) }
    for options in [try SamplingOptions(temperature: 0.2, topK: 2), .greedy] {
        let drawn = Sampler(options).sample(row.slice, uniform: 0, weights: Matrix(rows: 1, columns: 6).slice)
        #expect(abs(Double(drawn.logProbability) - (3 - log(total))) < 1e-6)
    }
}

@Test func optionsOutsideTheirRangeAreErrors() {
    #expect(throws: TransformerError.sampling(option: "temperature", value: -1, allowed: "0 or more")) {
        try SamplingOptions(temperature: -1)
    }
    #expect(throws: (any Error).self) { try SamplingOptions(temperature: .nan) }
    #expect(throws: (any Error).self) { try SamplingOptions(topP: 0) }
    #expect(throws: (any Error).self) { try SamplingOptions(topK: -1) }
    #expect(throws: (any Error).self) { try SamplingOptions(minP: 1.5) }
}
