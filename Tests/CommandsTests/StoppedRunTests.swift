import Foundation
import TestSupport
import Testing

/// Runs that were stopped before they had all their samples.
struct StoppedRunTests {
    private static let scorers = ["- name: numeric", "- name: includes"]

    /// Calls `body` with an evaluation whose run in `part.sqlite` has 8 of 12 samples.
    private func withStoppedRun(_ body: (EvaluationFixture) throws -> Void) throws {
        try Places.withTemporaryFolder { folder in
            let fixture = try EvaluationFixture(in: folder, prompts: 6, samples: 2, scorers: Self.scorers)
            let whole = try AssayProcess.run(fixture.arguments(db: "whole.sqlite", model: AssayProcess.organism))
            #expect(whole.code == 0, "\(whole.complaint)")
            try fixture.stop(db: "whole.sqlite", after: 8, as: "part.sqlite")
            try body(fixture)
        }
    }

    @Test(arguments: [
        ["passk", "--scorer", "numeric", "--k", "1", "--unscored-as-wrong"],
        ["resampling", "--weak", "includes", "--strong", "numeric", "--resamples", "100"],
    ])
    func reportsNameThem(_ report: [String]) throws {
        try withStoppedRun { fixture in
            let html = fixture.path("report.html")
            for form in [[], ["--json"]] {
                let outcome = try AssayProcess.run(
                    ["report"] + report + ["--db", fixture.path("part.sqlite"), "--html", html] + form)
                #expect(outcome.code == 0, "\(outcome.complaint)")
                let page = try String(contentsOfFile: html, encoding: .utf8)
                for output in [outcome.output, page] {
                    #expect(output.contains("is not finished: 8 of 12 samples are here."))
                }
            }
            let whole = try AssayProcess.run(["report"] + report + ["--db", fixture.path("whole.sqlite")])
            #expect(whole.code == 0 && !whole.output.contains("is not finished"))
        }
    }

    @Test(arguments: [
        ["--strong", "numeric", "--k", "1"], ["--sensitivity", "9/10", "--specificity", "8/10", "--k", "1"],
    ])
    func curvesWarnOfThem(_ more: [String]) throws {
        try withStoppedRun { fixture in
            for (db, isStopped) in [("part.sqlite", true), ("whole.sqlite", false)] {
                let outcome = try AssayProcess.run(
                    ["resample", "curve", "--weak", "includes", "--db", fixture.path(db), "--resamples", "100"] + more)
                #expect(outcome.code == 0 && !outcome.output.isEmpty, "\(outcome.complaint)")
                let warns = outcome.complaint.contains("is not finished: 8 of 12 samples are here.")
                #expect(warns == isStopped, "\(db): \(outcome.complaint)")
            }
        }
    }

    @Test func otherSettingsAreNamedAndNotContinued() throws {
        try withStoppedRun { fixture in
            func run(_ more: [String]) throws -> AssayProcess.Outcome {
                try AssayProcess.run(fixture.arguments(db: "part.sqlite", model: AssayProcess.organism, more))
            }
            let refused = try run(["--resume", "--seed", "6"])
            #expect(refused.code == 65 && refused.output.isEmpty)
            #expect(refused.complaint.contains("the plan has changed: seed. Undo the change, or leave out --resume"))
            #expect(try run(["--resume"]).code == 0)
            let same = try fixture.rows(db: "part.sqlite") == fixture.rows(db: "whole.sqlite")
            #expect(same)
            #expect(try run(["--resume", "--seed", "6"]).code == 0)
        }
    }
}
