import Testing
import Transformers

@testable import Commands

struct StatisticsFileTests {
    /// Two positions of 8 and of 10 elements, 16 bytes for each sum.
    @Test(arguments: [(false, 2 * 16 * 18), (true, 2 * 16 * 164)])
    func sumsThatDoNotFitAreRefused(_ covariance: Bool, _ needed: Int) throws {
        let configuration = TransformerConfiguration(
            architecture: "llama", modelDimension: 8, layerCount: 1, headCount: 2, keyValueHeadCount: 1,
            headDimension: 4, feedForwardDimension: 16, vocabularySize: 10, contextLength: 32, rotaryBase: 10_000,
            rotaryDimension: 4, normEpsilon: 1e-5)
        func make(_ memory: Int) throws {
            _ = try StatisticsFile(
                points: [HookPoint(.embed), HookPoint(.logits)], positions: ["t_inst", "last"], covariance: covariance,
                configuration: configuration, memory: memory)
        }
        try make(needed)
        let refused = try #require(throws: CommandFailure.self) { try make(needed - 1) }
        #expect(refused.description.contains("take 0.0 MB and 0.0 MB are free"), "\(refused)")
        #expect(refused.description.contains("unembed.hook_out is the widest, with 10 elements"), "\(refused)")
    }
}
