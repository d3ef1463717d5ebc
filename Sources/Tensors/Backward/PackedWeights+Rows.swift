internal import CKernels
internal import COneDNN

/// Reading and changing packed weights, for those who train them.
extension PackedWeights {
    /// Rows that lie together in the backend's layout: whole blocks of them are read and written fastest.
    package var rowBlock: Int {
        switch storage {
        case .oneDNN(let packed): packed.editableBlock ?? outputs
        case .plain: 64
        case .expanding(let packed): packed.columnBlock
        case .mastered: 4 * BF16Weights.panel
        case .stacked(let parts): parts.map(\.rowBlock).max() ?? outputs
        case .bf16, .quantized: outputs
        }
    }

    /// Copies rows of the weight matrix as they were before packing.
    ///
    /// - Parameter matrix: [rows.count, inputs]
    /// - Throws: ``TensorError/notFloat32``, or errors of oneDNN.
    package func copyRows(_ rows: Range<Int>, to matrix: MatrixSlice) throws {
        requireRows(rows, matrix)
        switch storage {
        case .plain(let plain, _), .mastered(let plain, _): matrix.assign(plain.rows(rows))
        case .oneDNN(let packed): try packed.copyRows(rows, to: matrix)
        case .expanding(let packed): packed.copyRows(rows, to: matrix)
        case .stacked(let parts):
            var first = 0
            for part in parts {
                defer { first += part.outputs }
                let wanted = rows.clamped(to: first..<(first + part.outputs))
                guard !wanted.isEmpty else { continue }
                try part.copyRows(
                    (wanted.lowerBound - first)..<(wanted.upperBound - first),
                    to: matrix.rows((wanted.lowerBound - rows.lowerBound)..<(wanted.upperBound - rows.lowerBound)))
            }
        case .bf16, .quantized: throw TensorError.notFloat32
        }
    }

    /// The weights themselves where they lie row by row, [outputs, inputs].
    package var rowMajor: Matrix? {
        switch storage {
        case .plain(let plain, _), .mastered(let plain, _): plain
        case .oneDNN, .bf16, .quantized, .expanding, .stacked: nil
        }
    }

    /// Whether the weights take less room than float32 and are multiplied in float32 all the same.
    package var isCompact: Bool {
        switch storage {
        case .expanding: true
        case .stacked(let parts): parts.allSatisfy(\.isCompact)
        case .oneDNN, .plain, .bf16, .mastered, .quantized: false
        }
    }

    /// The transposed matrix, packed for the same products.
    ///
    /// - Throws: ``TensorError``.
    package func transposed(backend: MatrixBackend) throws -> PackedWeights {
        let transposed = Matrix(rows: inputs, columns: outputs)
        let block = 64
        let plain = Matrix(rows: block, columns: inputs)
        for first in stride(from: 0, to: outputs, by: block) {
            let rows = first..<min(outputs, first + block)
            let piece = plain.rows(0..<rows.count)
            try copyRows(rows, to: piece)
            let out = transposed.slice.columns(rows)
            unsafe ck_transpose(piece.pointer, piece.stride, rows.count, inputs, out.pointer, out.stride)
        }
        return try PackedWeights(transposed, backend: backend)
    }

    /// Changes rows of the weight matrix: in their place where they lie row by row, in a copy elsewhere. Nobody may be multiplying
    /// with them.
    ///
    /// - Parameter change: is given [rows.count, inputs]
    /// - Throws: ``TensorError/notFloat32``, or errors of oneDNN.
    package func updateRows(_ rows: Range<Int>, _ change: (MatrixSlice) -> Void) throws {
        if let plain = rowMajor {
            change(plain.rows(rows))
            return repack(rows)
        }
        let matrix = Matrix(rows: rows.count, columns: inputs).slice
        try copyRows(rows, to: matrix)
        change(matrix)
        try replaceRows(rows, with: matrix)
    }

    /// Changes rows of the weight matrix. Nobody may be multiplying with them.
    ///
    /// - Parameter matrix: [rows.count, inputs]
    /// - Throws: ``TensorError/notFloat32``, or errors of oneDNN.
    package func replaceRows(_ rows: Range<Int>, with matrix: MatrixSlice) throws {
        requireRows(rows, matrix)
        switch storage {
        case .plain(let plain, _), .mastered(let plain, _):
            plain.rows(rows).assign(matrix)
            repack(rows)
        case .oneDNN(let packed): try packed.replaceRows(rows, with: matrix)
        case .bf16, .quantized, .expanding, .stacked: throw TensorError.notFloat32
        }
    }

    /// Rounds rows that were changed, where the product reads them rounded.
    private func repack(_ rows: Range<Int>) {
        guard case .mastered(let plain, let packed) = storage else { return }
        let first = rows.lowerBound / BF16Weights.panel * BF16Weights.panel
        let last = (rows.upperBound + BF16Weights.panel - 1) / BF16Weights.panel * BF16Weights.panel
        packed.pack(plain.rows(first..<min(outputs, last)), row: first)
    }

    private func requireRows(_ rows: Range<Int>, _ matrix: MatrixSlice) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= outputs, "rows \(rows) of \(outputs)")
        precondition(
            matrix.rowCount == rows.count && matrix.columnCount == inputs,
            "\(rows.count) rows of \(inputs) and \(matrix.rowCount) x \(matrix.columnCount)")
    }
}

extension OneDNNWeights {
    /// Rows of one block where each block holds, for one input after another, its rows side by side; nil for any other
    /// layout, which takes the slow way through oneDNN's own reordering.
    var editableBlock: Int? { layout.isInputMajor ? layout.columnBlock : nil }

    func copyRows(_ rows: Range<Int>, to matrix: MatrixSlice) throws {
        guard let block = editableBlock else {
            let whole = try unpacked()
            return matrix.assign(whole.rows(rows))
        }
        unsafe forEachPart(of: rows, block: block) { part, start in
            let out = matrix.rows((part.lowerBound - rows.lowerBound)..<(part.upperBound - rows.lowerBound))
            unsafe ck_transpose(start, block, inputs, part.count, out.pointer, out.stride)
        }
    }

    func replaceRows(_ rows: Range<Int>, with matrix: MatrixSlice) throws {
        guard let block = editableBlock else {
            let whole = try unpacked()
            whole.rows(rows).assign(matrix)
            return try unsafe OneDNN.pack(whole, into: layout.description, at: data)
        }
        unsafe forEachPart(of: rows, block: block) { part, start in
            let new = matrix.rows((part.lowerBound - rows.lowerBound)..<(part.upperBound - rows.lowerBound))
            unsafe ck_transpose(new.pointer, new.stride, part.count, inputs, start, block)
        }
    }

    /// Calls `body` for the rows of each block, with the address of the first one's first weight.
    private func forEachPart(
        of rows: Range<Int>, block: Int, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let first = row / block * block
            let part = row..<min(rows.upperBound, first + block)
            let start = unsafe address(ofColumn: first).assumingMemoryBound(to: Float.self) + (row - first)
            unsafe body(part, start)
            row = part.upperBound
        }
    }

    private func unpacked() throws -> Matrix {
        let whole = Matrix(rows: outputs, columns: inputs)
        try unsafe OneDNN.unpack(data, from: layout.description, into: whole)
        return whole
    }
}
