/// The product as it is defined, summed in double: what the backends are tested with.
enum ReferenceProduct {
    /// `out[r][o] = sum over i of x[r][i] * weights[o][i]`.
    static func multiply(_ x: MatrixSlice, _ weights: MatrixSlice, into out: MatrixSlice, threads: Int) {
        parallelFor(tasks: x.rowCount, threads: threads) { row, _ in
            x.withRow(row) { input in
                out.withMutableRow(row) { result in
                    for output in 0..<weights.rowCount {
                        var sum = 0.0
                        weights.withRow(output) { weight in
                            for index in 0..<input.count { sum += Double(input[index]) * Double(weight[index]) }
                        }
                        result[output] = Float(sum)
                    }
                }
            }
        }
    }
}
