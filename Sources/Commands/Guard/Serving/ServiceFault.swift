internal import LatentGuard

/// Why a request got no verdict.
enum ServiceFault: Error, Hashable {
    // The request
    case unauthorized
    case noSuchPath
    case bodyTooLarge(limit: Int)
    case bodyLate
    case bodyBroken
    case notUTF8
    case notJSON
    case badInput
    case notText
    case textCount(found: Int, limit: Int)
    /// - Parameter index: place in `input`; nil where it is one text
    case noVerdict(index: Int?, GuardError)

    // The server
    case queueFull
    case late
    case failed
}

extension ServiceFault {
    /// The status of HTTP.
    var status: Int {
        switch self {
        case .unauthorized: 401
        case .noSuchPath: 404
        case .bodyLate: 408
        case .bodyTooLarge, .noVerdict(_, .textTooLong), .noVerdict(_, .promptTooLong): 413
        case .bodyBroken, .notUTF8, .notJSON, .badInput, .notText, .textCount: 400
        case .noVerdict(_, .emptyPrompt), .noVerdict(_, .notUTF8), .noVerdict(_, .promptTooShort): 400
        case .noVerdict, .failed: 500
        case .queueFull: 503
        case .late: 504
        }
    }

    /// What OpenAI calls the code of an error: a word for programs.
    var code: String {
        switch self {
        case .unauthorized: "invalid_api_key"
        case .noSuchPath: "not_found"
        case .bodyTooLarge: "body_too_large"
        case .bodyLate: "body_late"
        case .bodyBroken: "body_incomplete"
        case .notUTF8, .noVerdict(_, .notUTF8): "not_utf8"
        case .notJSON: "not_json"
        case .badInput: "invalid_input"
        case .notText: "unsupported_input_type"
        case .textCount: "invalid_input_count"
        case .noVerdict(_, .emptyPrompt): "empty_input"
        case .noVerdict(_, .textTooLong), .noVerdict(_, .promptTooLong): "input_too_long"
        case .noVerdict(_, .promptTooShort): "input_too_short"
        case .noVerdict: "no_verdict"
        case .queueFull: "overloaded"
        case .late: "timeout"
        case .failed: "failed"
        }
    }

    /// The field of the request that is at fault; nil where none is.
    var parameter: String? {
        switch self {
        case .noVerdict(let index?, _): "input[\(index)]"
        case .badInput, .notText, .textCount, .noVerdict: "input"
        default: nil
        }
    }
}

extension ServiceFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .unauthorized: "the token is missing or wrong; send the server's token as \"Authorization: Bearer TOKEN\""
        case .noSuchPath: "there is no such path; there are POST /v1/moderations, GET /healthz and GET /metrics"
        case .bodyTooLarge(let limit): "the body is longer than \(limit) bytes; send less, or several requests"
        case .bodyLate: "the body did not arrive in time; send it faster"
        case .bodyBroken: "the body ended before it was complete; send it again"
        case .notUTF8: "the body is not UTF-8; convert it"
        case .notJSON: "the body is not JSON; send {\"input\": \"…\"}"
        case .badInput: "the body has no \"input\" that is a text, a list of texts, or a list of parts"
        case .notText: "a part of \"input\" is no text; this server reads parts of type \"text\" only"
        case .textCount(let found, let limit): "\"input\" has \(found) texts; allowed: 1 to \(limit)"
        case .noVerdict(_, let error): error.description
        case .queueFull: "too many texts wait for the guard; try again later"
        case .late: "there was no verdict in time; try again later, or send fewer and shorter texts"
        case .failed: "the model failed on this request; it has no verdict"
        }
    }
}
