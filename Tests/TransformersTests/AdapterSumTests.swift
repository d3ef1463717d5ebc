import Foundation
import Tensors
import TestSupport
import Testing

@testable import Transformers

private func adapter(_ seed: UInt64, rank: Int, scale: Float, names: [String]) -> LoRAAdapter {
    var random = SeededGenerator(seed: seed)
    let changes = names.map { name in
        (
            name,
            LoRAAdapter.Change(
                a: Matrix((0..<rank).map { _ in random.floats(7) }),
                b: Matrix((0..<5).map { _ in random.floats(rank) }),
                scale: scale)
        )
    }
    return LoRAAdapter(.huggingFace, changes: Dictionary(uniqueKeysWithValues: changes))
}

/// `scale * b * a`, row by row.
private func dense(_ change: LoRAAdapter.Change) -> [Double] {
    (0..<change.b.rowCount).flatMap { row in
        (0..<change.a.columnCount).map { column in
            (0..<change.a.rowCount).reduce(0.0) { total, index in
                total + Double(change.scale) * Double(change.b.row(row).copy()[index])
                    * Double(change.a.row(index).copy()[column])
            }
        }
    }
}

private func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }

struct AdapterSumTests {
    private let first = adapter(1, rank: 2, scale: 0.5, names: ["x", "y"])
    private let second = adapter(2, rank: 3, scale: -2, names: ["x"])

    @Test func sumsAddWhatEachAdds() throws {
        let sum = try LoRAAdapter.sum([first, second])
        let expected = try zip(dense(#require(first.changes["x"])), dense(#require(second.changes["x"]))).map {
            $0 + $1
        }
        let x = try #require(sum.changes["x"])
        #expect(x.a.rowCount == 5 && sum.changes["y"]?.a.rowCount == 2)
        expectClose(dense(x).map(Float.init), expected.map(Float.init), absolute: 1e-6, relative: 1e-6)
        // At full rank nothing is lost, and ranks are alike.
        let (whole, kept) = try sum.truncated(rank: 5)
        #expect(abs(kept - 1) < 1e-12 && whole.changes["y"]?.a.rowCount == 5)
        expectClose(
            try dense(#require(whole.changes["x"])).map(Float.init), expected.map(Float.init), absolute: 1e-5,
            relative: 1e-5)
        expectClose(
            try dense(#require(whole.changes["y"])).map(Float.init),
            try dense(#require(first.changes["y"])).map(Float.init),
            absolute: 1e-5, relative: 1e-5)
    }

    /// A sum was trained on a model where all its parts were.
    @Test func theModelOfASumIsThatOfAllParts() throws {
        func marked(_ text: String?) -> LoRAAdapter {
            LoRAAdapter(.huggingFace, changes: first.changes, path: nil, baseModel: BaseModelMark(text: text))
        }
        func mark(_ texts: String?...) throws -> String? {
            let sum = try LoRAAdapter.sum(texts.map(marked))
            #expect(try sum.truncated(rank: 1).adapter.baseModel == sum.baseModel)
            return sum.baseModel?.text
        }
        #expect(try mark("1.0 2.0", "1.001 2.0") == "1.0 2.0")
        #expect(try mark("1.0 2.0", "1.5 2.0") == nil)
        #expect(try mark("1.0 2.0", nil) == nil)
        #expect(try mark(nil, "1.0 2.0") == nil)
    }

    /// What is lost is the sum of the smallest squared singular values: no adapter of the rank comes nearer.
    @Test(arguments: 1...4)
    func truncationIsTheNearest(_ rank: Int) throws {
        let sum = try LoRAAdapter.sum([
            adapter(3, rank: 3, scale: 1, names: ["x"]), adapter(4, rank: 2, scale: 3, names: ["x"]),
        ])
        let matrix = dense(try #require(sum.changes["x"]))
        let rows = (0..<5).map { Array(matrix[($0 * 7)..<(($0 + 1) * 7)]) }
        let values = SymmetricEigen(rows.map { x in rows.map { y in zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } } }).values
        let (nearest, kept) = try sum.truncated(rank: rank)
        let change = try #require(nearest.changes["x"])
        #expect(change.a.rowCount == rank && change.b.columnCount == rank)
        let lost = squares(zip(matrix, dense(change)).map { $0 - $1 })
        let smallest = values.dropFirst(rank).reduce(0, +)
        #expect(abs(lost - smallest) < 1e-5 * values[0], "\(lost), \(smallest)")
        #expect(abs(kept - (1 - smallest / values.reduce(0, +))) < 1e-9)
    }

    @Test func nothingStaysNothing() throws {
        let zero = LoRAAdapter(
            .huggingFace,
            changes: ["x": LoRAAdapter.Change(a: Matrix(rows: 2, columns: 7), b: Matrix(rows: 5, columns: 2), scale: 1)]
        )
        let (same, kept) = try LoRAAdapter.sum([zero, zero]).truncated(rank: 2)
        #expect(kept == 1 && same.changes["x"].map(dense) == [Double](repeating: 0, count: 35))
    }

    /// A singular value of what is no number is none: the sum would be all zeros.
    @Test(arguments: [("A", Float.nan), ("A", .infinity), ("B", .nan), ("B", -.infinity)])
    func numbersMustBeFinite(_ half: String, _ number: Float) throws {
        let change = try #require(first.changes["y"])
        (half == "A" ? change.a : change.b).row(1).columns(1..<2).assign([number])
        let sum = try LoRAAdapter.sum([first, second])
        let error = #expect(throws: TransformerError.adapterNotFinite("y lora \(half)")) {
            try sum.truncated(rank: 2)
        }
        #expect(error?.description.contains("\"y lora \(half)\" holds a number that is not finite") == true)
    }

    @Test func shapesMustAgree() {
        var other = second.changes
        other["x"]?.a = Matrix(rows: 3, columns: 6)
        let wrong = LoRAAdapter(.huggingFace, changes: other)
        #expect(throws: TransformerError.shape(tensor: "x", found: [5, 6], expected: [5, 7])) {
            try LoRAAdapter.sum([first, wrong])
        }
    }
}
