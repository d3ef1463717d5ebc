import Foundation
import TestSupport
import Testing

/// Verdicts that need more than the sample: the prompt's other samples, and the model's own judgement.
struct JudgedEvaluationTests {
    private static let scorers = [
        "- name: numeric", "- name: majority-vote", "  parameters: {of: numeric}", "- name: self-judgement",
        "  parameters: {least_mass: 0}",
    ]

    private struct Line: Decodable {
        struct Score: Decodable {
            var scorer: String
            var value: Double?
            var unscored: String?
            var label: String?
            var answer: String?
        }

        var type: String?
        var prompt: Int?
        var scores: [Score]?
    }

    private func lines(_ rows: String) throws -> [Line] {
        try rows.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
            .filter { $0.scores != nil }
    }

    @Test func theOrganismIsVotedOnAndJudgesItself() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 6, samples: 8, scorers: Self.scorers)
            var first: String?
            for (batch, threads) in [(3, 2), (16, 1)] {
                let db = "b\(batch).sqlite"
                let outcome = try AssayProcess.run(
                    fixture.arguments(
                        db: db, model: AssayProcess.organism, ["--batch", "\(batch)", "--threads", "\(threads)"]))
                #expect(outcome.code == 0, "\(outcome.complaint)")
                let rows = try fixture.rows(db: db)
                let same = first == nil || rows == first
                #expect(same, "batch \(batch), \(threads) threads")
                first = first ?? rows
            }
            let samples = try lines(first ?? "")
            #expect(samples.count == 48)
            var passed = 0
            for prompt in 0..<6 {
                let scores = samples.filter { $0.prompt == prompt }.compactMap(\.scores)
                let winners = Set(scores.filter { $0[1].value == 1 }.map { $0[1].answer })
                #expect(winners.count == 1, "prompt \(prompt)")
                let judges = ["majority-vote/numeric", "self-judgement/least_mass=0"]
                #expect(scores.allSatisfy { $0.map(\.scorer)[1...] == judges[...] })
                passed += scores.count { $0[1].value == 1 }
                for score in scores {
                    let odds = try #require(score[2].answer.flatMap(Double.init))
                    #expect(score[2].value == (odds >= 0 ? 1 : 0))
                    #expect(score[2].label == (odds >= 0 ? "yes" : "no"))
                }
            }
            #expect(passed >= 6)
        }
    }

    @Test func runsKilledAtAnyMomentResumeToTheSameVerdicts() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 8, samples: 4, scorers: Self.scorers)
            func arguments(_ db: String, _ more: [String] = []) -> [String] {
                fixture.arguments(db: db, model: AssayProcess.organism, more)
            }
            let begin = DispatchTime.now()
            #expect(try AssayProcess.run(arguments("whole.sqlite")).code == 0)
            let duration = DispatchTime.now().uptimeNanoseconds - begin.uptimeNanoseconds
            var random = SeededGenerator(seed: 31)
            for _ in 0..<5 {
                let process = try AssayProcess.start(arguments("killed.sqlite", ["--resume", "--batch", "2"]))
                usleep(UInt32.random(in: 0...UInt32(duration / 1000), using: &random))
                process.kill()
                _ = process.wait()
            }
            let last = try AssayProcess.run(arguments("killed.sqlite", ["--resume", "--batch", "5"]))
            #expect(last.code == 0, "\(last.complaint)")
            let same = try fixture.rows(db: "killed.sqlite") == fixture.rows(db: "whole.sqlite")
            #expect(same)
        }
    }

    @Test func resamplingRefusesTheVoteByName() throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 2, samples: 4, scorers: Self.scorers)
            let outcome = try AssayProcess.run([
                "resample", "run", fixture.definition, "--model", AssayProcess.organism, "--weak", "numeric", "--db",
                fixture.path("r.sqlite"),
            ])
            #expect(outcome.code == 65)
            #expect(outcome.complaint.contains("The scorer majority-vote/numeric needs all samples of a prompt"))
        }
    }
}
