internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Keys and values of consecutive positions of one sequence, for every layer.
///
/// Filled from the front. Once full, or once shared, it is only read: many sequences may continue one prompt. Memory is
/// taken as positions are written: room for positions that never come costs none.
@safe
public final class KeyValueSegment: @unchecked Sendable {
    public let layerCount: Int
    public let headCount: Int
    public let headDimension: Int
    /// Positions that it can hold.
    public let capacity: Int
    /// Positions that it holds, in every layer.
    public private(set) var count = 0
    /// For each layer and head: [block][headDimension][16].
    private let keys: ZeroPages
    /// For each layer and head: [capacity][paddedDimension].
    private let values: ZeroPages
    /// Elements of one layer and head.
    private let keyStride: Int
    private let valueStride: Int

    /// - Precondition: the counts are at least 0, and the system has the address space.
    public init(layers: Int, heads: Int, headDimension: Int, capacity: Int) {
        layerCount = layers
        headCount = heads
        self.headDimension = headDimension
        self.capacity = capacity
        let block = Int(CK_KEY_BLOCK)
        keyStride = (capacity + block - 1) / block * headDimension * block
        valueStride = capacity * Self.paddedDimension(headDimension)
        keys = ZeroPages(count: layers * heads * keyStride)
        values = ZeroPages(count: layers * heads * valueStride)
    }

    /// Writes the keys and values of a layer from position ``count`` on; ``advance(by:)`` makes them count.
    ///
    /// - Parameters:
    ///   - newKeys: [positions, heads * headDimension], rotated
    ///   - newValues: the same shape
    public func store(layer: Int, keys newKeys: MatrixSlice, values newValues: MatrixSlice, threads: Int = 1) {
        precondition(count + newKeys.rowCount <= capacity, "\(count) + \(newKeys.rowCount) of \(capacity) positions")
        precondition(newKeys.columnCount == headCount * headDimension, "\(newKeys.columnCount) key components")
        precondition(
            newValues.columnCount == newKeys.columnCount && newValues.rowCount == newKeys.rowCount,
            "keys and values differ in shape")
        RowOperations.forEachRow(of: newKeys, threads: threads) { row in
            unsafe store(
                layer: layer, position: count + row, newKeys.address(ofRow: row), newValues.address(ofRow: row))
        }
    }

    private func store(
        layer: Int, position: Int, _ key: UnsafeMutablePointer<Float>, _ value: UnsafeMutablePointer<Float>
    ) {
        for head in 0..<headCount {
            let place = place(layer: layer, head: head)
            let row = unsafe values.pointer + (place * valueStride + position * Self.paddedDimension(headDimension))
            unsafe ck_store_key(
                keys.pointer + place * keyStride, position, key + head * headDimension, headDimension)
            unsafe row.update(from: value + head * headDimension, count: headDimension)
        }
    }

    /// Makes positions count that every layer has stored.
    public func advance(by positions: Int) {
        precondition(count + positions <= capacity, "\(count) + \(positions) of \(capacity) positions")
        count += positions
    }

    /// Forgets what it holds.
    public func clear() { count = 0 }

    /// What the kernel is told of the first `count` positions of one layer and head.
    func segment(layer: Int, head: Int, count: Int) -> ck_segment {
        precondition(count <= capacity, "\(count) of \(capacity) positions")
        let place = place(layer: layer, head: head)
        return unsafe ck_segment(
            keys: keys.pointer + place * keyStride, values: values.pointer + place * valueStride, count: count)
    }

    private func place(layer: Int, head: Int) -> Int {
        precondition((0..<layerCount).contains(layer), "layer \(layer) of \(layerCount)")
        precondition((0..<headCount).contains(head), "head \(head) of \(headCount)")
        return layer * headCount + head
    }

    /// Components of a stored value, whole vectors.
    static func paddedDimension(_ headDimension: Int) -> Int {
        let block = Int(CK_KEY_BLOCK)
        return (headDimension + block - 1) / block * block
    }
}

/// Zeros in pages of their own, freed with the object. A page takes memory once it is written to.
@safe
private final class ZeroPages: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    private let byteCount: Int

    /// - Precondition: `count` is at least 0 and at most 2^40, and the system has the address space.
    init(count: Int) {
        precondition((0...(1 << 40)).contains(count), "\(count) elements of keys or values")
        byteCount = max(count, 1) * MemoryLayout<Float>.stride
        guard
            let memory = unsafe mmap(
                nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
            unsafe memory != MAP_FAILED
        else { preconditionFailure("no memory for \(byteCount) bytes of keys or values") }
        #if os(Linux)
            // A huge page would be taken whole for the first position in it.
            unsafe madvise(memory, byteCount, MADV_NOHUGEPAGE)
        #endif
        unsafe pointer = memory.assumingMemoryBound(to: Float.self)
    }

    deinit { unsafe munmap(pointer, byteCount) }
}
