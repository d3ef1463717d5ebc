import Testing

@testable import Tensors

/// Known answers published with Random123.
@Test func philoxGivesItsPublishedAnswers() {
    let zero = CounterRandom(key: 0).block(0, 0)
    #expect(zero == (0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = CounterRandom(key: .max).block(.max, .max)
    #expect(ones == (0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let pi = CounterRandom(key: 0x299F_31D0_A409_3822).block(0x0370_7344_1319_8A2E, 0x85A3_08D3_243F_6A88)
    #expect(pi == (0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
}

@Test func uniformNumbersFillTheUnitInterval() {
    let random = CounterRandom(seed: 7, promptID: "a")
    let numbers = (0..<20_000).map { random.uniform(sample: $0 % 100, position: $0 / 100) }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    // Four standard errors of the mean of 20,000 uniform numbers.
    #expect(abs(mean - 0.5) < 4 * (1.0 / 12 / 20_000).squareRoot())
    #expect(Set(numbers).count == numbers.count)
}

@Test func seedPromptSampleAndPositionAllMatter() {
    let base = CounterRandom(seed: 1, promptID: "p").uniform(sample: 0, position: 0)
    #expect(CounterRandom(seed: 2, promptID: "p").uniform(sample: 0, position: 0) != base)
    #expect(CounterRandom(seed: 1, promptID: "q").uniform(sample: 0, position: 0) != base)
    #expect(CounterRandom(seed: 1, promptID: "p").uniform(sample: 1, position: 0) != base)
    #expect(CounterRandom(seed: 1, promptID: "p").uniform(sample: 0, position: 1) != base)
}
