internal import Foundation

/// Bytes at an address that vectors like, freed with the object. Not zeroed.
@safe
final class AlignedBytes: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let count: Int

    /// - Precondition: the system has the memory.
    init(_ count: Int) {
        let rounded = (max(count, 1) + 63) / 64 * 64
        guard let memory = unsafe aligned_alloc(64, rounded) else {
            preconditionFailure("no memory for \(count) bytes")
        }
        unsafe pointer = memory
        self.count = count
    }

    deinit { unsafe free(pointer) }
}
