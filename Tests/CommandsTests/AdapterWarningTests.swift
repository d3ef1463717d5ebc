import Foundation
import TestSupport
import Testing

@testable import Commands

/// What an adapter holds and is not put on the model is never lost in silence.
@Test func normsOfAdaptersAreWarnedOf() {
    let warnings = StandardError.warnings(ofTensorsLeftAside: [
        "b.gguf": ["blk.0.attn_norm.weight"], "a.gguf": ["blk.0.attn_norm.weight", "output_norm.weight"],
    ])
    #expect(
        warnings == [
            "assay: warning: the adapter a.gguf also holds blk.0.attn_norm.weight and 1 more; norms of adapters are "
                + "left aside, as by llama.cpp\n",
            "assay: warning: the adapter b.gguf also holds blk.0.attn_norm.weight; norms of adapters are left aside, "
                + "as by llama.cpp\n",
        ])
}
