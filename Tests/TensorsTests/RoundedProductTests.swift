import TestSupport
import Testing

@testable import Tensors

/// Products of backward passes in bfloat16, as chains of multiply-adds over rounded numbers.
@Suite struct RoundedProductTests {
    /// The nearest bfloat16, ties to even.
    private func rounded(_ x: Float) -> Float {
        Float(bitPattern: (x.bitPattern + 0x7FFF + (x.bitPattern >> 16 & 1)) & 0xFFFF_0000)
    }

    /// One element: pairs in ascending order, the odd one of a pair first.
    private func chain(_ a: [Float], _ b: [Float], from start: Float) -> Float {
        var sum = start
        for pair in stride(from: 0, to: a.count, by: 2) {
            if pair + 1 < a.count { sum.addProduct(rounded(a[pair + 1]), rounded(b[pair + 1])) }
            sum.addProduct(rounded(a[pair]), rounded(b[pair]))
        }
        return sum
    }

    private func random(_ rows: Int, _ columns: Int, _ generator: inout SeededGenerator) -> [[Float]] {
        (0..<rows).map { _ in (0..<columns).map { _ in Float.random(in: -1...1, using: &generator) } }
    }

    private func column(_ index: Int, of matrix: [[Float]]) -> [Float] { matrix.map { $0[index] } }

    @Test(arguments: [(1, 1, 1), (3, 2, 47), (9, 7, 48), (33, 64, 49), (70, 129, 100), (130, 16, 97)])
    func eachElementIsOneChain(rows: Int, depth: Int, columns: Int) {
        var generator = SeededGenerator(seed: 11)
        let (a, b) = (random(rows, depth, &generator), random(depth, columns, &generator))
        let expected = (0..<rows).flatMap { row in
            (0..<columns).map { chain(a[row], column($0, of: b), from: 0) }
        }
        for threads in 1...3 {
            let out = Matrix(rows: rows, columns: columns)
            RoundedProducts(threads: threads).multiply(Matrix(a).slice, Matrix(b).slice, into: out.slice)
            #expect(out.slice.copy() == expected, "\(threads) threads")
        }
    }

    @Test(arguments: [(1, 1, 1), (3, 2, 47), (50, 9, 48), (130, 33, 60), (300, 200, 97)])
    func theGradientOfWeightsGrows(rows: Int, depth: Int, columns: Int) {
        var generator = SeededGenerator(seed: 12)
        let (a, b) = (random(depth, rows, &generator), random(depth, columns, &generator))
        let start = random(rows, columns, &generator)
        for (threads, adding) in [(1, true), (2, true), (3, true), (2, false)] {
            let expected = (0..<rows).flatMap { row in
                (0..<columns).map { chain(column(row, of: a), column($0, of: b), from: adding ? start[row][$0] : 0) }
            }
            let out = Matrix(start)
            RoundedProducts(threads: threads).multiplyTransposed(
                Matrix(a).slice, Matrix(b).slice, into: out.slice, adding: adding)
            #expect(out.slice.copy() == expected, "\(threads) threads")
        }
    }

    /// A packed matrix serves several products, and a smaller one takes its place.
    @Test func panelsAreUsedAgain() {
        var generator = SeededGenerator(seed: 13)
        let panels = RoundedPanels()
        let products = RoundedProducts(threads: 2)
        for (depth, columns) in [(40, 100), (3, 5), (64, 50)] {
            let b = Matrix(random(depth, columns, &generator))
            panels.pack(b.slice, threads: 2)
            for rows in [1, 4] {
                let a = Matrix(random(rows, depth, &generator))
                let (packed, plain) = (Matrix(rows: rows, columns: columns), Matrix(rows: rows, columns: columns))
                products.multiply(a.slice, panels, into: packed.slice)
                products.multiply(a.slice, b.slice, into: plain.slice)
                #expect(packed.slice.copy() == plain.slice.copy())
            }
        }
    }
}
