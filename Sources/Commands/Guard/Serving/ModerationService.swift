internal import Foundation
internal import LatentGuard

/// What the server answers, without a network: a call comes in, a reply goes out, whatever the call holds.
struct ModerationService: Sendable {
    struct Limits: Hashable {
        var bodyBytes: Int
        var textsPerRequest: Int
        /// From a request's head to its reply.
        var time: Duration
    }

    struct Call: Sendable {
        var method: String
        var path: String
        /// The header of that name.
        var authorization: String?
        /// Reads the body, up to so many bytes, by a deadline. Throws ``ServiceFault``.
        var body: @Sendable (_ limit: Int, _ deadline: ContinuousClock.Instant) async throws -> [UInt8]
    }

    struct Reply: Hashable, Sendable {
        var status = 200
        var contentType = "application/json"
        var headers: [String: String] = [:]
        var body: String
    }

    var modelName: String
    /// What a client must send; nil for none.
    var token: BearerToken?
    var limits: Limits
    var queue: AssessmentQueue
    let metrics = ServerMetrics()
    var makeID: @Sendable () -> String = { "modr-" + UUID().uuidString.lowercased() }
    var residentBytes: @Sendable () -> Int? = { nil }
    /// Told why the model failed.
    var report: @Sendable (any Error) -> Void = { _ in }

    func reply(to call: Call) async -> Reply {
        let start = ContinuousClock.now
        let isKnown = ["/v1/moderations", "/healthz", "/metrics"].contains(call.path)
        let reply: Reply
        do {
            reply = try await answer(call, by: start + limits.time)
        } catch let fault as ServiceFault {
            reply = failure(fault)
        } catch {
            report(error)
            reply = failure(.failed)
        }
        if call.path == "/v1/moderations" { metrics.note(seconds: (ContinuousClock.now - start) / .seconds(1)) }
        metrics.note(path: isKnown ? call.path : "other", status: reply.status)
        return reply
    }

    private func answer(_ call: Call, by deadline: ContinuousClock.Instant) async throws -> Reply {
        if call.method == "GET", call.path == "/healthz" { return Reply(body: "{\"status\":\"ok\"}") }
        if let token, !token.isIn(call.authorization) { throw ServiceFault.unauthorized }
        switch (call.method, call.path) {
        case ("GET", "/metrics"):
            return Reply(
                contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: metrics.text(waiting: queue.waiting, residentBytes: residentBytes()))
        case ("POST", "/v1/moderations"):
            return try await moderate(call.body(limits.bodyBytes, deadline), by: deadline)
        default: throw ServiceFault.noSuchPath
        }
    }

    private func moderate(_ body: [UInt8], by deadline: ContinuousClock.Instant) async throws -> Reply {
        let request = try ModerationRequest(body: body)
        try check(request)
        let outcomes = try await queue.assess(request.texts, until: deadline)
        var items: [ModerationReply.Item] = []
        for (index, outcome) in outcomes.enumerated() {
            do {
                items.append(ModerationReply.Item(try outcome.get()))
            } catch let error as GuardError {
                throw ServiceFault.noVerdict(index: request.isList ? index : nil, error)
            }
        }
        let reply = Reply(
            body: try JSONText.encode(ModerationReply(id: makeID(), model: modelName, results: items)))
        for item in items { metrics.note(decision: item.latentguard.decision.rawValue) }
        return reply
    }

    /// What needs no model to be refused does not wait for one.
    private func check(_ request: ModerationRequest) throws(ServiceFault) {
        let count = request.texts.count
        guard (1...limits.textsPerRequest).contains(count) else {
            throw .textCount(found: count, limit: limits.textsPerRequest)
        }
        for (index, text) in request.texts.enumerated() {
            let place = request.isList ? index : nil
            guard !text.allSatisfy(\.isWhitespace) else { throw .noVerdict(index: place, .emptyPrompt) }
            guard text.utf8.count <= LatentGuard.textLimit else {
                throw .noVerdict(index: place, .textTooLong(bytes: text.utf8.count, limit: LatentGuard.textLimit))
            }
        }
    }

    private func failure(_ fault: ServiceFault) -> Reply {
        var reply = Reply(status: fault.status, body: (try? JSONText.encode(ModerationFailure(fault))) ?? "{}")
        if fault == .unauthorized { reply.headers["WWW-Authenticate"] = "Bearer" }
        if fault == .queueFull { reply.headers["Retry-After"] = "1" }
        return reply
    }
}
