internal import COpenBLAS

/// One product of plain matrices, either of them read transposed.
struct PlainProduct: Sendable {
    var a: MatrixSlice
    var aTransposed: Bool
    var b: MatrixSlice
    var bTransposed: Bool
    var out: MatrixSlice
    /// Whether the product is added to what `out` holds.
    var adding: Bool

    /// Length of each sum.
    var depth: Int { aTransposed ? a.rowCount : a.columnCount }

    func executeOpenBLAS() {
        unsafe cob_multiply(
            aTransposed, bTransposed, out.rowCount, out.columnCount, depth, a.pointer, a.stride, b.pointer, b.stride,
            adding, out.pointer, out.stride)
    }

    /// As it is defined, summed in double: what the backends are tested with.
    func executeReference() {
        for row in 0..<out.rowCount {
            for column in 0..<out.columnCount {
                var sum = 0.0
                for index in 0..<depth {
                    let left =
                        unsafe aTransposed ? a.pointer[index * a.stride + row] : a.pointer[row * a.stride + index]
                    let right =
                        unsafe bTransposed ? b.pointer[column * b.stride + index] : b.pointer[index * b.stride + column]
                    sum += Double(left) * Double(right)
                }
                let place = unsafe out.pointer + row * out.stride + column
                unsafe place.pointee = adding ? place.pointee + Float(sum) : Float(sum)
            }
        }
    }
}
