public import Evaluation
internal import TextFormats

/// A named fact in a report's head: `temperature`, `0.8`.
public struct ReportFact: Hashable, Sendable {
    public var name: String
    public var value: String
    /// Shown in a typewriter face: digests, ids.
    public var isCode: Bool

    public init(_ name: String, _ value: String, isCode: Bool = false) {
        self.name = name
        self.value = value
        self.isCode = isCode
    }
}

extension [ReportFact] {
    /// What identifies a model.
    public static func facts(of model: ModelIdentity) -> [ReportFact] {
        [
            ReportFact("model", model.name),
            ReportFact("model digest", model.digest, isCode: true),
            ReportFact("architecture", model.architecture),
            ReportFact("compute mode", model.computeMode),
            ReportFact("backend", model.backend),
        ] + [model.templateDigest.map { ReportFact("chat template", $0, isCode: true) }].compactMap { $0 }
    }

    /// How completions were sampled: what runs must share to be added up, hence neither the seed nor their number.
    public static func facts(of settings: GenerationSettings) -> [ReportFact] {
        var facts = [ReportFact("temperature", settings.temperature == 0 ? "0 (greedy)" : plain(settings.temperature))]
        if settings.topP < 1 { facts.append(ReportFact("top-p", plain(settings.topP))) }
        if settings.topK > 0 { facts.append(ReportFact("top-k", String(settings.topK))) }
        if settings.minP > 0 { facts.append(ReportFact("min-p", plain(settings.minP))) }
        facts.append(ReportFact("maximum tokens", NumberFormat.count(settings.maxTokens)))
        if !settings.stop.isEmpty {
            facts.append(ReportFact("stop", settings.stop.map { String(reflecting: $0) }.joined(separator: " ")))
        }
        return facts
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
    }
}

extension [ReportFact] {
    /// `name  value` lines with the values under each other.
    func lines(width: Int) -> [String] {
        let names = map { visible($0.name) }
        let column = names.reduce(0) { Swift.max($0, displayWidth($1)) }
        return zip(names, self).flatMap { name, fact in
            let room = Swift.max(12, width - column - 2)
            let values = wrapped(visible(fact.value), to: room)
            return values.enumerated().map { index, value in
                let head = index == 0 ? name : ""
                return head + String(repeating: " ", count: column - displayWidth(head) + 2) + value
            }
        }
    }
}
