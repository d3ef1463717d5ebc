import Checkpoints
import Foundation
import TestSupport
import Testing
import Transformers

@testable import Commands
@testable import Hooks

/// Attention patterns and scores of prompts of 2 and of 3 tokens, two heads.
struct ActivationFileTests {
    private let pattern = HookPoint(.pattern, layer: 0)
    private let scores = HookPoint(.attentionScores, layer: 0)

    private func layout(
        _ lengths: [Int], positions: [String] = ["all"], isText: Bool = false
    ) -> ActivationFile.Layout {
        let configuration = TransformerConfiguration(
            architecture: "llama", modelDimension: 8, layerCount: 1, headCount: 2, keyValueHeadCount: 1,
            headDimension: 4, feedForwardDimension: 16, vocabularySize: 10, contextLength: 32, rotaryBase: 10_000,
            rotaryDimension: 4, normEpsilon: 1e-5)
        return ActivationFile.Layout(
            points: [scores, pattern], positions: positions, lengths: lengths, isText: isText,
            configuration: configuration)
    }

    private func piece(_ prompt: Int, _ positions: Range<Int>, _ values: [Float]) -> Extraction.SquarePiece {
        let captured = CaptureHook.Captured(shape: [2, positions.count, positions.upperBound], values: values)
        return Extraction.SquarePiece(
            prompt: prompt, positions: positions, captured: [pattern: captured, scores: captured])
    }

    @Test func aStoppedFileGoesOnBehindItsLastPrompt() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("a.safetensors").path
            func open() throws -> ActivationFile { try ActivationFile(path: path, layout: layout([2, 3]), key: "k") }
            let first = try open()
            #expect(first.done == 0)
            try first.write(piece(0, 0..<2, [1, 0, 2, 3, 4, 0, 5, 6]))
            try first.write([[:]], from: 0)
            let second = try open()
            #expect(second.done == 1)
            try second.write(piece(1, 0..<2, [10, 0, 11, 12, 20, 0, 21, 22]))
            try second.write(piece(1, 2..<3, [13, 14, 15, 23, 24, 25]))
            try second.write([[:]], from: 1)
            try second.finish()

            let file = try SafetensorsFile(path: path)
            #expect(try file.integers(of: "lengths") == [2, 3])
            #expect(file.tensor(named: "\(pattern)")?.shape == [2 * (4 + 9)])
            let earlier: [Float] = [1, 0, 2, 3, 4, 0, 5, 6]
            expectIdentical(
                try file.floats(of: "\(pattern)"),
                earlier + [10, 0, 0, 11, 12, 0, 13, 14, 15, 20, 0, 0, 21, 22, 0, 23, 24, 25])
            let no = -Float.infinity
            expectIdentical(
                try file.floats(of: "\(scores)"),
                earlier + [10, 0, no, 11, 12, no, 13, 14, 15, 20, 0, no, 21, 22, no, 23, 24, 25])
        }
    }

    @Test func chosenPositionsOfAPromptLieBehindOneAnother() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("a.safetensors").path
            let file = try ActivationFile(path: path, layout: layout([2, 3], positions: ["last"]), key: "k")
            let short = CaptureHook.Captured(shape: [1, 2, 2], values: [1, 2, 3, 4])
            let long = CaptureHook.Captured(shape: [1, 2, 3], values: [5, 6, 7, 8, 9, 10])
            try file.write([[pattern: short, scores: short], [pattern: long, scores: long]], from: 0)
            try file.finish()
            expectIdentical(
                try SafetensorsFile(path: path).floats(of: "\(pattern)"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        }
    }

    @Test func aTextKeepsItsAxes() {
        #expect(layout([3], isText: true).shapes.map(\.shape) == [[2, 3, 3], [2, 3, 3]])
        let last = layout([3], positions: ["t_inst", "last"], isText: true)
        #expect(last.shapes.map(\.shape) == [[1, 2, 2, 3], [1, 2, 2, 3]])
        #expect(!last.isFlat && layout([3]).isFlat)
    }

    @Test func squaresThatNoFileHoldsAreRefused() throws {
        try Places.withTemporaryFolder { folder in
            let path = folder.appendingPathComponent("a.safetensors").path
            #expect(throws: CheckpointError.self) {
                try ActivationFile(path: path, layout: layout([1 << 40, 1 << 40]), key: "k")
            }
        }
    }
}
