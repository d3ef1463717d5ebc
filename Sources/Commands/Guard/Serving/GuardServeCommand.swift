internal import ArgumentParser
internal import Foundation
internal import LanguageModels
internal import LatentGuard

struct GuardServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers moderation requests over HTTP.",
        discussion: """
            POST /v1/moderations takes and gives what OpenAI's moderations do, with the guard's own figures in an object \
            "latentguard" of each result. GET /healthz and GET /metrics (Prometheus).

            Listens on the loopback address only. To listen wider, put a token into the environment as \
            ASSAY_GUARD_TOKEN; clients send it as a bearer token. Ends on SIGTERM or SIGINT once requests under way are \
            answered.

              assay guard serve --model smollm2-135m-instruct --port 8080 \\
                --guard fixtures/guards/smollm2.safetensors
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var dating: DateOptions
    @Option(name: .customLong("guard"), help: "The guard's file.", completion: .tensors)
    var file: String
    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "Port; 0 for any that is free.")
    var port = 8080
    @Option(help: "Most bytes of a request's body.")
    var maxBody = 1 << 20
    @Option(help: "Most texts of a request.")
    var maxTexts = 64
    @Option(help: "Most texts that wait.")
    var maxWaiting = 512
    @Option(help: "Most clients that are connected; others wait.")
    var maxConnections = 256
    @Option(help: "Most texts that are read together.")
    var batch = 16
    @Option(help: "Seconds for a request, from its first line to its reply.")
    var timeout = 30

    mutating func validate() throws {
        try require("--port", port, 0...65_535)
        try require("--max-body", maxBody, 1...(1 << 26))
        try require("--max-texts", maxTexts, 1...1024)
        try require("--max-waiting", maxWaiting, maxTexts...100_000)
        try require("--max-connections", maxConnections, 1...10_000)
        try require("--batch", batch, 1...256)
        try require("--timeout", timeout, 1...3600)
    }

    func run() async throws {
        let token = try token(ProcessInfo.processInfo.environment["ASSAY_GUARD_TOKEN"])
        let loaded = try model.load(date: dating.date)
        let latentGuard = try LatentGuard(model: loaded, file: file)
        let queue = AssessmentQueue(limits: .init(waiting: maxWaiting, batch: batch)) {
            try latentGuard.assessEach($0)
        }
        var service = ModerationService(
            modelName: loaded.name, token: token,
            limits: .init(bodyBytes: maxBody, textsPerRequest: maxTexts, time: .seconds(timeout)), queue: queue)
        service.residentBytes = { ResidentMemory.bytes() }
        service.report = { StandardError.write("assay: no verdict: \($0)\n") }
        let address = host.contains(":") ? "[\(host)]" : host
        try await GuardServer(
            service: service, address: .init(host: host, port: port, connections: maxConnections)
        ).run { port in StandardError.write("listening on http://\(address):\(port)\n") }
    }

    /// Nil only where nobody but this machine can connect.
    private func token(_ text: String?) throws -> BearerToken? {
        guard let text, !text.isEmpty else {
            guard BearerToken.isLoopback(host) else {
                throw ValidationError(
                    "--host \(host) can be reached from outside; put a token into ASSAY_GUARD_TOKEN first")
            }
            return nil
        }
        guard let token = BearerToken(text) else {
            throw ValidationError("ASSAY_GUARD_TOKEN has a character that is not visible ASCII; choose another token")
        }
        return token
    }

    private func require(_ option: String, _ value: Int, _ allowed: ClosedRange<Int>) throws {
        guard allowed.contains(value) else {
            throw ValidationError("\(option) is \(value); allowed: \(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }
}
