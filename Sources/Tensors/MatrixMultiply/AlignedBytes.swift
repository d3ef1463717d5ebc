internal import Foundation

/// Bytes at an address that vectors like, freed with the object. Not zeroed.
@safe
final class AlignedBytes: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let count: Int

    /// - Precondition: the system has the memory.
    init(_ count: Int) {
        guard let memory = unsafe allocateAligned(max(count, 1)) else {
            preconditionFailure("no memory for \(count) bytes")
        }
        unsafe pointer = memory
        self.count = count
    }

    deinit { unsafe free(pointer) }
}
