internal import Foundation

/// Memory at an address that vectors like, or nil where the system has none. Not zeroed.
///
/// A large block may lie in huge pages: who walks through it waits less for addresses. Packed weights do not ask for them
/// (``AlignedBytes``): where memory is in pieces, the system may take a second to put them together while a model is loaded.
func allocateAligned(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let hugePage = 1 << 21
    guard let memory = unsafe aligned_alloc(64, (byteCount + 63) / 64 * 64) else { return nil }
    if byteCount >= 2 * hugePage {
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        let begin = (UInt(bitPattern: memory) + page - 1) / page * page
        let end = (UInt(bitPattern: memory) + UInt(byteCount)) / page * page
        // A system without them says no, and nothing is lost.
        if let start = unsafe UnsafeMutableRawPointer(bitPattern: begin) {
            _ = unsafe madvise(start, Int(end - begin), MADV_HUGEPAGE)
        }
    }
    return unsafe memory
}
