import CKernels
import Foundation
import TestSupport
import Testing

@testable import Tensors

/// Lengths around the width of a vector.
private let lengths = [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 576]

@Test(arguments: lengths)
func rowOperationsFollowTheirDefinitions(_ n: Int) {
    var random = SeededGenerator(seed: UInt64(n))
    let a = random.floats(n)
    let b = random.floats(n)
    let x = Matrix([a])
    let y = Matrix([b])
    let out = Matrix(rows: 1, columns: n)
    RowOperations.add(x.slice, y.slice, into: out.slice, threads: 1)
    #expect(out.slice.copy() == zip(a, b).map { $0 + $1 })
    RowOperations.multiply(x.slice, by: y.slice, into: out.slice, threads: 1)
    #expect(out.slice.copy() == zip(a, b).map { $0 * $1 })
    RowOperations.siluMultiply(x.slice, y.slice, into: out.slice, threads: 1)
    let silu = zip(a, b).map { Float(Double($0) / (1 + exp(-Double($0))) * Double($1)) }
    expectClose(out.slice.copy(), silu, absolute: 1e-7, relative: 1e-6)

    let scale = Matrix(rows: 1, columns: 1)
    RowOperations.rmsScale(x.slice, epsilon: 1e-5, into: scale.slice, threads: 1)
    let meanSquare = a.reduce(0) { $0 + Double($1) * Double($1) } / Double(n)
    expectClose(scale.slice.copy(), [Float((meanSquare + 1e-5).squareRoot())], absolute: 0, relative: 1e-6)
    let dot = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    expectClose([RowOperations.dot(x.slice, row: 0, y.slice, row: 0)], [Float(dot)], absolute: 1e-5, relative: 1e-6)
    #expect(RowOperations.maximum(x.slice, row: 0) == a.max())
}

