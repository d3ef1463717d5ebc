internal import CKernels

/// Element types of GGUF files that products are computed on as they are. Raw values are the format's own names.
public enum QuantizedType: String, CaseIterable, Hashable, Sendable {
    case q4_0 = "Q4_0"
    case q4_1 = "Q4_1"
    case q5_0 = "Q5_0"
    case q5_1 = "Q5_1"
    case q8_0 = "Q8_0"
    case q4_K = "Q4_K"
    case q5_K = "Q5_K"
    case q6_K = "Q6_K"

    var kernel: ck_quantized_type {
        switch self {
        case .q4_0: CK_Q4_0
        case .q4_1: CK_Q4_1
        case .q5_0: CK_Q5_0
        case .q5_1: CK_Q5_1
        case .q8_0: CK_Q8_0
        case .q4_K: CK_Q4_K
        case .q5_K: CK_Q5_K
        case .q6_K: CK_Q6_K
        }
    }

    /// Bytes of one row of `inputs` elements; nil where the blocks do not fit.
    func rowByteCount(inputs: Int) -> Int? {
        let elements = ck_quantized_block_elements(kernel)
        return inputs % elements == 0 ? inputs / elements * ck_quantized_block_bytes(kernel) : nil
    }
}

/// Quantised blocks of a weight matrix, interleaved for products; as many bytes as in the file, or a little more.
final class QuantizedWeights: Sendable {
    let type: QuantizedType
    let outputs: Int
    let inputs: Int
    let panelByteCount: Int
    let bytes: AlignedBytes

    /// Room for a matrix, [outputs, inputs]; ``pack(_:rows:)`` fills it.
    init(_ type: QuantizedType, outputs: Int, inputs: Int) {
        self.type = type
        self.outputs = outputs
        self.inputs = inputs
        panelByteCount = ck_quantized_panel_bytes(type.kernel, inputs)
        bytes = AlignedBytes((outputs + Self.panel - 1) / Self.panel * panelByteCount)
    }

    static let panel = Int(CK_QUANTIZED_PANEL)

    var byteCount: Int { bytes.count }

    /// Packs the blocks of whole panels of rows, or of the last rows.
    func pack(_ blocks: RawSpan, rows: Range<Int>) {
        guard let rowBytes = type.rowByteCount(inputs: inputs) else {
            preconditionFailure("\(inputs) inputs are no whole blocks of \(type)")
        }
        precondition(rows.lowerBound % Self.panel == 0 && rows.upperBound <= outputs, "rows \(rows) of \(outputs)")
        precondition(blocks.byteCount == rows.count * rowBytes, "\(blocks.byteCount) bytes for \(rows.count) rows")
        unsafe blocks.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            for row in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.panel) {
                unsafe ck_pack_quantized(
                    type.kernel, base + (row - rows.lowerBound) * rowBytes, min(Self.panel, rows.upperBound - row),
                    inputs, address(ofColumn: row))
            }
        }
    }

    /// Where the panel of an output begins, a multiple of ``panel``.
    func address(ofColumn column: Int) -> UnsafeMutableRawPointer {
        unsafe bytes.pointer + column / Self.panel * panelByteCount
    }

    /// Every weight in float32, [outputs, inputs].
    func floats() -> Matrix {
        let matrix = Matrix(rows: outputs, columns: inputs)
        let expanded = Matrix(rows: inputs, columns: Self.panel)
        for first in stride(from: 0, to: outputs, by: Self.panel) {
            unsafe ck_expand_quantized(
                type.kernel, inputs, address(ofColumn: first), expanded.pointer, Self.panel)
            let out = matrix.rows(first..<min(outputs, first + Self.panel))
            unsafe ck_transpose(expanded.pointer, Self.panel, inputs, out.rowCount, out.pointer, out.stride)
        }
        return matrix
    }
}
