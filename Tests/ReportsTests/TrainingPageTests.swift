import Foundation
import Testing

@testable import Reports

struct TrainingPageTests {
    private func step(_ number: Int, loss: Double, accuracy: Double? = nil) -> TrainingPage.Step {
        TrainingPage.Step(
            step: number, loss: loss, gradientNorm: 0.5, learningRate: 3e-4, tokens: 100, seconds: 2,
            accuracy: accuracy)
    }

    private func page(
        _ steps: [TrainingPage.Step], _ evaluations: [TrainingPage.Evaluation] = [], recipe: String = "{}"
    ) -> TrainingPage {
        TrainingPage(
            title: "sft of a <model>", facts: [], recipe: recipe, steps: steps, evaluations: evaluations,
            command: "assay report training")
    }

    @Test func stretchesAreMeansWithinTheirBounds() {
        let values = (1...400).map { CurveChart.Value(step: $0, y: Double($0 % 2 == 0 ? 3 : 1)) }
        let stretches = CurveChart(values: values, yName: "loss").stretches
        #expect(stretches.count == 200)
        #expect(stretches.first == CurveChart.Stretch(step: 1.5, mean: 2, least: 1, largest: 3))
        #expect(stretches.last?.step == 399.5)
        let few = CurveChart(values: [.init(step: 7, y: 2), .init(step: 8, y: .nan)], yName: "loss").stretches
        #expect(few == [CurveChart.Stretch(step: 7, mean: 2, least: 2, largest: 2)])
    }

    @Test func aPageHasACurveForWhatWasMeasured() throws {
        let html = page((1...12).map { step($0, loss: 1 / Double($0)) }, recipe: "{\"data\": \"<b>\"}").html()
        let read = try #require(PageReader.read(html))
        #expect(read.addresses.isEmpty && read.handlers.isEmpty)
        #expect(read.text.contains("12 steps, 1,200 tokens, 50 tokens/s"))
        #expect(read.text.contains("learning rate") && !read.text.contains("Mean over pairs"))
        // The table has the first and the last five, and shows small rates.
        #expect(read.text.contains("0.000300"))
        #expect(read.text.contains("sft of a <model>") && read.text.contains("\"<b>\""))
    }

    /// One step, steps between which nothing lies, values that do not change, and numbers too large to count.
    @Test func extremesAreDrawn() throws {
        for size in Drawing.Size.allCases {
            let chart = CurveChart(values: [.init(step: 1, y: 3e-4), .init(step: 2, y: 3e-4)], yName: "rate")
            let picture = chart.drawing(size).picture(id: "a", title: "b", description: "c", size: size).source
            let labels = picture.components(separatedBy: "</text>").compactMap { $0.split(separator: ">").last }
            let numbers = labels.filter { $0.first?.isNumber == true }
            #expect(numbers.count >= 4 && Set(numbers).count == numbers.count, "\(numbers)")
        }
        var huge = step(Int.max, loss: 1)
        huge.tokens = Int.max
        huge.seconds = 1e-20
        let read = try #require(PageReader.read(page([huge, huge]).html()))
        #expect(read.text.contains("2 steps, "))
    }

    @Test func pairsHaveTheirAccuracy() throws {
        let read = try #require(PageReader.read(page([step(1, loss: 0.7, accuracy: 0.5)]).html()))
        #expect(read.text.contains("Share of pairs whose chosen side has gained more"))
    }

    @Test func stepsWithoutALossAreNamed() throws {
        let broken = [step(1, loss: 2), step(2, loss: .nan), step(3, loss: .infinity)]
        let read = try #require(PageReader.read(page(broken).html()))
        #expect(read.text.contains("2 steps had a loss or gradient that is no number, the first at step 2"))
        let empty = try #require(PageReader.read(page([]).html()))
        #expect(empty.text.contains("No step was recorded."))
    }

    /// A mark for each evaluation in the curve of the same quantity, and a table of them.
    @Test func heldOutExamplesAreDrawn() throws {
        let evaluations = [3, 6].map {
            TrainingPage.Evaluation(step: $0, loss: 40 + Double($0), accuracy: 0.75, margin: -1.5)
        }
        let steps = (1...6).map { step($0, loss: 1 / Double($0), accuracy: 0.5) }
        let html = page(steps, evaluations).html()
        let read = try #require(PageReader.read(html))
        #expect(read.ids.contains("held-out"))
        // Two in the curve of the loss and two in that of the accuracy, wide and compact; none where no step has a margin.
        #expect(html.components(separatedBy: "held out: ").count - 1 == 8)
        #expect(html.components(separatedBy: "held out: 43.00").count - 1 == 2)
        #expect(read.text.contains("Squares: the held-out examples."))
        #expect(read.text.contains("46.00") && read.text.contains("0.750") && read.text.contains("−1.500"))
        let without = try #require(PageReader.read(page(steps).html()))
        #expect(!without.ids.contains("held-out") && !without.text.contains("held-out"))
    }

    /// The axis holds both, and a run of one step too.
    @Test func marksLieWithinThePanel() {
        let chart = CurveChart(
            values: [.init(step: 1, y: 1)], yName: "loss", heldOut: [.init(step: 900, y: 50), .init(step: 5, y: .nan)])
        let source = chart.drawing(.wide).picture(id: "a", title: "b", description: "c", size: .wide).source
        #expect(source.components(separatedBy: "held out: ").count - 1 == 1)
        #expect(source.contains(">50<") && source.contains(">800<"))
    }
}
