import Evaluation
import Foundation
import Resampling
import Testing

@testable import Reports

struct ResamplingReportTests {
    private func tasks(_ level: Int, name: String = "t") -> [VerdictTally] {
        (0..<12).map { index in
            let right = min(8, (level * (index % 4)) / 2)
            let wrong = min(8 - right, index % 3)
            return VerdictTally(
                task: "\(name)\(index)", truePositives: right, falsePositives: wrong, trueNegatives: 8 - right - wrong,
                unscored: index == 0 ? 1 : 0)
        }
    }

    private func generator(
        _ label: String, _ tasks: [VerdictTally], styles: [StyleAdherence] = []
    ) throws -> ResamplingReport.Generator {
        let options = PairAnalysis.Options(shuffles: 50, bootstrap: try Bootstrap(resamples: 100))
        return ResamplingReport.Generator(
            label: label, model: Examples.model, settings: [ReportFact("temperature", "0.8")],
            group: VerdictGroup(modelDigest: Examples.model.digest, settingsDigest: "s", runs: ["run-1"], tasks: tasks),
            analysis: try PairAnalysis(tasks, options: options), styles: styles)
    }

    private func report(_ generators: [ResamplingReport.Generator]) throws -> ResamplingReport {
        ResamplingReport(
            title: "demo", weak: "weak version 1", strong: "strong version 1", generators: generators,
            bootstrap: try Bootstrap(resamples: 100), command: "assay report resampling")
    }

    @Test func pageIsSelfContainedAndHasEveryPart() throws {
        let generators = try (1...4).map { try generator("level \($0)", tasks($0)) }
        let report = try report(generators)
        let page = report.html()
        let reader = try expectSelfContained(page)
        for text in [
            "What the samples say about the claims", "undecided", "level 4", "Best K", "∞", "soundness", "corrected",
            "without both verdicts", "assay report resampling", "run-1", Examples.model.digest,
        ] {
            #expect(reader.text.contains(text), "\(text)")
        }
        #expect(page == report.html() && !page.contains(/\bnan\b/))
        #expect(report.generators.map(\.label).first == "level 4")
    }

    /// A verifier that rejects half of what is right: its completeness is measured, and stands in the table.
    @Test func theTwoTypeTableHasTheCompleteness() throws {
        let tasks = (0..<6).map { index in
            let right = index.isMultiple(of: 2) ? 6 : 2
            return VerdictTally(
                task: "t\(index)", truePositives: right / 2, falsePositives: 1, falseNegatives: right / 2,
                trueNegatives: 7 - right)
        }
        let report = try report([generator("one", tasks)])
        let text = try expectSelfContained(report.html()).text
        #expect(text.contains("completeness C") && text.contains("takes C = 1"))
        #expect(report.json().contains("\"completeness\": 0.5"))
    }

    @Test func ratesOfTheVerifierHaveIntervalsOverTasks() throws {
        let tasks = (0..<10).map { index in
            let fooled = index == 9
            return VerdictTally(
                task: "t\(index)", truePositives: 5, falsePositives: fooled ? 5 : 0, trueNegatives: fooled ? 0 : 5)
        }
        let generator = try generator("one", tasks)
        let rates = try generator.analysis.rates.get()
        #expect(try #require(rates.specificity.lower) < 0.8)
        let report = try report([generator])
        let text = try expectSelfContained(report.html()).text
        #expect(text.contains(/specificity 0\.900 \[0\.[67]/) && text.contains("draw whole tasks"))
        #expect(report.json().contains("specificity_interval"))
    }

    @Test func jsonAndCSVHoldTheFigures() throws {
        let one = try generator("one", tasks(3))
        let report = try report([one])
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any])
        let first = try #require((document["generators"] as? [[String: Any]])?.first)
        let single = try #require(first["single_sample_accuracy"] as? [String: Any])
        #expect(single["value"] as? Double == one.analysis.statistics.singleSampleAccuracy.value)
        #expect((document["claims"] as? [[String: Any]])?.count == 10)
        let lines = report.csv().components(separatedBy: "\r\n")
        #expect(lines.count == 1 + 9 + 1 && lines[0].hasSuffix("reward_c0,reward_c1,reward_c2,reward_c4,reward_c8"))
        #expect(report.tasksCSV().components(separatedBy: "\r\n").count == 14)
        #expect(report.text(width: 60).split(separator: "\n").allSatisfy { $0.count <= 60 })
    }

    @Test func figuresOfTheTextHaveIntervalsAndSizes() throws {
        var one = try generator("one", tasks(3))
        let last = try #require(one.analysis.accuracy.last)
        let text = try report([one]).text()
        for estimate in [one.analysis.statistics.ceiling, last.estimate] {
            let figure = ResamplingReport.figure(estimate)
            #expect(figure.contains("[") && text.contains(figure), "\(figure)")
        }
        let lines = try report([one]).text(width: 80).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("one ") && $0.contains(" 12       96 ") })
        one.analysis.accuracy = []
        let without = try report([one]).text(width: 80).split(separator: "\n")
        #expect(without.contains { $0.hasPrefix("one ") && $0.hasSuffix(" –") })
    }

    @Test func sharesOfStyleHaveTheirNumbers() throws {
        let counts = StyleCounts(
            style: "short", task: "t", truePositives: 731, adheringTruePositives: 5, falsePositives: 412,
            adheringFalsePositives: 2)
        let report = try report([generator("one", tasks(3), styles: StyleAdherence.all([counts]))])
        let page = report.html()
        for cell in ["731", "412"] { #expect(page.contains(">\(cell)</td>"), "\(cell)") }
        #expect(report.json().contains("\"true_positives\": 731"))
    }

    @Test func runsThatLackSamplesAreNamed() throws {
        var report = try report([generator("one", tasks(3))])
        #expect(report.json().contains("\"incomplete_runs\": []"))
        report.incompleteRuns = [try Examples.incompleteRun]
        for output in [report.text(), report.html(), report.json()] {
            #expect(output.contains("Run 00000000 is not finished: 4 of 9 samples are here."))
        }
    }

    @Test func oddReportsAreWhole() throws {
        let zero = (0..<3).map { VerdictTally(task: "z\($0)", truePositives: 0, falsePositives: 0, trueNegatives: 4) }
        let one = [VerdictTally(task: "only", truePositives: 1, falsePositives: 1, trueNegatives: 1)]
        for generators in [[], [try generator("zero", zero)], [try generator("one task", one)]] {
            let report = try report(generators)
            _ = try expectSelfContained(report.html())
            #expect(!report.html().contains(/\bnan\b/) && !report.csv().contains(/\bnan\b/))
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(report.json().utf8)) }
        }
    }

    @Test func hostileNamesCannotGetOut() throws {
        let generators = try (1...3).map { try generator(Hostile.all + "\($0)", tasks($0, name: Hostile.all)) }
        var report = try report(generators)
        report.title = Hostile.all
        report.weak = Hostile.all
        report.command = Hostile.all
        _ = try expectSelfContained(report.html())
        for output in [report.html(), report.text(width: 60), report.csv(), report.tasksCSV(), report.json()] {
            for scalar in ["\u{1B}", "\u{7}", "\u{202E}", "\u{E0041}", "\u{0}"] {
                #expect(!output.unicodeScalars.contains { String($0) == scalar }, "\(scalar.debugDescription)")
            }
        }
    }
}
