/// The parameters of one scorer while it is being made: every one is asked for once, and what is left over is an error.
struct ScorerParameters {
    let scorer: String
    private let values: [String: String]
    private let allowed: [String]

    init(_ values: [String: String], of scorer: String, allowed: [String]) throws(VerificationError) {
        if let unknown = values.keys.sorted().first(where: { !allowed.contains($0) }) {
            throw .unknownParameter(scorer: scorer, parameter: unknown, allowed: allowed)
        }
        self.scorer = scorer
        self.values = values
        self.allowed = allowed
    }

    func text(_ name: String) -> String? {
        values[name]
    }

    func required(_ name: String, allowed: String) throws(VerificationError) -> String {
        guard let value = values[name] else {
            throw .missingParameter(scorer: scorer, parameter: name, allowed: allowed)
        }
        return value
    }

    func oneOf<Value: RawRepresentable & CaseIterable>(
        _ name: String, default standard: Value
    ) throws(VerificationError) -> Value where Value.RawValue == String {
        guard let text = values[name] else { return standard }
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter(scorer: scorer, parameter: name, found: text, allowed: "one of \(known)")
        }
        return value
    }

    func boolean(_ name: String, default standard: Bool) throws(VerificationError) -> Bool {
        switch values[name] {
        case nil: return standard
        case "true": return true
        case "false": return false
        case .some(let text):
            throw .invalidParameter(scorer: scorer, parameter: name, found: text, allowed: "true or false")
        }
    }

    /// - Returns: a number in `range`, or nil where the parameter is not given.
    func number(_ name: String, in range: ClosedRange<Double>, called allowed: String) throws(VerificationError)
        -> Double?
    {
        guard let text = values[name] else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw .invalidParameter(scorer: scorer, parameter: name, found: text, allowed: allowed)
        }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(VerificationError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw .invalidParameter(scorer: scorer, parameter: name, found: text, allowed: allowed)
        }
        return value
    }
}
