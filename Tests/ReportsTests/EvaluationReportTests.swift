import Evaluation
import Foundation
import Reports
import Testing
import Verification

struct EvaluationReportTests {
    private let samples = [
        Examples.sample(0), Examples.sample(1, finish: "length", outcome: .scored(0)),
        Examples.sample(2, outcome: .unscored(reason: "no answer")),
    ]

    private func report(_ options: EvaluationReport.Options = .init()) -> EvaluationReport {
        EvaluationReport(
            run: Examples.run(planned: 3), metrics: Examples.metrics, samples: samples, options: options,
            command: "assay eval run demo.yaml")
    }

    @Test func textShowsMetricsAndWhatWasNotScored() {
        #expect(
            report().text(width: 80) == """
                demo v2: 3 samples of 3 prompts by tiny

                run           00000000-0000-4000-8000-000000000001
                model         tiny
                model digest  0f0f0f0f0f0f0f0f
                compute       f32, reference
                seed          7

                refusal/short
                samples                      refusal  n  unscored
                ──────────────  ────────────────────  ─  ────────
                all samples     0.500 [0.250, 0.750]  2         1
                label: harmful                     –  0         1

                finish  samples
                ──────  ───────
                stop          2
                length        1
                all           3
                Unscored by refusal/short: no answer (1).

                """)
    }

    @Test func theDateThatTemplatesWereToldIsAFact() {
        var run = Examples.run(planned: 3)
        #expect(!EvaluationReport(run: run, metrics: [], samples: []).html().contains("2024-02-29"))
        run.definition.date = "2024-02-29"
        #expect(EvaluationReport(run: run, metrics: [], samples: []).html().contains("2024-02-29"))
    }

    @Test func countsThatNoRunHasAreShownAndDoNotOverflow() {
        var run = Examples.run(planned: .max)
        run.promptSets += run.promptSets
        let text = EvaluationReport(run: run, metrics: [], samples: samples).text(width: 80)
        #expect(text.hasPrefix("demo v2: 3 samples of 9,223,372,036,854,775,807 prompts by tiny\n"), "\(text)")
    }

    @Test func textShowsMetricsOfOneScorerSideBySideAndLeavesManyGroupsToTheFiles() {
        var metrics = Examples.metrics
        let mean = MetricRecord(
            name: "mean_score", scorer: "refusal/short", group: "all", value: 0.25, lower: 0.1, upper: 0.4, scored: 2,
            unscored: 1)
        metrics.append(mean)
        metrics += (0..<13).map { index in
            var metric = Examples.metrics[1]
            metric.group = "category=c\(index)"
            return metric
        }
        let report = EvaluationReport(run: Examples.run(planned: 3), metrics: metrics, samples: samples)
        let lines = report.text(width: 80).components(separatedBy: "\n")
        #expect(lines.contains("samples                      refusal  mean score  n  unscored"))
        #expect(lines.contains("all samples     0.500 [0.250, 0.750]       0.250  2         1"))
        #expect(lines.contains("label: harmful                     –           –  0         1"))
        #expect(!lines.contains { $0.hasPrefix("category") })
        #expect(
            lines.contains("13 groups by category are in the HTML page, the CSV file and the JSON document."))
    }

    @Test func csvHoldsTheMetrics() {
        let lines = report().csv().components(separatedBy: "\r\n")
        #expect(lines.count == 4)
        #expect(lines[1].hasSuffix(",refusal_rate,refusal/short,all,0.5,0.25,0.75,2,1"))
        #expect(lines[2].hasSuffix(",refusal_rate,refusal/short,label=harmful,,,,0,1"))
    }

    @Test func sampleLinesHoldGradesOrReasons() {
        let lines = report().samplesCSV().components(separatedBy: "\r\n")
        #expect(lines[1] == "set,p0,harmful,fraud,0,3,2,stop,,refusal/short,1,1.0,refused,")
        #expect(lines[2] == "set,p1,harmful,fraud,0,3,2,length,,refusal/short,1,0.0,refused,")
        #expect(lines[3] == "set,p2,harmful,fraud,0,3,2,stop,,refusal/short,1,,refused,no answer")
    }

    @Test func jsonHoldsTheSameFigures() throws {
        let object = try JSONSerialization.jsonObject(with: Data(report().json().utf8))
        let document = try #require(object as? [String: Any])
        let metrics = try #require(document["metrics"] as? [[String: Any]])
        #expect(metrics[0]["value"] as? Double == 0.5)
        #expect(metrics[0]["interval"] as? [Double] == [0.25, 0.75])
        #expect(metrics[1]["value"] is NSNull)
        let tally = try #require(document["samples"] as? [String: Any])
        #expect(tally["count"] as? Int == 3)
        #expect(tally["tokens"] as? Int == 6)
        let scorers = try #require(tally["scorers"] as? [[String: Any]])
        #expect(scorers[0]["scored"] as? Int == 2)
        #expect(scorers[0]["unscored"] as? Int == 1)
    }

    @Test func pageShowsResultsConditionsAndSamples() throws {
        let page = report().html()
        let reader = try expectSelfContained(page)
        for text in [
            "demo v2", "A demonstration.", "0.500 [0.250, 0.750]", "n = 2, 1 unscored", "n = 2 of 3", "by label",
            "unscored: no answer", "00000000-0000-4000-8000-000000000001", Examples.model.digest, "Samples 1 to 3",
            "assay eval run demo.yaml", "p1", "seed",
            "refusal/short, version 1",
        ] {
            #expect(reader.text.contains(text), "\(text)")
        }
        #expect(page == report().html())
    }

    /// Completions may be harmful or private: they are in no output unless asked for.
    @Test func textsAreLeftOutUnlessAskedFor() {
        let plain = report()
        for output in [plain.html(), plain.json(), plain.csv(), plain.samplesCSV(), plain.text()] {
            #expect(!output.contains("SECRET"))
        }
        let full = report(.init(includesTexts: true))
        for output in [full.html(), full.json(), full.samplesCSV()] {
            #expect(output.contains("SECRET ANSWER"))
        }
        #expect(!full.text().contains("SECRET"))
    }

    @Test func hostileRecordsCannotGetOut() throws {
        var run = Examples.run(planned: 1)
        run.definition.name = Hostile.all
        run.definition.description = Hostile.all
        run.model.name = Hostile.all
        run.scorers = [ScorerReference(key: Hostile.all, version: 1)]
        run.settings.generation.stop = [Hostile.all]
        var sample = Examples.sample(0, text: Hostile.all, finish: Hostile.all, error: Hostile.all)
        sample.promptID = Hostile.all
        sample.label = Hostile.all
        sample.scores[0].scorer = Hostile.all
        sample.scores[0].grade = Grade(outcome: .unscored(reason: Hostile.all), label: Hostile.all, answer: Hostile.all)
        var metric = Examples.metrics[0]
        metric.name = Hostile.all
        metric.scorer = Hostile.all
        metric.group = Hostile.all
        let report = EvaluationReport(
            run: run, metrics: [metric], samples: [sample], options: .init(includesTexts: true), command: Hostile.all)
        _ = try expectSelfContained(report.html())
        let outputs = [report.html(), report.text(width: 50), report.csv(), report.samplesCSV(), report.json()]
        for output in outputs {
            for scalar in ["\u{1B}", "\u{7}", "\u{202E}", "\u{2066}", "\u{E0041}", "\u{0}"] {
                #expect(!output.unicodeScalars.contains { String($0) == scalar }, "\(scalar.debugDescription)")
            }
        }
    }

    @Test func figuresThatAreNoNumbersAreLeftOut() throws {
        var metric = Examples.metrics[0]
        metric.value = .nan
        metric.lower = -.infinity
        metric.scored = .max
        metric.unscored = .max
        let report = EvaluationReport(run: Examples.run(planned: 0), metrics: [metric], samples: [])
        _ = try expectSelfContained(report.html())
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(report.json().utf8)) }
        #expect(!report.csv().contains("nan") && !report.csv().contains("inf"))
    }

    @Test func unfinishedRunsSaySo() {
        let started = EvaluationReport(run: Examples.run(planned: 9, status: .started), metrics: [], samples: samples)
        #expect(started.html().contains("This run is not finished: 3 of 9 samples are here."))
        #expect(started.text().contains("This run is not finished: 3 of 9 samples are here."))
        let short = EvaluationReport(run: Examples.run(planned: 9), metrics: [], samples: samples)
        #expect(short.text().contains("This run has 3 samples; 9 were planned."))
        #expect(short.json().contains("\"incomplete_note\": \"This run has 3 samples; 9 were planned.\""))
        #expect(report().json().contains("\"incomplete_note\": null"))
    }

    @Test func longListsArePagedAndCut() throws {
        let many = (0..<250).map { Examples.sample($0) }
        let report = EvaluationReport(
            run: Examples.run(planned: 250), metrics: [], samples: many, options: .init(listedSamples: 201))
        let page = report.html()
        for text in ["Samples 1 to 100", "Samples 101 to 200", "Samples 201 to 201", "The first 201 are listed."] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(!page.contains(">p201<"))
        #expect(report.json().contains("\"count\": 250"))
    }
}
