internal import CKernels

extension RotaryTable {
    /// Turns every head of one row, [1, heads * headDimension], by minus its angle: the transposed rotation.
    func rotateBack(_ x: MatrixSlice, position: Int, blocks: [Block]) {
        let pairs = frequencies.count
        let block = blocks[position / Self.blockLength]
        let row = position % Self.blockLength
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: max(pairs, 1)) { negated in
            let cosine = unsafe block.cosines.row(row).pointer
            let sine = unsafe block.sines.row(row).pointer
            for pair in 0..<pairs { unsafe negated[pair] = unsafe -sine[pair] }
            for head in stride(from: 0, to: x.columnCount, by: headDimension) {
                let start = unsafe x.pointer + head
                switch pairing {
                case .interleaved: unsafe ck_rotate_interleaved(start, cosine, negated.baseAddress, pairs)
                case .halves: unsafe ck_rotate_halves(start, cosine, negated.baseAddress, pairs)
                }
            }
        }
    }
}