@Test(arguments: lengths)
func activationsAndNormsFollowTheirDefinitions(_ n: Int) {
    var random = SeededGenerator(seed: UInt64(500 + n))
    let a = random.floats(n).map { $0 * 6 }
    let x = Matrix([a])
    let out = Matrix(rows: 1, columns: n)
    let mean = a.reduce(0) { $0 + Double($1) } / Double(n)
    RowOperations.center(x.slice, into: out.slice, threads: 1)
    expectClose(out.slice.copy(), a.map { Float(Double($0) - mean) }, absolute: 2e-6, relative: 1e-6)
    // Far below 0, 1 + erf loses all but the last bits: the error is a few units of 1 times x.
    RowOperations.gelu(x.slice, into: out.slice, threads: 1)
    expectClose(
        out.slice.copy(), a.map { Float(Double($0) / 2 * (1 + erf(Double($0) / 2.0.squareRoot()))) },
        absolute: 1e-6, relative: 1e-6)
    RowOperations.geluTanh(x.slice, into: out.slice, threads: 1)
    let inner = { (x: Double) in (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }
    expectClose(
        out.slice.copy(), a.map { Float(Double($0) / 2 * (1 + tanh(inner(Double($0))))) },
        absolute: 1e-6, relative: 1e-6)
    for cap: Float in [0.5, 3, 50] {
        out.slice.assign(a)
        RowOperations.softCap(out.slice, cap, threads: 1)
        let capped = a.map { Float(Double(cap) * tanh(Double($0) / Double(cap))) }
        expectClose(out.slice.copy(), capped, absolute: 0, relative: 1e-6)
    }
}

private func quickGelu(_ x: Double) -> Double { x / (1 + exp(-1.702 * x)) }

@Test(arguments: lengths)
func cornersAndQuickGeluFollowTheirDefinitions(_ n: Int) {
    var random = SeededGenerator(seed: UInt64(700 + n))
    let (a, dy) = (random.floats(n).map { $0 * 6 }, random.floats(n))
    let (x, dx) = (Matrix([a]), Matrix(rows: 1, columns: n))
    RowOperations.relu(x.slice, into: dx.slice, threads: 1)
    #expect(dx.slice.copy() == a.map { max($0, 0) })
    RowOperations.reluSquared(x.slice, into: dx.slice, threads: 1)
    #expect(dx.slice.copy() == a.map { max($0, 0) * max($0, 0) })
    RowOperations.quickGelu(x.slice, into: dx.slice, threads: 1)
    expectClose(dx.slice.copy(), a.map { Float(quickGelu(Double($0))) }, absolute: 1e-7, relative: 1e-6)
    func gradient(_ function: RowOperations.Function) -> [Float] {
        RowOperations.functionGradient(function, x.slice, Matrix([dy]).slice, into: dx.slice, threads: 1)
        return dx.slice.copy()
    }
    #expect(gradient(.relu) == zip(a, dy).map { $0 > 0 ? $1 : 0 })
    #expect(gradient(.reluSquared) == zip(a, dy).map { $0 > 0 ? 2 * $0 * $1 : 0 })
    let slopes = zip(a, dy).map { x, dy in
        let (low, high) = (quickGelu(Double(x) - 1e-5), quickGelu(Double(x) + 1e-5))
        return Float((high - low) / 2e-5 * Double(dy))
    }
    expectClose(gradient(.quickGelu), slopes, absolute: 1e-6, relative: 1e-5)
}

/// As torch has them: the corner has no slope, what is no number stays none, and nothing overflows.
@Test func cornersAtZeroAndAtTheEnds() {
    let x = Matrix([[0, -0.0, .nan, .infinity, -.infinity, 1e30, -1e30]])
    let dy = Matrix([[Float](repeating: 3, count: 7)])
    let out = Matrix(rows: 1, columns: 7)
    RowOperations.relu(x.slice, into: out.slice, threads: 1)
    #expect(out.slice.copy().map { $0.isNaN ? -1 : $0 } == [0, 0, -1, .infinity, 0, 1e30, 0])
    RowOperations.functionGradient(.relu, x.slice, dy.slice, into: out.slice, threads: 1)
    #expect(out.slice.copy() == [0, 0, 3, 3, 0, 3, 0])
    RowOperations.reluSquared(x.slice, into: out.slice, threads: 1)
    #expect(out.slice.copy().map { $0.isNaN ? -1 : $0 } == [0, 0, -1, .infinity, 0, .infinity, 0])
    RowOperations.quickGelu(x.slice, into: out.slice, threads: 1)
    #expect(out.slice.copy()[5] == 1e30 && out.slice.copy()[6] == 0)
}

@Test func groupsAreNormalizedByThemselves() {
    var random = SeededGenerator(seed: 77)
    let (a, weight) = (random.floats(30), random.floats(10))
    let x = Matrix([a])
    RowOperations.rmsNormalizeGroups(x.slice, epsilon: 1e-5, weight: Matrix([weight]).slice, threads: 1)
    let expected = a.indices.map { index in
        let group = a[(index / 10 * 10)..<(index / 10 * 10 + 10)]
        let square = group.reduce(0) { $0 + Double($1) * Double($1) } / 10
        return Float(Double(a[index]) / (square + 1e-5).squareRoot() * Double(weight[index % 10]))
    }
    expectClose(x.slice.copy(), expected, absolute: 1e-6, relative: 1e-6)
}

@Test(arguments: lengths)
func softmaxAndItsSumAreExactToFloatPrecision(_ n: Int) {
    var random = SeededGenerator(seed: UInt64(1000 + n))
    let logits = random.floats(n).map { $0 * 30 }
    let largest = Double(logits.max() ?? 0)
    let total = logits.reduce(0) { $0 + exp(Double($1) - largest) }
    let x = Matrix([logits])
    #expect(abs(RowOperations.logSumExp(x.slice, row: 0) - (largest + log(total))) < 1e-6)
    var row = logits
    unsafe row.withUnsafeMutableBufferPointer { unsafe ck_softmax($0.baseAddress, n) }
    let expected = logits.map { Float(exp(Double($0) - largest) / total) }
    expectClose(row, expected, absolute: 1e-9, relative: 1e-5)
}

@Test func exponentialsHoldAtTheirEdges() {
    let inputs: [Float] = [
        -.infinity, -200, -104, -87.4, -87.3, -1, -1e-8, 0, 1e-8, 1, 50, 88.7, 88.73, 200, .infinity,
    ]
    let out = Matrix(rows: 1, columns: inputs.count)
    RowOperations.exponential(Matrix([inputs]).slice, row: 0, shift: 0, factor: 1, into: out.slice)
    for (input, output) in zip(inputs, out.slice.copy()) {
        let expected = exp(Double(input))
        if expected < Double(Float.leastNormalMagnitude) {
            #expect(output == 0, "exp(\(input))")
        } else if expected > Double(Float.greatestFiniteMagnitude) {
            #expect(output == .infinity, "exp(\(input))")
        } else {
            #expect(abs(Double(output) / expected - 1) < 2e-7, "exp(\(input)) = \(output)")
        }
    }
}

@Test func everyTaskRunsOnceForAnyNumberOfThreads() {
    for threads in [1, 2, 3, 8] {
        for tasks in [0, 1, 2, 5, 1000] {
            #expect(parallelMap(tasks, threads: threads) { $0 * $0 } == (0..<tasks).map { $0 * $0 })
        }
    }
}

@Test func nestedLoopsDoNotWaitForEachOther() {
    let sums = parallelMap(4, threads: 2) { outer in
        parallelMap(10, threads: 2) { $0 * outer }.reduce(0, +)
    }
    #expect(sums == [0, 45, 90, 135])
}
