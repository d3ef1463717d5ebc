import LatentGuard
import Testing

@testable import Commands

struct AssessmentLineTests {
    private let good = AssessmentLine.Outcome.success(ServingExamples.verdict(.harmless))

    private func line(waiting: Int = 8, batch: Int = 3, bytes: Int = 100) -> AssessmentLine {
        AssessmentLine(.init(waiting: waiting, batch: batch, batchBytes: bytes))
    }

    private func slots(_ pairs: [(Int, String)]) -> [AssessmentLine.Slot] {
        pairs.map { AssessmentLine.Slot(request: $0.0, text: $0.1) }
    }

    @Test func textsOfSeveralRequestsAreReadTogetherInOrder() {
        var line = line()
        let found1 = line.admit(1, ["a", "b"])
        #expect(found1)
        let found2 = line.admit(2, ["c", "d"])
        #expect(found2)
        #expect(line.waiting == 4)
        let first = line.take()
        #expect(first == slots([(1, "a"), (1, "b"), (2, "c")]))
        #expect(line.waiting == 1)
        let answered = line.note(first, [good, good, good])
        #expect(answered.map(\.request) == [1])
        #expect(answered.map(\.outcomes.count) == [2])
        let second = line.take()
        #expect(second == slots([(2, "d")]))
        let found3 = line.note(second, [good])
        #expect(found3.map(\.outcomes.count) == [2])
        let found4 = line.take()
        #expect(found4.isEmpty)
        #expect(line.waiting == 0)
    }

    @Test func aFullLineAdmitsNobody() {
        var line = line(waiting: 3)
        let found5 = line.admit(1, ["a", "b"])
        #expect(found5)
        let found6 = line.admit(2, ["c", "d"])
        #expect(!found6)
        #expect(line.waiting == 2)
        let found7 = line.admit(3, ["c"])
        #expect(found7)
        let found8 = line.take()
        #expect(found8 == slots([(1, "a"), (1, "b"), (3, "c")]))
    }

    @Test func longTextsAreReadInSmallerBatches() {
        var line = line(bytes: 4)
        let found9 = line.admit(1, ["long text", "ab", "cd", "e"])
        #expect(found9)
        let found10 = line.take()
        #expect(found10 == slots([(1, "long text")]))
        let found11 = line.take()
        #expect(found11 == slots([(1, "ab"), (1, "cd")]))
        let found12 = line.take()
        #expect(found12 == slots([(1, "e")]))
    }

    @Test func whatIsWithdrawnIsNotRead() {
        var line = line(batch: 1)
        let found13 = line.admit(1, ["a", "b", "c"])
        #expect(found13)
        let found14 = line.admit(2, ["d"])
        #expect(found14)
        let batch = line.take()
        line.withdraw(1)
        line.withdraw(1)
        #expect(line.waiting == 1)
        let found15 = line.note(batch, [good])
        #expect(found15.isEmpty)
        let found16 = line.take()
        #expect(found16 == slots([(2, "d")]))
        let found17 = line.take()
        #expect(found17.isEmpty)
    }

    @Test func namesAreGivenOnce() {
        var line = line()
        var names: Set<Int> = []
        for _ in 0..<100 { names.insert(line.name()) }
        #expect(names.count == 100)
    }
}
