import CKernels
import Testing

/// Every element goes to its place, at sizes around whole tiles, and nothing else is written.
@Test func transposesMoveEveryElement() {
    for rows in [1, 15, 16, 17, 33, 64] {
        for columns in [1, 16, 31, 48] {
            let (inStride, outStride) = (columns + 3, rows + 5)
            let input = (0..<(rows * inStride)).map { Float($0) }
            var output = [Float](repeating: -1, count: columns * outStride)
            unsafe ck_transpose(input, inStride, rows, columns, &output, outStride)
            var expected = [Float](repeating: -1, count: columns * outStride)
            for row in 0..<rows {
                for column in 0..<columns { expected[column * outStride + row] = input[row * inStride + column] }
            }
            #expect(output == expected, "\(rows) x \(columns)")
        }
    }
}
