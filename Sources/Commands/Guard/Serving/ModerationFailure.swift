/// A fault in OpenAI's form.
struct ModerationFailure: Encodable {
    struct Body: Encodable {
        var message: String
        var type: String
        var param: String?
        var code: String

        private enum CodingKeys: String, CodingKey { case message, type, param, code }

        /// With `param` also where it is null, as OpenAI has it.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(message, forKey: .message)
            try container.encode(type, forKey: .type)
            try container.encode(param, forKey: .param)
            try container.encode(code, forKey: .code)
        }
    }

    var error: Body

    init(_ fault: ServiceFault) {
        error = Body(
            message: fault.description, type: fault.status < 500 ? "invalid_request_error" : "server_error",
            param: fault.parameter, code: fault.code)
    }
}
