import Testing

@testable import Hooks

/// Two heads; two positions of the first piece, one of the second, which sees all three.
@Test func piecesOfASquareKeepEachHeadsRowsTogether() {
    var captured = CaptureHook.Captured(shape: [2, 2, 2], values: [1, 0, 2, 3, 10, 0, 20, 30])
    captured.appendSquare(.init(shape: [2, 1, 3], values: [4, 5, 6, 40, 50, 60]), unseen: 0)
    #expect(captured.shape == [2, 3, 3])
    #expect(captured.values == [1, 0, 0, 2, 3, 0, 4, 5, 6, 10, 0, 0, 20, 30, 0, 40, 50, 60])
}

@Test func piecesOfScoresHideWhatComesLater() {
    var captured = CaptureHook.Captured(shape: [1, 1, 1], values: [7])
    captured.appendSquare(.init(shape: [1, 2, 3], values: [1, 2, -.infinity, 3, 4, 5]), unseen: -.infinity)
    #expect(captured.shape == [1, 3, 3])
    #expect(captured.values == [7, -.infinity, -.infinity, 1, 2, -.infinity, 3, 4, 5])
}
