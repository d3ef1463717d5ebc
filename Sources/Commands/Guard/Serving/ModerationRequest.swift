internal import Foundation

/// The body of a request to `/v1/moderations`, as OpenAI has it; fields other than `input` are let pass and not used.
struct ModerationRequest: Decodable, Hashable {
    /// One verdict is wanted for each.
    var texts: [String]
    /// Whether `input` was a list, so that an error can name the place in it.
    var isList: Bool

    private enum CodingKeys: String, CodingKey { case input }

    private struct Part: Decodable {
        var type: String
        var text: String?
    }

    /// - Throws: ``ServiceFault/notUTF8``, ``ServiceFault/notJSON``, ``ServiceFault/badInput``,
    ///   ``ServiceFault/notText``.
    init(body: [UInt8]) throws(ServiceFault) {
        guard String(validating: body, as: UTF8.self) != nil else { throw .notUTF8 }
        do {
            self = try JSONDecoder().decode(ModerationRequest.self, from: Data(body))
        } catch let fault as ServiceFault {
            throw fault
        } catch {
            throw .notJSON
        }
    }

    /// `input` is a text, a list of texts, or a list of parts that make one text together.
    init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else { throw ServiceFault.badInput }
        if let text = try? container.decode(String.self, forKey: .input) {
            (texts, isList) = ([text], false)
        } else if let list = try? container.decode([String].self, forKey: .input) {
            (texts, isList) = (list, true)
        } else if let parts = try? container.decode([Part].self, forKey: .input) {
            (texts, isList) = ([try Self.text(of: parts)], false)
        } else {
            throw ServiceFault.badInput
        }
    }

    /// Parts are judged together: a request that was cut in pieces is still the request.
    private static func text(of parts: [Part]) throws -> String {
        try parts.map { part in
            guard part.type == "text" else { throw ServiceFault.notText }
            guard let text = part.text else { throw ServiceFault.badInput }
            return text
        }.joined(separator: "\n")
    }
}
