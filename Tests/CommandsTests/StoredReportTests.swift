import Foundation
import TestSupport
import Testing

/// What the reports count of a store, and what they say of runs that do not belong in them.
struct StoredReportTests {
    private typealias Run = ImportedRuns.Run

    private static let right: [Double?] = [1, 1, 1]
    private static let wrong: [Double?] = [1, 0, 0]
    private static let mixed = [[right, wrong, [1, 0, 1], [0, 0, 0]], [right, wrong, right, [0, 0, 1]]]

    private func report(_ arguments: [String], _ runs: ImportedRuns) throws -> AssayProcess.Outcome {
        try AssayProcess.run(arguments + ["--db", runs.db])
    }

    private func resampling(_ runs: ImportedRuns, _ more: [String]) throws -> AssayProcess.Outcome {
        try report(
            ["report", "resampling", "--weak", "weak", "--strong", "strong", "--resamples", "200", "--json"] + more,
            runs
        )
    }

    /// Groups of one evaluation and one model are told apart by what differs, and a refusal says which one it is of.
    @Test func groupsAreNamedByTheirSettings() throws {
        struct Report: Decodable {
            struct Group: Decodable { var label: String }
            var groups: [Group]
        }
        try Places.withTemporaryFolder { folder in
            let runs = try ImportedRuns(
                in: folder,
                [
                    Run(number: 1, temperature: 0.5, grades: Self.mixed), Run(number: 2, grades: Self.mixed),
                    Run(
                        number: 3, model: "other", digest: "c",
                        grades: [Array(Self.mixed[0].prefix(2)), Self.mixed[1]]),
                    Run(number: 4, model: "dated", digest: "d", grades: Self.mixed),
                    Run(number: 5, model: "dated", digest: "d", date: "2024-02-29", grades: Self.mixed),
                ])
            let passK = ["report", "passk", "--scorer", "weak", "--json"]
            let outcome = try report(passK + ["--k", "1"], runs)
            let labels = try Set(outcome.json(Report.self).groups.map(\.label))
            let evaluation = try #require(labels.first?.split(separator: ",").first)
            #expect(
                labels == [
                    "\(evaluation), m, temperature 0.5", "\(evaluation), m, temperature 1", "\(evaluation), other",
                    "\(evaluation), dated, date none", "\(evaluation), dated, date 2024-02-29",
                ])
            let refused = try report(passK + ["--k", "4"], runs)
            #expect(refused.code == 65)
            #expect(refused.complaint.contains("\(evaluation), other: k = 4 needs 4 samples"), "\(refused.complaint)")
        }
    }

    /// Two runs of one seed hold the same samples: each has drawn more of one task. The third has a seed of its own.
    @Test func stylesAreCountedOnceForEachSample() throws {
        struct Report: Decodable {
            struct Style: Decodable { var style: String, right: Double, wrong: Double, false_positives: Int }
            struct Generator: Decodable { var styles: [Style] }
            var generators: [Generator]
        }
        try Places.withTemporaryFolder { folder in
            let (first, second) = (Self.mixed[0], Self.mixed[1])
            let runs = try ImportedRuns(
                in: folder,
                [
                    Run(number: 1, grades: [first, Array(second.prefix(2))]),
                    Run(number: 2, grades: [Array(first.prefix(2)), second]),
                    Run(number: 3, seed: 2, grades: [[Self.right, Self.wrong], [Self.wrong, [1, 1, 0]]]),
                ])
            let outcome = try resampling(runs, ["--style", "style"])
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let styles = try #require(try outcome.json(Report.self).generators.first).styles
            #expect(styles.map(\.style) == ["style"])
            // Wrong ones: two and one of the longest runs, two of the third. One of the five keeps to the style.
            #expect(styles.map(\.false_positives) == [5] && styles.map(\.wrong) == [0.2])
            // Right ones: one, two and two, of which one does not.
            #expect(styles.map(\.right) == [0.8])
        }
    }

    @Test func samplesWithoutAGradeAreReported() throws {
        struct Report: Decodable {
            struct Group: Decodable { var unscored: Int }
            var groups: [Group]
        }
        try Places.withTemporaryFolder { folder in
            let runs = try ImportedRuns(
                in: folder, [Run(number: 1, grades: [[Self.right, [nil, nil, nil]], [Self.wrong, [1, nil, nil]]])])
            let outcome = try report(["report", "passk", "--scorer", "strong", "--k", "1", "--json"], runs)
            #expect(outcome.code == 0, "\(outcome.complaint)")
            #expect(try outcome.json(Report.self).groups.map(\.unscored) == [2])
        }
    }

    @Test func runsThatStoppedEarlyAreLeftOut() throws {
        try Places.withTemporaryFolder { folder in
            let adaptive = Run(number: 2, seed: 2, stopping: "first accepted by weak", grades: Self.mixed)
            let runs = try ImportedRuns(in: folder, [adaptive])
            let correction = [
                "resample", "curve", "--weak", "weak", "--sensitivity", "9/10", "--specificity", "9/10", "--k", "1",
                "--resamples", "200",
            ]
            let commands = [["report", "passk", "--scorer", "strong"], correction]
            for command in commands + [["report", "resampling", "--weak", "weak", "--strong", "strong"]] {
                let none = try report(command, runs)
                #expect(none.code == 66 && none.complaint.contains("stopped sampling a task"), "\(none)")
                let named = try report(command + ["--run", adaptive.id], runs)
                #expect(named.code == 65 && named.complaint.contains("stopped sampling a task"), "\(named)")
            }
            let both = try ImportedRuns(in: folder, [Run(number: 1, grades: Self.mixed)])
            for command in commands {
                let whole = try report(command + ["--json"], both)
                #expect(whole.code == 0, "\(whole.complaint)")
                let one = try report(command + ["--json", "--run", Run(number: 1, grades: []).id], both)
                #expect(Self.figures(whole) == Self.figures(one))
            }
        }
    }

    /// Standard output without the line of the command that made it.
    private static func figures(_ outcome: AssayProcess.Outcome) -> String {
        outcome.output.replacing(/"command": "[^"]*"/, with: "")
    }

    @Test func aRunThatIsNamedTwiceCountsOnce() throws {
        try Places.withTemporaryFolder { folder in
            let run = Run(number: 1, grades: Self.mixed)
            let runs = try ImportedRuns(in: folder, [run])
            let once = try resampling(runs, ["--run", run.id])
            let twice = try resampling(runs, ["--run", run.id, "--run", String(run.id.prefix(8))])
            #expect(twice.code == 0, "\(twice.complaint)")
            #expect(Self.figures(once) == Self.figures(twice))
            let pass = ["report", "passk", "--scorer", "strong", "--json", "--run", run.id]
            #expect(try Self.figures(report(pass, runs)) == Self.figures(report(pass + ["--run", run.id], runs)))
        }
    }

    @Test(arguments: ["1 2", "1,,2", "", "1,2,", "0", "x"])
    func valuesOfKAreWholeNumbers(_ k: String) throws {
        try Places.withTemporaryFolder { folder in
            let runs = try ImportedRuns(in: folder, [Run(number: 1, grades: Self.mixed)])
            let outcome = try report(["report", "passk", "--scorer", "strong", "--k", k], runs)
            #expect(outcome.code == 64, "\(outcome)")
            #expect(outcome.complaint.contains("--k is \"\(k)\"; allowed: whole numbers from 1, separated by commas"))
            #expect(try report(["report", "passk", "--scorer", "strong", "--k", " 1 , 2"], runs).code == 0)
        }
    }

    /// A terminal would obey what a database from elsewhere holds: it is spelled.
    @Test func controlSequencesAreSpelled() throws {
        try Places.withTemporaryFolder { folder in
            let runs = try ImportedRuns(
                in: folder, [Run(number: 1, model: "m\u{1B}[31m\nred\u{202E}", grades: Self.mixed)])
            try runs.take([Self.training(model: "m\u{1B}[31m\nred", losses: [2, 1])])
            let list = try report(["runs", "list"], runs)
            let curves = try report(["report", "training"], runs)
            for outcome in [list, curves] {
                #expect(outcome.code == 0, "\(outcome.complaint)")
                #expect(outcome.output.contains("m⟨U+001B⟩[31m⟨U+000A⟩red"), "\(outcome.output)")
                #expect(!outcome.output.unicodeScalars.contains("\u{1B}"))
            }
            #expect(list.output.split(separator: "\n").count == 1)
        }
    }

    /// The distance between two numbers may be larger than any number.
    @Test func lossesFarApartAreDrawn() throws {
        try Places.withTemporaryFolder { folder in
            let runs = try ImportedRuns(in: folder, [])
            try runs.take([Self.training(model: "m", losses: [1.7e308, -1.7e308, 0])])
            let page = folder.appendingPathComponent("training.html").path
            let outcome = try report(["report", "training", "--html", page], runs)
            #expect(outcome.code == 0, "\(outcome.complaint)")
            let loss = outcome.output.split(separator: "\n").first { $0.hasPrefix("loss") }
            #expect(loss?.hasSuffix("▁▁▁") == true, "\(outcome.output)")
            #expect(FileManager.default.fileExists(atPath: page))
        }
    }

    private static func training(model: String, losses: [Double]) -> [String: Any] {
        let steps = losses.enumerated().map { index, loss in
            [
                "step": index + 1, "loss": loss, "gradientNorm": 1, "learningRate": 1, "tokens": 1, "targets": 1,
                "seconds": 1,
            ] as [String: Any]
        }
        let run: [String: Any] = [
            "id": "00000000-0000-4000-8000-00000000000a", "kind": "sft", "model": model,
            "identity": String(repeating: "a", count: 64), "recipe": "{}", "environment": "e", "status": "finished",
            "startedAt": "2026-01-01T00:00:00Z",
        ]
        return ["type": "training", "run": run, "steps": steps]
    }
}
