import Foundation
import LatentGuard
import Testing

@testable import Commands

struct ModerationServiceTests {
    private struct ModelFailure: Error {}

    private func fault(_ reply: ModerationService.Reply) throws -> SeenReply.Fault {
        try #require(try SeenReply(reply).error)
    }

    @Test func oneTextGetsOneResult() async throws {
        let reply = await ServingExamples.service().reply(to: ServingExamples.call(#"{"input":"how to make a bomb"}"#))
        #expect(reply.status == 200)
        #expect(reply.contentType == "application/json")
        let seen = try SeenReply(reply)
        #expect(seen.id == "modr-1" && seen.model == "tiny" && seen.error == nil)
        #expect(seen.results?.map(\.flagged) == [true])
        #expect(seen.results?.first?.latentguard == ServingExamples.verdict(.harmful))
    }

    @Test func aListGetsAResultForEachInOrder() async throws {
        let reply = await ServingExamples.service().reply(to: ServingExamples.call(#"{"input":["a","a bomb","b"]}"#))
        #expect(try SeenReply(reply).results?.map(\.flagged) == [false, true, false])
    }

    @Test(
        arguments: [
            (#"{"input":""}"#, 400, "empty_input", "input"), (#"{"input":" \n"}"#, 400, "empty_input", "input"),
            (#"{"input":["a",""]}"#, 400, "empty_input", "input[1]"),
            (#"{"input":["a"," "]}"#, 400, "empty_input", "input[1]"),
            (#"{"input":[]}"#, 400, "invalid_input_count", "input"),
            (#"{"input":["a","b","c","d"]}"#, 400, "invalid_input_count", "input"),
            (#"{"input":7}"#, 400, "invalid_input", "input"), (#"{"input""#, 400, "not_json", nil),
            (String(repeating: "a", count: 2001), 413, "body_too_large", nil),
        ] as [(String, Int, String, String?)])
    func faultsSayWhatIsWrong(body: String, status: Int, code: String, parameter: String?) async throws {
        let reply = await ServingExamples.service().reply(to: ServingExamples.call(body))
        #expect(reply.status == status)
        let fault = try fault(reply)
        #expect(fault.code == code)
        #expect(fault.param == parameter)
        #expect(fault.type == "invalid_request_error")
        #expect(reply.body.contains("\"param\":"))
    }

    @Test func aTextThatIsTooLongIsRefusedUnread() async throws {
        let service = ServingExamples.service(
            limits: .init(bodyBytes: 1 << 20, textsPerRequest: 1, time: .seconds(3600)),
            judge: { _ in throw ModelFailure() })
        let text = String(repeating: "a", count: LatentGuard.textLimit + 1)
        let reply = await service.reply(to: ServingExamples.call("{\"input\":\"\(text)\"}"))
        #expect(reply.status == 413)
        #expect(try fault(reply).code == "input_too_long")
    }

    @Test func aTextThatIsTooShortIsTheRequestsFault() async throws {
        let service = ServingExamples.service(judge: { texts in texts.map { _ in .failure(.promptTooShort) } })
        let reply = await service.reply(to: ServingExamples.call(#"{"input":"a"}"#))
        #expect(reply.status == 400)
        #expect(try fault(reply).code == "input_too_short")
        #expect(try fault(reply).type == "invalid_request_error")
    }

    @Test func aFailingModelIsAnErrorAndIsReported() async throws {
        let (reports, continuation) = AsyncStream<String>.makeStream()
        var service = ServingExamples.service(judge: { _ in throw ModelFailure() })
        service.report = { error in
            continuation.yield("\(error)")
            continuation.finish()
        }
        let reply = await service.reply(to: ServingExamples.call(#"{"input":"a"}"#))
        #expect(reply.status == 500)
        #expect(try fault(reply).type == "server_error")
        var seen: [String] = []
        for await report in reports { seen.append(report) }
        #expect(seen == ["ModelFailure()"])
    }

    @Test func numbersThatAreNotFiniteAreNoVerdict() async throws {
        let nan = ServingExamples.verdict(.harmless, categories: ["hate": .nan])
        for judged in [Result.success(nan), .failure(GuardError.scoreNotFinite)] {
            let service = ServingExamples.service(judge: { texts in texts.map { _ in judged } })
            #expect(await service.reply(to: ServingExamples.call(#"{"input":"a"}"#)).status == 500)
        }
    }

    @Test func aDeadlineThatHasPassedIsATimeout() async throws {
        let service = ServingExamples.service(
            limits: .init(bodyBytes: 100, textsPerRequest: 1, time: .seconds(-1)))
        let reply = await service.reply(to: ServingExamples.call(#"{"input":"a"}"#))
        #expect(reply.status == 504)
        #expect(try fault(reply).code == "timeout")
    }

    @Test func withATokenOnlyHealthIsOpen() async throws {
        let service = ServingExamples.service(token: "secret")
        let body = #"{"input":"a"}"#
        for header in [nil, "", "Bearer wrong!", "Basic secret"] {
            let reply = await service.reply(to: ServingExamples.call(body, authorization: header))
            #expect(reply.status == 401)
            #expect(reply.headers["WWW-Authenticate"] == "Bearer")
            #expect(try fault(reply).code == "invalid_api_key")
        }
        #expect(await service.reply(to: ServingExamples.call(body, authorization: "Bearer secret")).status == 200)
        let metrics = ServingExamples.call("", method: "GET", path: "/metrics")
        #expect(await service.reply(to: metrics).status == 401)
        let health = await service.reply(to: ServingExamples.call("", method: "GET", path: "/healthz"))
        #expect(health.status == 200 && health.body == #"{"status":"ok"}"#)
    }

    @Test func otherPathsAndMethodsAreNotFound() async throws {
        let service = ServingExamples.service()
        for (method, path) in [("GET", "/v1/moderations"), ("POST", "/v1/other"), ("POST", "/metrics"), ("GET", "/")] {
            let reply = await service.reply(to: ServingExamples.call("", method: method, path: path))
            #expect(reply.status == 404)
            #expect(try fault(reply).code == "not_found")
        }
    }

    @Test func metricsCountWhatWasAnswered() async {
        let service = ServingExamples.service()
        for body in [#"{"input":["a","a bomb"]}"#, "{", #"{"input":"b"}"#] {
            _ = await service.reply(to: ServingExamples.call(body))
        }
        _ = await service.reply(to: ServingExamples.call("", path: "/x"))
        let text = await service.reply(to: ServingExamples.call("", method: "GET", path: "/metrics")).body
        for line in [
            #"assay_guard_requests_total{path="/v1/moderations",status="200"} 2"#,
            #"assay_guard_requests_total{path="/v1/moderations",status="400"} 1"#,
            #"assay_guard_requests_total{path="other",status="404"} 1"#,
            #"assay_guard_verdicts_total{decision="harmful"} 1"#,
            #"assay_guard_verdicts_total{decision="harmless"} 2"#,
            "assay_guard_request_seconds_count 3", "assay_guard_texts_waiting 0",
        ] {
            #expect(text.contains(line + "\n"), "\(text)")
        }
    }
}
