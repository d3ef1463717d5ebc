/// A matrix of a block that adapters may change, as the files of a convention hold it.
package struct AdapterTarget: Hashable, Sendable {
    /// Without `.weight`.
    package let name: String
    package let outputs: Int
    package let inputs: Int
    /// Row of the file for each output of the loaded matrix; nil where they lie in order.
    package let order: [Int]?
    /// Whether the file holds the matrix as [inputs, outputs]. The two of an adapter lie as for any other.
    package let isTransposed: Bool

    init(_ layout: MatrixLayout) {
        name = layout.name
        outputs = layout.outputs
        inputs = layout.inputs
        order = layout.order
        isTransposed = layout.isTransposed
    }
}
