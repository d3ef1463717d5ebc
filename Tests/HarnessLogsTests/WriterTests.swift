import Evaluation
import Foundation
import Testing
import Verification

@testable import HarnessLogs

struct WriterTests {
    private func run() -> RunRecord {
        RunRecord(
            id: "00000000-0000-4000-8000-000000000001",
            definition: EvaluationDefinition(name: "demo", version: 1, description: "", prompts: [], scorers: []),
            model: ModelIdentity(
                name: "tiny", digest: String(repeating: "0", count: 64), architecture: "llama", templateDigest: nil,
                computeMode: "f32", backend: "reference"),
            promptSets: [PromptSetReference(name: "set", digest: "d", format: "jsonl", promptCount: 2)],
            scorers: [ScorerReference(key: "weak", version: 1), ScorerReference(key: "strong", version: 1)],
            plannedSamples: 4, settings: RunSettings(generation: GenerationSettings(samples: 2)),
            environment: RunEnvironment(assayVersion: "0", cpu: "c", threads: 1, batch: 1), status: .finished,
            startedAt: "2025-01-01T00:00:00Z", finishedAt: "2025-01-01T00:01:00Z")
    }

    private func sample(_ id: String, _ index: Int, _ weak: Outcome, _ strong: Outcome) -> SampleRecord {
        SampleRecord(
            promptIndex: id == "a/1" ? 0 : 1, promptSet: "set", promptID: id, label: nil, category: nil,
            sampleIndex: index, promptIDs: [], ids: [], logProbabilities: [], text: "return \"é\"\n\u{1}",
            finish: "stop",
            error: nil,
            scores: [
                ScoreRecord(scorer: "weak", version: 1, grade: Grade(outcome: weak)),
                ScoreRecord(scorer: "strong", version: 1, grade: Grade(outcome: strong)),
            ])
    }

    private var samples: [SampleRecord] {
        [
            sample("a/1", 0, .scored(1), .scored(1)), sample("a/1", 1, .scored(1), .scored(0)),
            sample("b", 0, .scored(0), .scored(0)), sample("b", 1, .unscored(reason: "timeout"), .scored(0)),
        ]
    }

