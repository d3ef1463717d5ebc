internal import ArgumentParser

/// Bounds of options that several commands have.
enum SteeringBounds {
    /// Counts that were not given pass.
    ///
    /// - Throws: `ValidationError` for a count below 1.
    static func check(limit: Int? = nil, maxTokens: Int? = nil) throws {
        for (option, count) in [("--limit", limit), ("--max-tokens", maxTokens)] {
            guard let count, count < 1 else { continue }
            throw ValidationError("\(option) is \(count); allowed: 1 or more")
        }
    }
}
