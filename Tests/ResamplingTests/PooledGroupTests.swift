import Resampling
import Testing

struct PooledGroupTests {
    private func row(
        _ run: String,
        _ task: String,
        _ scored: Int,
        _ correct: Int,
        unscored: Int = 0,
        seed: UInt64? = nil,
        model: String = "m",
        settings: String = "s"
    ) -> TaskCounts {
        TaskCounts(
            run: run, modelDigest: model, settingsDigest: settings, seed: seed, task: task, scored: scored,
            correct: correct, unscored: unscored)
    }

    @Test func runsOfOneGroupAddUpTaskByTask() throws {
        let groups = try PooledGroup.pool([
            row("a", "t2", 10, 3), row("a", "t1", 10, 1, unscored: 2), row("b", "t1", 6, 6, unscored: 1),
        ])
        let group = try #require(groups.first)
        #expect(groups.count == 1)
        #expect(group.runs == ["a", "b"])
        #expect(group.repeatedRuns == [])
        #expect(
            group.tasks == [
                TaskTotal(task: "t1", scored: 16, correct: 7, unscored: 3),
                TaskTotal(task: "t2", scored: 10, correct: 3),
            ])
        #expect(group.scored == 26)
        #expect(group.correct == 10)
        #expect(group.unscored == 3)
    }

    @Test func otherModelsAndOtherSettingsStayApart() throws {
        let groups = try PooledGroup.pool([
            row("a", "t", 10, 3), row("b", "t", 10, 9, model: "n"), row("c", "t", 10, 5, settings: "hot"),
            row("d", "t", 10, 4),
        ])
        #expect(groups.map(\.modelDigest) == ["m", "n", "m"])
        #expect(groups.map(\.settingsDigest) == ["s", "s", "hot"])
        #expect(groups.map(\.runs) == [["a", "d"], ["b"], ["c"]])
        #expect(groups.map(\.correct) == [7, 9, 5])
    }

    /// The same seed gives the same samples, so counting both would show twice the evidence that there is.
    @Test func runsWithOneSeedCountOnce() throws {
        let groups = try PooledGroup.pool([
            row("a", "t", 8, 3, seed: 1), row("b", "t", 16, 5, seed: 1), row("c", "t", 16, 9, seed: 1),
            row("d", "t", 4, 4, seed: 2),
        ])
        let group = try #require(groups.first)
        #expect(group.runs == ["b", "d"])
        #expect(group.repeatedRuns == ["a", "c"])
        #expect(group.tasks == [TaskTotal(task: "t", scored: 20, correct: 9)])
    }

    /// The copy with more grades counts, then the longer one, then the first by id, whatever comes first.
    @Test func theOrderOfRunsDoesNotChooseAmongCopies() throws {
        let copies = [
            [row("a", "t", 0, 0, unscored: 8, seed: 1), row("b", "t", 8, 4, seed: 1)],
            [row("a", "t", 8, 3, seed: 1), row("b", "t", 8, 4, unscored: 2, seed: 1)],
            [row("c", "t", 8, 3, seed: 1), row("b", "t", 8, 4, seed: 1)],
            [row("a", "t", 7, 3, unscored: 9, seed: 1), row("b", "t", 8, 4, seed: 1)],
        ]
        for rows in copies {
            for order in [rows, rows.reversed()] {
                let group = try #require(try PooledGroup.pool(order).first)
                #expect(group.runs == ["b"] && group.repeatedRuns.count == 1)
                #expect(group.scored == 8 && group.correct == 4)
            }
        }
    }

    @Test func theOrderOfRunsDoesNotChooseAmongVerdicts() throws {
        func verdicts(_ run: String, _ tally: VerdictTally) -> RunVerdicts {
            RunVerdicts(run: run, modelDigest: "m", settingsDigest: "s", seed: 1, tally: tally)
        }
        let counted = VerdictTally.counts("t", 3, 1, 0, 4)
        let copies: [[RunVerdicts]] = [
            [verdicts("a", .counts("t", 0, 0, 0, 0, unscored: 8)), verdicts("b", counted)],
            [verdicts("c", .counts("t", 4, 1, 0, 3)), verdicts("b", counted)],
        ]
        for rows in copies {
            for order in [rows, rows.reversed()] {
                let group = try #require(try VerdictGroup.pool(order).first)
                #expect(group.runs == ["b"] && group.tasks == [counted])
            }
        }
    }

    @Test func aRowMayNotComeTwice() {
        #expect(throws: ResamplingError.repeatedTask(run: "a", task: "t")) {
            try PooledGroup.pool([row("a", "t", 8, 3), row("a", "t", 8, 3)])
        }
    }

    @Test(arguments: [(-1, 0, 0), (3, 4, 0), (3, -1, 0), (3, 1, -1)])
    func impossibleCountsAreRefused(scored: Int, correct: Int, unscored: Int) {
        #expect(
            throws: ResamplingError.invalidCounts(task: "t", scored: scored, correct: correct, unscored: unscored)
        ) {
            try PooledGroup.pool([row("a", "t", scored, correct, unscored: unscored)])
        }
    }

    @Test func hugeCountsAreRefusedAndDoNotOverflow() {
        #expect(throws: ResamplingError.tooManySamples(task: "t", samples: .max, limit: 10_000_000)) {
            try PooledGroup.pool([row("a", "t", .max, 1, unscored: 1)])
        }
        #expect(throws: ResamplingError.tooManySamples(task: "t", samples: 12_000_000, limit: 10_000_000)) {
            try PooledGroup.pool([row("a", "t", 6_000_000, 1), row("b", "t", 6_000_000, 1)])
        }
    }

    @Test func nothingGivesNoGroups() throws {
        #expect(try PooledGroup.pool([]).isEmpty)
    }
}
