internal import CKernels
internal import Foundation

/// Cosines and sines of rotary position embeddings, for every position of a context.
public final class RotaryTable: Sendable {
    /// Which components are turned together.
    public enum Pairing: String, Codable, Sendable {
        /// (0, 1), (2, 3), …: GGUF's `llama` layout.
        case interleaved
        /// (i, i + half): the layout of Hugging Face checkpoints.
        case halves
    }

    public let headDimension: Int
    public let rotatedDimension: Int
    public let pairing: Pairing
    let cosines: Matrix
    let sines: Matrix

    /// - Parameters:
    ///   - base: `rope_theta`.
    ///   - frequencyDivisors: one for each pair (`rope_freqs.weight` of Llama 3.1); nil for none.
    ///
    /// Frequencies and angles are rounded to float32 as the reference implementation does, so that late positions agree
    /// with it.
    public init(
        headDimension: Int,
        rotatedDimension: Int,
        base: Float,
        pairing: Pairing,
        contextLength: Int,
        frequencyDivisors: [Float]? = nil
    ) {
        precondition(rotatedDimension % 2 == 0 && rotatedDimension <= headDimension, "\(rotatedDimension) rotated")
        self.headDimension = headDimension
        self.rotatedDimension = rotatedDimension
        self.pairing = pairing
        let pairs = rotatedDimension / 2
        cosines = Matrix(rows: contextLength, columns: pairs)
        sines = Matrix(rows: contextLength, columns: pairs)
        for pair in 0..<pairs {
            let exponent = Float(2 * pair) / Float(rotatedDimension)
            let frequency = 1 / Float(pow(Double(base), Double(exponent))) / (frequencyDivisors?[pair] ?? 1)
            for position in 0..<contextLength {
                let angle = Double(Float(position) * frequency)
                unsafe cosines.pointer[position * pairs + pair] = Float(cos(angle))
                unsafe sines.pointer[position * pairs + pair] = Float(sin(angle))
            }
        }
    }

    /// Turns every head of one row, [1, heads * headDimension].
    func rotate(_ x: MatrixSlice, position: Int) {
        let pairs = rotatedDimension / 2
        let cosine = unsafe cosines.row(position).pointer
        let sine = unsafe sines.row(position).pointer
        for head in stride(from: 0, to: x.columnCount, by: headDimension) {
            let start = unsafe x.pointer + head
            switch pairing {
            case .interleaved: unsafe ck_rotate_interleaved(start, cosine, sine, pairs)
            case .halves: unsafe ck_rotate_halves(start, cosine, sine, pairs)
            }
        }
    }
}
