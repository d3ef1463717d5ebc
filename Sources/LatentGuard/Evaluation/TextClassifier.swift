internal import Foundation
internal import Steering

/// Logistic regression on the weighted words of a text (TF-IDF): what can be told from the words alone.
public struct TextClassifier: Sendable {
    private let columns: [String: Int]
    private let inverseFrequencies: [Double]
    private let model: LogisticRegression

    /// Words and pairs of neighbours that occur in two prompts or more, the commonest 4,000 of them.
    ///
    /// - Throws: ``GuardError/oneSided(harmful:harmless:needed:)``.
    public init(_ prompts: [GuardPrompt], c: Double = 1) throws(GuardError) {
        let harmful = prompts.count(where: \.isHarmful)
        guard harmful > 0, harmful < prompts.count else {
            throw .oneSided(harmful: harmful, harmless: prompts.count - harmful, needed: 1)
        }
        var frequencies: [String: Int] = [:]
        for prompt in prompts { for term in Set(Self.terms(prompt.text)) { frequencies[term, default: 0] += 1 } }
        let kept = frequencies.filter { $0.value >= 2 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4000)
        let total = Double(prompts.count)
        columns = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1.key, $0) })
        inverseFrequencies = kept.map { log((1 + total) / (1 + Double($0.value))) + 1 }
        let (columns, frequenciesOfColumns) = (columns, inverseFrequencies)
        model = LogisticRegression(
            rows: prompts.map { Self.row($0.text, columns, frequenciesOfColumns) },
            isPositive: prompts.map(\.isHarmful),
            options: .init(c: c))
    }

    public func score(_ text: String) -> Double { model.score(Self.row(text, columns, inverseFrequencies)) }

    private static func terms(_ text: String) -> [String] {
        let words = TextWords.of(text)
        return words + zip(words, words.dropFirst()).map { "\($0) \($1)" }
    }

    /// Counts times inverse document frequencies, brought to length 1.
    private static func row(_ text: String, _ columns: [String: Int], _ frequencies: [Double]) -> [Double] {
        var row = [Double](repeating: 0, count: max(frequencies.count, 1))
        for term in terms(text) {
            if let column = columns[term] { row[column] += frequencies[column] }
        }
        return VectorArithmetic.unit(row) ?? row
    }
}
