import Evaluation
import Testing

@testable import Commands

/// What a progress line says, from counts and seconds alone.
struct ProgressTests {
    private func text(
        _ done: Int, of total: Int, initial: Int = 0, underWay: Double = 0, canEstimate: Bool = false,
        elapsed: Double, note: String = ""
    ) -> String {
        ProgressState(total: total, initial: initial, done: done, underWay: underWay, canEstimate: canEstimate)
            .text("sums", unit: "samples", elapsed: elapsed, note: note)
    }

    @Test func theFirstLineHasNoRateAndNoTime() {
        #expect(text(0, of: 64, elapsed: 0) == "sums ░░░░░░░░░░░░░░░░░░░░ 0% 0/64 samples")
        #expect(text(0, of: 64, elapsed: 30, note: "0 tokens") == "sums ░░░░░░░░░░░░░░░░░░░░ 0% 0/64 samples  0 tokens")
        #expect(text(0, of: 0, elapsed: 0) == "sums ████████████████████ 100% 0/0 samples")
    }

    @Test func finishedUnitsGiveTheTimeThatIsLeft() {
        #expect(text(3, of: 15, elapsed: 2) == "sums ████░░░░░░░░░░░░░░░░ 20% 3/15 samples  1.5/s  0:08 left")
        #expect(text(15, of: 15, elapsed: 10) == "sums ████████████████████ 100% 15/15 samples  1.5/s")
        // What was there before does not count for the rate.
        #expect(
            text(11, of: 15, initial: 10, elapsed: 2) == "sums ██████████████░░░░░░ 73% 11/15 samples  0.5/s  0:08 left"
        )
    }

    @Test func unitsUnderWayCountForTheirParts() {
        #expect(
            text(0, of: 64, underWay: 16, canEstimate: true, elapsed: 10, note: "640 tokens")
                == "sums █████░░░░░░░░░░░░░░░ 25% 0/64 samples  0:30 left  640 tokens")
        #expect(text(0, of: 64, underWay: 1, elapsed: 10) == "sums ░░░░░░░░░░░░░░░░░░░░ 1% 0/64 samples")
        // 32 that end together, of which one is recorded: not 63 times what they took.
        #expect(
            text(1, of: 64, underWay: 31, canEstimate: true, elapsed: 20)
                == "sums ██████████░░░░░░░░░░ 50% 1/64 samples  0.1/s  0:20 left")
        // More than there is cannot be under way.
        let over = ProgressState(total: 4, initial: 0, done: 3, underWay: 9, canEstimate: true)
        #expect(over.reached == 4)
        #expect(over.secondsLeft(elapsed: 5) == 0)
        // A run from elsewhere may have more than was planned.
        #expect(text(6, of: 4, initial: 6, elapsed: 1) == "sums ████████████████████ 100% 6/4 samples")
    }

    @Test func durations() {
        #expect(ProgressState.duration(0.2) == "0:01")
        #expect(ProgressState.duration(75) == "1:15")
        #expect(ProgressState.duration(3725) == "1:02:05")
        #expect(ProgressState.duration(.infinity) == "99:59:59")
    }

    @Test func samplesUnderWayAreMeasuredByTheLimitUntilOneHasEnded() {
        var samples = SampleProgress(maxTokens: 128)
        #expect(samples.underWay == 0 && !samples.canEstimate)
        samples.decode(GenerationStep(tokens: 32 * 7, activeSamples: 32))
        #expect(!samples.canEstimate)
        samples.decode(GenerationStep(tokens: 32 * 16, activeSamples: 32))
        #expect(samples.canEstimate && samples.underWay == 4 && samples.tokens == 512)
    }

    @Test func endedSamplesTellTheLength() {
        var samples = SampleProgress(maxTokens: 128)
        samples.decode(GenerationStep(tokens: 320, endedSamples: 8, endedTokens: 160, activeSamples: 8))
        // 320 tokens for 8 that ended: 40 for each; those under way have 160.
        #expect(samples.expectedTokens == 40)
        #expect(samples.underWay == 8 + 4)
        // One that ends early among many does not make the others short.
        samples.decode(GenerationStep(tokens: 160, endedSamples: 1, endedTokens: 5, activeSamples: 31))
        #expect(samples.expectedTokens == 128)
    }

    @Test func recordedSamplesAreNotCountedTwice() {
        var samples = SampleProgress(maxTokens: 10)
        samples.decode(GenerationStep(tokens: 36, activeSamples: 4))
        #expect(abs(samples.underWay - 3.6) < 1e-12)
        for _ in 0..<3 { samples.finish(record(ids: 10)) }
        #expect(abs(samples.underWay - 0.6) < 1e-12)
        #expect(samples.tokens == 36)
        samples.finish(record(ids: 10))
        #expect(samples.underWay == 0 && samples.tokens == 40)
        // Neither a chosen option nor a prompt that failed was decoded.
        samples.decode(GenerationStep(tokens: 45, endedSamples: 4, endedTokens: 40, activeSamples: 1))
        samples.finish(record(ids: 2, finish: "choice"))
        samples.finish(record(ids: 0, finish: "error", error: "does not fit"))
        #expect(samples.underWay == 0.5 && samples.tokens == 47)
    }

    @Test func tokensAreShownWithTheirRate() {
        let state = ProgressState(total: 4, done: 1, tokens: 90)
        #expect(
            state.text("steer", unit: "replies", elapsed: 2)
                == "steer █████░░░░░░░░░░░░░░░ 25% 1/4 replies  0.5/s  0:06 left  90 tokens, 45.0 tokens/s")
        #expect(
            ProgressState(total: 4, tokens: 0).text("steer", unit: "replies", elapsed: 0)
                == "steer ░░░░░░░░░░░░░░░░░░░░ 0% 0/4 replies  0 tokens, 0.0 tokens/s")
    }

    /// Two runs of a generator, each of which counts from 0: plain replies, then steered ones.
    @Test func repliesOfSeveralRunsAreCountedOn() {
        var progress = ReplyProgress("steer", total: 4, maxTokens: 10, isTerminal: false)
        progress.beginRun()
        progress.decode(GenerationStep(tokens: 8, activeSamples: 2))
        #expect(progress.samples.tokens == 8 && abs(progress.samples.underWay - 0.8) < 1e-12)
        for _ in 0..<2 { progress.finish(tokens: 10) }
        progress.decode(GenerationStep(tokens: 20, endedSamples: 2, endedTokens: 20))
        #expect(progress.samples.tokens == 20 && progress.samples.underWay == 0)
        progress.beginRun()
        progress.decode(GenerationStep(tokens: 4, activeSamples: 2))
        #expect(progress.samples.tokens == 24 && abs(progress.samples.underWay - 0.4) < 1e-12)
        #expect(progress.samples.canEstimate && progress.samples.expectedTokens == 10)
    }

    private func record(ids: Int, finish: String = "stop", error: String? = nil) -> SampleRecord {
        SampleRecord(
            promptIndex: 0, promptSet: "s", promptID: "p", label: nil, category: nil, sampleIndex: 0, promptIDs: [],
            ids: Array(repeating: 1, count: ids), logProbabilities: Array(repeating: 0, count: ids), text: "",
            finish: finish, error: error, scores: [])
    }
}
