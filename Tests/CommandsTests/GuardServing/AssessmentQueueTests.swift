import Dispatch
import LatentGuard
import Testing

@testable import Commands

struct AssessmentQueueTests {
    private struct ModelFailure: Error {}

    private let later = ContinuousClock.now + .seconds(3600)

    @Test func manyRequestsGetTheirOwnVerdicts() async throws {
        let queue = AssessmentQueue(limits: .init(waiting: 1000, batch: 7), judge: ServingExamples.judge)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let texts = (0...(number % 3)).map { (number + $0) % 2 == 0 ? "a bomb" : "a cake" }
                    let found = try await queue.assess(texts, until: later).map { try $0.get().harmful }
                    #expect(found == texts.map { $0 == "a bomb" })
                }
            }
            try await group.waitForAll()
        }
        #expect(queue.waiting == 0)
    }

    @Test func oneTextThatFailsDoesNotFailTheOthers() async throws {
        let queue = AssessmentQueue(limits: .init(waiting: 10, batch: 10)) { texts in
            if texts.contains("bad") { throw ModelFailure() }
            return ServingExamples.judge(texts)
        }
        let outcomes = try await queue.assess(["a", "bad", "b"], until: later)
        #expect(outcomes.map { (try? $0.get())?.decision } == [.harmless, nil, .harmless])
        #expect(throws: ModelFailure.self) { try outcomes[1].get() }
    }

    @Test func tooFewVerdictsAreNone() async throws {
        let queue = AssessmentQueue(limits: .init(waiting: 10, batch: 10)) { _ in [] }
        let outcomes = try await queue.assess(["a", "b"], until: later)
        #expect(outcomes.count == 2)
        for outcome in outcomes { #expect(throws: ServiceFault.failed) { try outcome.get() } }
    }

    @Test func aFullQueueRefusesAndGoesOnAfterwards() async throws {
        let started = DispatchSemaphore(value: 0)
        let release = DispatchSemaphore(value: 0)
        let queue = AssessmentQueue(limits: .init(waiting: 2, batch: 1)) { texts in
            started.signal()
            release.wait()
            return ServingExamples.judge(texts)
        }
        async let first = queue.assess(["a"], until: later)
        await withCheckedContinuation { reached in
            DispatchQueue.global().async {
                started.wait()
                reached.resume()
            }
        }
        // "a" is being read, and nothing waits.
        await #expect(throws: ServiceFault.queueFull) { try await queue.assess(["b", "c", "d"], until: later) }
        await #expect(throws: ServiceFault.late) { try await queue.assess(["b"], until: .now) }
        async let second = queue.assess(["b", "c"], until: later)
        for _ in 0..<3 { release.signal() }
        #expect(try await first.count == 1)
        #expect(try await second.count == 2)
        #expect(queue.waiting == 0)
    }

    @Test func whoWaitsTooLongIsToldSoWhileTheModelIsBusy() async throws {
        let release = DispatchSemaphore(value: 0)
        let queue = AssessmentQueue(limits: .init(waiting: 2, batch: 1)) { texts in
            release.wait()
            return ServingExamples.judge(texts)
        }
        // The model gives no answer before the deadline, whenever that is.
        await #expect(throws: ServiceFault.late) {
            try await queue.assess(["a", "b"], until: ContinuousClock.now + .milliseconds(20))
        }
        #expect(queue.waiting == 0)
        for _ in 0..<2 { release.signal() }
        #expect(try await queue.assess(["c"], until: later).count == 1)
    }
}
