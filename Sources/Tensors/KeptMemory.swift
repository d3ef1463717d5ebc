internal import CKernels

/// Memory that a process gives back and asks for again.
public enum KeptMemory {
    /// Larger blocks come from the system and go back to it.
    private static let largestBlock = 1 << 25
    /// Unused bytes at the end of the heap beyond which they go back.
    private static let most = 1 << 28

    /// Keeps it in the process. For programs that are there for the sake of models, before anything large is asked for.
    ///
    /// Activations that a hook keeps are blocks of a megabyte or so for every layer and batch: the system would clear their
    /// pages anew each time, which takes longer than copying what goes into them.
    public static func begin() { ck_keep_memory(largestBlock, most) }
}