    @Test func evalPlusFilesComeBackAsTheyWere() throws {
        let writer = try EvalPlusWriter(run(), samples, weak: "weak", strong: "strong")
        let results = try HarnessReader.read([
            HarnessFile(name: "r.json", bytes: Array(writer.resultsText().utf8))
        ])
        #expect(results.tasks == ["a/1", "b"])
        #expect(
            results.samples.map { $0.grades.map(\.outcome) } == [
                [.scored(1), .scored(1)], [.scored(1), .scored(0)], [.scored(0), .scored(0)],
            ])
        #expect(writer.unscored == 1)
        #expect(results.samples[0].text == "return \"é\"\n\u{1}")
        let texts = try HarnessReader.read([HarnessFile(name: "s.jsonl", bytes: Array(writer.samplesText().utf8))])
        #expect(texts.samples.count == 4)
        #expect(throws: HarnessError.self) { try EvalPlusWriter(run(), samples, weak: "other", strong: "strong") }
    }

    /// What the form cannot say is refused where it would become another verdict, and counted where it reads back as one.
    @Test func verdictsThatEvalPlusCannotHoldAreTold() throws {
        let alone = [sample("b", 0, .scored(0), .scored(1)), sample("b", 1, .scored(1), .scored(1))]
        let writer = try EvalPlusWriter(run(), alone, weak: "weak", strong: "strong")
        #expect(writer.strongAlone == 1 && writer.unscored == 0)
        #expect(try EvalPlusWriter(run(), samples, weak: "weak", strong: "strong").strongAlone == 0)
        let results = try HarnessReader.read([HarnessFile(name: "r.json", bytes: Array(writer.resultsText().utf8))])
        #expect(results.samples[0].grades.map(\.outcome) == [.scored(0), .scored(0)])
        for (grades, scorer) in [([Outcome.scored(1), .scored(0.5)], "strong"), ([.scored(0.5), .scored(1)], "weak")] {
            #expect(throws: HarnessError.fractional(scorer: scorer, task: "b", samples: 1)) {
                try EvalPlusWriter(
                    run(), samples + [sample("b", 2, grades[0], grades[1])], weak: "weak", strong: "strong")
            }
        }
    }

    /// Ids are unique within a prompt set only.
    @Test func promptsOfSeveralSetsStayApart() throws {
        var run = run()
        run.promptSets.append(PromptSetReference(name: "other", digest: "e", format: "jsonl", promptCount: 1))
        var second = sample("b", 0, .scored(1), .scored(1))
        second.promptSet = "other"
        let samples = [sample("b", 0, .scored(0), .scored(0)), second]
        let results = try HarnessReader.read([
            HarnessFile(
                name: "r.json",
                bytes: Array(try EvalPlusWriter(run, samples, weak: "weak", strong: "strong").resultsText().utf8))
        ])
        #expect(results.tasks == ["set/b", "other/b"])
        let archive = String(decoding: try InspectLogWriter(run, [], samples).archive(), as: UTF8.self)
        #expect(archive.contains("samples/set%2Fb_epoch_1.json") && archive.contains("samples/other%2Fb_epoch_1.json"))
        #expect(archive.contains("\"samples\":2"))
    }

    @Test func anArchiveThatCannotHoldAllIsRefused() throws {
        let many = (0..<65_600).map { sample("b", $0, .scored(1), .scored(1)) }
        let writer = try InspectLogWriter(run(), [], many)
        #expect(throws: HarnessError.archiveFull(entries: 65_600)) { try writer.archive() }
    }

    @Test func inspectLogsHoldEveryScore() throws {
        let text = try InspectLogWriter(run(), [], samples).json()
        #expect(text.contains("\"value\":NaN") && text.contains("\"explanation\":\"timeout\""))
        let data = Data(text.replacingOccurrences(of: "NaN", with: "null").utf8)
        let log = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(log["version"] as? Int == 2 && log["status"] as? String == "success")
        let rows = try #require(log["samples"] as? [[String: Any]])
        #expect(rows.map { $0["epoch"] as? Int } == [1, 2, 1, 2])
    }

    /// What failed says why, in the words of inspect, and is not among what was completed.
    @Test func failedSamplesCarryTheirError() throws {
        struct Log: Decodable {
            struct Results: Decodable { var total_samples: Int, completed_samples: Int }
            struct Failure: Decodable { var message: String, traceback: String, traceback_ansi: String }
            struct Output: Decodable { var error: String? }
            struct Sample: Decodable { var error: Failure?, output: Output }
            var results: Results
            var samples: [Sample]
        }
        var failed = sample("b", 1, .unscored(reason: "no completion"), .unscored(reason: "no completion"))
        (failed.finish, failed.error, failed.text) = ("error", "no room", "")
        let writer = try InspectLogWriter(run(), [], samples.dropLast() + [failed])
        let log = try JSONDecoder().decode(
            Log.self, from: Data(writer.json().replacingOccurrences(of: "NaN", with: "null").utf8))
        #expect(log.results.total_samples == 4 && log.results.completed_samples == 3)
        #expect(log.samples.map { $0.error?.message } == [nil, nil, nil, "no room"])
        #expect(log.samples.map { $0.output.error } == [nil, nil, nil, "no room"])
        #expect(log.samples[3].error?.traceback == "" && log.samples[3].error?.traceback_ansi == "")
        #expect(
            String(decoding: try writer.archive(), as: UTF8.self).contains(#""completed":true,"error":"no room"}]"#))
    }

    @Test func theLargestIndexIsWrittenToo() throws {
        let writer = try InspectLogWriter(run(), [], [sample("b", .max, .scored(1), .scored(1))])
        #expect(writer.json().contains("\"epoch\":9223372036854775807"))
        #expect(String(decoding: try writer.archive(), as: UTF8.self).contains("b_epoch_9223372036854775807.json"))
    }

    /// CRC-32 of "123456789" is the check value of its definition.
    @Test func archivesHaveTheirChecksums() throws {
        #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
        let archive = try InspectLogWriter(run(), [], samples).archive()
        #expect(Array(archive.prefix(4)) == [0x50, 0x4B, 3, 4])
        #expect(Array(archive.suffix(22).prefix(4)) == [0x50, 0x4B, 5, 6])
        #expect(String(decoding: archive, as: UTF8.self).contains("samples/a%2F1_epoch_1.json"))
        #expect(InspectLogWriter.fileName("..") == "_..")
    }
}
