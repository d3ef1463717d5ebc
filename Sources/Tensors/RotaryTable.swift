internal import CKernels
internal import Foundation
internal import Synchronization

/// Cosines and sines of rotary position embeddings.
///
/// Positions are computed in blocks when first asked for: contexts are longer than most texts.
public final class RotaryTable: Sendable {
    /// Which components are turned together.
    public enum Pairing: String, Codable, Sendable {
        /// (0, 1), (2, 3), …
        case interleaved
        /// (i, i + half): the layout of Hugging Face checkpoints.
        case halves
    }

    /// Cosines and sines of some positions, [positions, pairs].
    struct Block: Sendable {
        let cosines: Matrix
        let sines: Matrix
    }

    public let headDimension: Int
    public let pairing: Pairing
    public let contextLength: Int
    /// Radians per position of each pair.
    public let frequencies: [Float]
    /// What cosines and sines are multiplied with.
    public let magnitude: Float
    private let blocks = Mutex<[Block]>([])

    static let blockLength = 512

    /// Components of a head that are rotated.
    public var rotatedDimension: Int { 2 * frequencies.count }

    /// Angles are rounded to float32 as the reference implementation does, so that late positions agree with it.
    public init(
        headDimension: Int, frequencies: [Float], magnitude: Float = 1, pairing: Pairing, contextLength: Int
    ) {
        precondition(2 * frequencies.count <= headDimension, "\(2 * frequencies.count) rotated of \(headDimension)")
        self.headDimension = headDimension
        self.frequencies = frequencies
        self.magnitude = magnitude
        self.pairing = pairing
        self.contextLength = contextLength
    }

    /// All blocks up to the one that holds `position`, at least.
    func blocks(through position: Int) -> [Block] {
        precondition(position >= 0 && position < contextLength, "position \(position) of \(contextLength)")
        return blocks.withLock { blocks in
            while blocks.count * Self.blockLength <= position {
                blocks.append(makeBlock(first: blocks.count * Self.blockLength))
            }
            return blocks
        }
    }

    private func makeBlock(first: Int) -> Block {
        let pairs = frequencies.count
        let block = Block(
            cosines: Matrix(rows: Self.blockLength, columns: pairs), sines: Matrix(rows: Self.blockLength, columns: pairs))
        for row in 0..<Self.blockLength {
            for pair in 0..<pairs {
                let angle = Double(Float(first + row) * frequencies[pair])
                unsafe block.cosines.pointer[row * pairs + pair] = Float(cos(angle)) * magnitude
                unsafe block.sines.pointer[row * pairs + pair] = Float(sin(angle)) * magnitude
            }
        }
        return block
    }

    /// Turns every head of one row, [1, heads * headDimension].
    func rotate(_ x: MatrixSlice, position: Int, blocks: [Block]) {
        let pairs = frequencies.count
        let block = blocks[position / Self.blockLength]
        let row = position % Self.blockLength
        let cosine = unsafe block.cosines.row(row).pointer
        let sine = unsafe block.sines.row(row).pointer
        for head in stride(from: 0, to: x.columnCount, by: headDimension) {
            let start = unsafe x.pointer + head
            switch pairing {
            case .interleaved: unsafe ck_rotate_interleaved(start, cosine, sine, pairs)
            case .halves: unsafe ck_rotate_halves(start, cosine, sine, pairs)
            }
        }
    }
}
