internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// The network side of a ``ModerationService``; the only file that knows Hummingbird.
struct GuardServer {
    struct Address: Hashable {
        var host: String
        var port: Int
        /// Clients beyond these wait until another one goes.
        var connections: Int
    }

    let service: ModerationService
    let address: Address

    /// Time after which a connection without a request is closed.
    private static let idleTime = TimeAmount.seconds(60)

    /// Serves until the process gets SIGTERM or SIGINT; requests under way are finished first.
    ///
    /// - Parameter onStart: called with the port, once clients can connect
    /// - Throws: ``CommandFailure`` where the address cannot be listened on.
    func run(onStart: @escaping @Sendable (Int) -> Void) async throws {
        var logger = Logger(label: "assay.guard") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let port = address.port
        let application = Application(
            responder: Responder(service: service),
            server: .http1(configuration: .init(idleTimeout: Self.idleTime)),
            configuration: .init(
                address: .hostname(address.host, port: port), serverName: "assay",
                availableConnectionsDelegate: MaximumAvailableConnections(address.connections, logger: logger)),
            onServerRunning: { channel in onStart(channel.localAddress?.port ?? port) },
            logger: logger)
        do {
            try await application.runService()
        } catch {
            throw CommandFailure(
                code: FailureReport.inputOutput,
                description: "cannot listen on \(address.host), port \(port): \(error)")
        }
    }
}

private struct Responder: HTTPResponder {
    let service: ModerationService

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let reply = await service.reply(
            to: ModerationService.Call(
                method: request.method.rawValue, path: request.uri.path,
                authorization: request.headers[.authorization],
                body: { limit, deadline in try await Self.read(request.body, upTo: limit, until: deadline) }))
        var headers: HTTPFields = [.contentType: reply.contentType]
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(
            status: HTTPResponse.Status(code: reply.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: reply.body)))
    }

    private static func read(
        _ body: RequestBody, upTo limit: Int, until deadline: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await collect(body, upTo: limit) }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                throw ServiceFault.bodyLate
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() else { throw ServiceFault.bodyBroken }
            return bytes
        }
    }

    private static func collect(_ body: RequestBody, upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in body {
                guard bytes.count + piece.readableBytes <= limit else { throw ServiceFault.bodyTooLarge(limit: limit) }
                bytes.append(contentsOf: piece.readableBytesView)
            }
        } catch let fault as ServiceFault {
            throw fault
        } catch {
            throw ServiceFault.bodyBroken
        }
        return bytes
    }
}
