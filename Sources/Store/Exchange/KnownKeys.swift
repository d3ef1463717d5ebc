internal import Foundation

/// Refusal of keys that nothing would read: they would be lost in silence.
enum KnownKeys {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The keys of a JSON object and of all that is in it; what else there is does not matter here.
    private indirect enum Tree: Decodable {
        case object([String: Tree])
        case list([Tree])
        case null
        case other

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: Key.self) {
                var members: [String: Tree] = [:]
                for key in object.allKeys { members[key.stringValue] = try object.decode(Tree.self, forKey: key) }
                self = .object(members)
            } else if var list = try? decoder.unkeyedContainer() {
                var items: [Tree] = []
                while !list.isAtEnd { items.append(try list.decode(Tree.self)) }
                self = .list(items)
            } else {
                self = try decoder.singleValueContainer().decodeNil() ? .null : .other
            }
        }

        /// The path of the first key that `known` does not have; what is null may be left out.
        func strange(to known: Tree, at path: String) -> String? {
            switch (self, known) {
            case (.object(let members), .object(let others)):
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    let place = path + "." + key
                    if let other = others[key] {
                        if let found = value.strange(to: other, at: place) { return found }
                    } else if case .null = value {
                        continue
                    } else {
                        return place
                    }
                }
                return nil
            case (.list(let items), .list(let others)):
                return zip(items, others).lazy.compactMap { $0.strange(to: $1, at: path) }.first
            default: return nil
            }
        }
    }

    /// - Throws: ``StoreError/ImportProblemError`` for a key of the object that is not among `keys`.
    static func check(_ decoder: any Decoder, _ keys: Set<String>, at path: String = "") throws {
        let found = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
        guard let strange = found.filter({ !keys.contains($0) }).min() else { return }
        throw problem(path + strange)
    }

    /// The same for an object that was decoded as `value`: a key is known where the value is encoded with it.
    static func check<Name: CodingKey>(
        _ value: some Encodable, in container: KeyedDecodingContainer<Name>, at name: Name
    ) throws {
        let known = try JSONDecoder().decode(Tree.self, from: JSONEncoder().encode(value))
        if let strange = try container.decode(Tree.self, forKey: name).strange(to: known, at: name.stringValue) {
            throw problem(strange)
        }
    }

    private static func problem(_ key: String) -> StoreError.ImportProblemError {
        StoreError.ImportProblemError(.unknownKey(String(key.prefix(80))))
    }
}
