import Evaluation
import Foundation
import Reports
import Resampling
import Testing

struct PassKReportTests {
    private struct Document: Decodable {
        struct Group: Decodable {
            struct Curve: Decodable {
                struct Point: Decodable {
                    var k: Int
                    var estimate: Double
                    var interval: [Double]?
                    var interval_absent: String?
                    var tasks: Int
                    var samples: Int
                }
                var metric: String
                var points: [Point]
            }
            struct Task: Decodable, Equatable {
                var task: String
                var n: Int
                var c: Int
                var unscored: Int
            }
            var label: String
            var model_digest: String
            var runs: [String]
            var unscored: Int
            var curves: [Curve]
            var tasks: [Task]
        }
        var groups: [Group]
        var command: String?
    }

    @Test func jsonHoldsEveryFigureToTheLastDigit() throws {
        let group = try Examples.group("tiny", metrics: PassMetric.allCases)
        let report = PassKReport(title: "demo", groups: [group], command: "assay report passk")
        let document = try JSONDecoder().decode(Document.self, from: Data(report.json().utf8))
        let first = try #require(document.groups.first)
        #expect(first.curves.map(\.metric) == ["pass@k", "pass^k"])
        for (curve, expected) in zip(first.curves, group.curves) {
            #expect(curve.points.map(\.k) == [1, 2, 4])
            for (point, wanted) in zip(curve.points, expected.points) {
                #expect(point.estimate == wanted.estimate)
                #expect(point.tasks == 3)
                #expect(point.samples == 12)
                switch wanted.interval {
                case .bounds(let lower, let upper): #expect(point.interval == [lower, upper])
                case .absent(let reason): #expect(point.interval == nil && point.interval_absent == reason.rawValue)
                }
            }
        }
        #expect(first.curves[0].points[0].estimate == (0.25 + 0.75 + 1) / 3)
        #expect(first.curves[0].points[2].interval_absent == "noSpread")
        #expect(first.runs == ["run-1"])
        #expect(first.unscored == 1)
        #expect(
            first.tasks == [
                .init(task: "a", n: 4, c: 1, unscored: 0), .init(task: "b", n: 4, c: 3, unscored: 1),
                .init(task: "c", n: 4, c: 4, unscored: 0),
            ])
        #expect(document.command == "assay report passk")
    }

    @Test func csvHasALineForEachK() throws {
        let report = PassKReport(title: "demo", groups: [try Examples.group("one"), try Examples.group("two")])
        let lines = report.csv().components(separatedBy: "\r\n")
        #expect(lines.count == 1 + 6 + 1)
        #expect(lines[0].hasPrefix("group,model,model_digest,settings_digest,metric,k,estimate,lower,upper,"))
        #expect(lines[1].hasPrefix("one,tiny,\(Examples.model.digest),settings,pass@k,1,0.6666666666666666,0.25,1.0,,"))
        #expect(lines[1].hasSuffix(",3,12,1,excluded,run-1"))
        #expect(lines[3].hasPrefix("one,tiny,\(Examples.model.digest),settings,pass@k,4,1.0,,,noSpread,0.0,,"))
        #expect(
            report.tasksCSV().components(separatedBy: "\r\n")[1] == "one,\(Examples.model.digest),settings,a,4,1,0")
    }

    @Test func textShowsFiguresSizesAndReasons() throws {
        let report = PassKReport(title: "demo", groups: [try Examples.group("tiny")])
        #expect(
            report.text(width: 100) == """
                demo
                1 group, 3 tasks, 12 scored samples

                tiny: 3 tasks, n = 12, 1 unscored
                k                pass@k
                ─  ────────────────────
                1  0.667 [0.250, 1.000]
                2  0.833 [0.500, 1.000]
                4               1.000 *

                * No interval: all tasks have the same estimate: resampling tasks shows no spread.
                Intervals: 95% percentile bootstrap over tasks, 10,000 resamples, seed 0.
                1 sample could not be scored; it is left out of n.

                """)
    }

    @Test func pageIsSelfContainedAndSaysWhatWasPooled() throws {
        let group = try Examples.group("tiny", metrics: PassMetric.allCases)
        let report = PassKReport(title: "demo", groups: [group], command: "assay report passk --k 1,2,4")
        let page = report.html()
        let reader = try expectSelfContained(page)
        // Two curves and a histogram, each for wide and for narrow screens.
        #expect(reader.elements["svg"] == 6)
        #expect(reader.elements["desc"] == 6)
        #expect(reader.elements["math"] == 2)
        for text in [
            "0.667 [0.250, 1.000]", "run-1", Examples.model.digest, "settings", "temperature", "demo v1",
            "assay report passk --k 1,2,4", "12 scored, 8 right, 1 unscored", "left out of n",
        ] {
            #expect(reader.text.contains(text), "\(text)")
        }
        #expect(page == report.html())
        #expect(!page.contains("Made by assay on"))
    }

    @Test func cardsSayWhatTheirFiguresRestOn() throws {
        let page = PassKReport(title: "demo", groups: [try Examples.group("tiny", grid: [1, 2])]).html()
        #expect(page.contains(">pass@1 · [0.250, 1.000]</div>"))
        #expect(page.contains(">pass@2 · 0.833 [0.500, 1.000]</div>"))
        #expect(page.contains(">3 tasks, n = 12, 1 unscored</div>"))
        let whole = PassKReport(title: "demo", groups: [try Examples.group("tiny")]).html()
        #expect(whole.contains(">pass@4 · 1.000 no interval</div>"))
    }

    @Test func generationTimeIsThereOnlyWhenGiven() throws {
        var report = PassKReport(title: "demo", groups: [try Examples.group("tiny")])
        report.generated = "2025-01-01"
        #expect(report.html().contains("Made by assay on 2025-01-01."))
        #expect(report.json().contains("\"generated\": \"2025-01-01\""))
    }

    @Test func hostileNamesCannotGetOut() throws {
        let counts = [(Hostile.all, 4, 1, 0), ("b", 4, 2, 0)]
        var group = try Examples.group(Hostile.all, counts)
        group.settings.append(ReportFact(Hostile.all, Hostile.all))
        group.pooled.runs = [Hostile.all]
        group.pooled.repeatedRuns = [Hostile.all]
        group.model?.name = Hostile.all
        let report = PassKReport(
            title: Hostile.all, groups: [group], command: Hostile.all, generated: Hostile.all)
        let reader = try expectSelfContained(report.html())
        #expect(reader.text.contains(Hostile.script))
        for output in [report.html(), report.text(width: 60), report.csv(), report.tasksCSV(), report.json()] {
            for scalar in ["\u{1B}", "\u{7}", "\u{202E}", "\u{2066}", "\u{E0041}", "\u{0}", "\u{200B}"] {
                #expect(!output.unicodeScalars.contains { String($0) == scalar }, "\(scalar.debugDescription)")
            }
        }
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(report.json().utf8)) }
    }

    @Test func smallAndOddReportsAreWhole() throws {
        let cases: [[PassKReport.Group]] = [
            [],
            [try Examples.group("one task", [("a", 3, 1, 0)])],
            [try Examples.group("one k", grid: [2])],
            [try Examples.group("no k", grid: [])],
            [try Examples.group("both", [("a", 1, 0, 0)], metrics: PassMetric.allCases)],
            try (0..<6).map { try Examples.group("group \($0)") },
            try (0..<30).map { try Examples.group("group \($0)", metrics: PassMetric.allCases) },
        ]
        for groups in cases {
            let report = PassKReport(title: "odd", groups: groups)
            _ = try expectSelfContained(report.html())
            #expect(report.text(width: 40).split(separator: "\n").allSatisfy { $0.count <= 40 })
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(report.json().utf8)) }
            #expect(!report.html().contains("nan") && !report.csv().contains("nan"))
        }
    }

    @Test func unscoredPolicyIsNamed() throws {
        let pooled = try Examples.pooled([("a", 4, 1, 2), ("b", 4, 3, 0)])
        let curve = try pooled.curve(at: [1], unscored: .countedAsWrong)
        let group = PassKReport.Group(label: "tiny", pooled: pooled, curves: [curve])
        let report = PassKReport(title: "demo", groups: [group])
        #expect(report.text().contains("2 samples could not be scored; they are part of n and count as wrong answers."))
        #expect(report.html().contains("they are part of n and count as wrong answers"))
        #expect(report.csv().contains(",2,wrong,run-1"))
    }

    @Test func runsThatLackSamplesAreNamed() throws {
        let run = try Examples.incompleteRun
        let report = PassKReport(title: "demo", groups: [try Examples.group("tiny")], incompleteRuns: [run])
        for output in [report.text(), report.html(), report.json()] {
            #expect(output.contains("Run 00000000 is not finished: 4 of 9 samples are here."))
        }
        #expect(report.json().contains("\"run\": \"\(run.id)\""))
        #expect(IncompleteRun(Examples.run(planned: 9), found: 9) == nil)
    }

    @Test func longTaskListsAreCutAndSaySo() throws {
        let counts = (0..<30).map { ("task-\($0)", 2, $0 % 3, 0) }
        let report = PassKReport(title: "demo", groups: [try Examples.group("tiny", counts)], listedTasks: 10)
        #expect(report.html().contains("tiny: 30 tasks, the first 10 listed"))
        #expect(!report.html().contains("task-9"))
        #expect(report.tasksCSV().contains("task-9"))
    }
}
