import Foundation

@testable import Commands
@testable import LatentGuard

/// A guard that needs no model: it takes texts with "bomb" for harmful.
enum ServingExamples {
    static func verdict(
        _ decision: Verdict.Decision, categories: [String: Double] = ["weapons": 0.9, "hate": 0.2]
    ) -> Verdict {
        Verdict(
            decision: decision, harmful: decision == .harmful, score: decision == .harmful ? 1.5 : -1.5,
            probability: decision == .harmful ? 0.9 : 0.1, refusal: nil, categories: categories, novelty: 0.5,
            milliseconds: 2)
    }

    @Sendable static func judge(_ texts: [String]) -> [Result<Verdict, GuardError>] {
        texts.map { text in
            text.allSatisfy(\.isWhitespace)
                ? .failure(.emptyPrompt) : .success(verdict(text.contains("bomb") ? .harmful : .harmless))
        }
    }

    static func service(
        token: String? = nil, limits: ModerationService.Limits? = nil,
        judge: @escaping @Sendable ([String]) throws -> [Result<Verdict, GuardError>] = ServingExamples.judge
    ) -> ModerationService {
        var service = ModerationService(
            modelName: "tiny", token: token.flatMap { BearerToken($0) },
            limits: limits ?? .init(bodyBytes: 2000, textsPerRequest: 3, time: .seconds(3600)),
            queue: AssessmentQueue(limits: .init(waiting: 8, batch: 4), judge: judge))
        service.makeID = { "modr-1" }
        return service
    }

    static func call(
        _ body: String, method: String = "POST", path: String = "/v1/moderations", authorization: String? = nil
    ) -> ModerationService.Call {
        ModerationService.Call(method: method, path: path, authorization: authorization) { limit, _ in
            guard body.utf8.count <= limit else { throw ServiceFault.bodyTooLarge(limit: limit) }
            return Array(body.utf8)
        }
    }
}

/// A reply as a client reads it.
struct SeenReply: Decodable {
    struct Item: Decodable {
        var flagged: Bool
        var categories: [String: Bool]
        var category_scores: [String: Double]
        var category_applied_input_types: [String: [String]]
        var latentguard: Verdict
    }

    struct Fault: Decodable {
        var message: String
        var type: String
        var param: String?
        var code: String
    }

    var id: String?
    var model: String?
    var results: [Item]?
    var error: Fault?

    init(_ reply: ModerationService.Reply) throws {
        self = try JSONDecoder().decode(SeenReply.self, from: Data(reply.body.utf8))
    }
}
