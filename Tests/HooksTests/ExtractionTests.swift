import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@testable import Hooks

/// Attention scores and patterns of the tiny model, read whole and in pieces.
struct ExtractionTests {
    private static let ids: [Int32] = [3, 17, 8, 44, 29, 5, 61]
    private static let points = [HookPoint(.attentionScores, layer: 1), HookPoint(.pattern, layer: 1)]

    /// - Parameter rows: of one forward pass
    private func extraction(rows: Int) throws -> Extraction {
        let file = try GGUFFile(path: Places.root.appendingPathComponent("fixtures/models/tiny.gguf").path)
        let model = try Transformer(file, backend: .reference, threads: 1)
        var extraction = Extraction(model, points: Self.points + [HookPoint(.embed)], threads: 1)
        extraction.rows = rows
        return extraction
    }

    private func request(_ positions: CaptureHook.Positions) -> Extraction.Request {
        Extraction.Request(ids: Self.ids, positions: positions)
    }

    @Test func piecesOfALongPromptAreHandedOutAsTheyAreRead() throws {
        let whole = try extraction(rows: 512).run([request(.all)])[0]
        let short = Extraction.Request(ids: [9, 2], positions: .all)
        var pieces: [Extraction.SquarePiece] = []
        var rest: [[HookPoint: CaptureHook.Captured]] = []
        try extraction(rows: 3).run([short, request(.all)], onPiece: { pieces.append($0) }, onBatch: { rest += $1 })
        #expect(pieces.map(\.prompt) == [0, 1, 1, 1])
        #expect(pieces.map(\.positions) == [0..<2, 0..<3, 3..<6, 6..<7])
        #expect(rest.count == 2 && rest.allSatisfy { Set($0.keys) == [HookPoint(.embed)] })
        for point in Self.points {
            var joined = try #require(pieces[1].captured[point])
            for piece in pieces[2...] {
                let later = try #require(piece.captured[point])
                #expect(later.shape == [4, piece.positions.count, piece.positions.upperBound])
                joined.appendSquare(later, unseen: point.site.unseen)
            }
            #expect(joined == whole[point], "\(point)")
        }
    }

    /// Rows of scores and patterns are those of the whole, in the order of the positions, whichever piece they came with.
    @Test(arguments: [512, 3])
    func chosenPositionsKeepARowOfEveryHead(_ rows: Int) throws {
        let length = Self.ids.count
        let whole = try extraction(rows: 512).run([request(.all)])[0]
        let chosen = try extraction(rows: rows).run([request(.at([6, 1]))])[0]
        for point in Self.points {
            let found = try #require(chosen[point])
            let all = try #require(whole[point]?.values)
            #expect(found.shape == [2, 4, length])
            let expected = [6, 1].flatMap { position in
                (0..<4).flatMap { head in all[((head * length + position) * length)...].prefix(length) }
            }
            expectIdentical(found.values, expected, "\(point)")
        }
    }
}
