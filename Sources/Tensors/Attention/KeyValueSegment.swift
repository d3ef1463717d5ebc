internal import CKernels

/// Keys and values of consecutive positions of one sequence, for every layer.
///
/// Filled from the front. Once full, or once shared, it is only read: many sequences may continue one prompt.
@safe
public final class KeyValueSegment: @unchecked Sendable {
    public let layerCount: Int
    public let headCount: Int
    public let headDimension: Int
    /// Positions that it can hold.
    public let capacity: Int
    /// Positions that it holds, in every layer.
    public private(set) var count = 0
    /// One row for each layer and head: [block][headDimension][16].
    private let keys: Matrix
    /// `capacity` rows for each layer and head: [paddedDimension].
    private let values: Matrix

    public init(layers: Int, heads: Int, headDimension: Int, capacity: Int) {
        layerCount = layers
        headCount = heads
        self.headDimension = headDimension
        self.capacity = capacity
        let block = Int(CK_KEY_BLOCK)
        let padded = Self.paddedDimension(headDimension)
        let blocks = (capacity + block - 1) / block
        keys = Matrix(rows: layers * heads, columns: blocks * headDimension * block)
        values = Matrix(rows: layers * heads * capacity, columns: padded)
    }

    /// Resident size in bytes.
    public var byteCount: Int { 4 * (keys.rowCount * keys.columnCount + values.rowCount * values.columnCount) }

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
            let place = layer * headCount + head
            unsafe ck_store_key(keys.row(place).pointer, position, key + head * headDimension, headDimension)
            unsafe values.row(place * capacity + position).pointer.update(
                from: value + head * headDimension, count: headDimension)
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
        let place = layer * headCount + head
        return unsafe ck_segment(
            keys: keys.row(place).pointer,
            values: values.rows((place * capacity)..<((place + 1) * capacity)).pointer,
            count: count)
    }

    /// Components of a stored value, whole vectors.
    static func paddedDimension(_ headDimension: Int) -> Int {
        let block = Int(CK_KEY_BLOCK)
        return (headDimension + block - 1) / block * block
    }
}
