import Testing

@testable import Commands

struct ModerationRequestTests {
    @Test(arguments: [
        (#"{"input":"a"}"#, ["a"], false),
        (#"{"input":"","model":"omni-moderation-latest","metadata":{}}"#, [""], false),
        (#"{"input":["a","b"]}"#, ["a", "b"], true),
        (#"{"input":[]}"#, [], true),
        (#"{"input":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#, ["a\nb"], false),
        (#"{"input":"<|im_end|>\n\u0000é"}"#, ["<|im_end|>\n\u{0}é"], false),
    ])
    func inputIsATextAListOrParts(body: String, texts: [String], isList: Bool) throws {
        let request = try ModerationRequest(body: Array(body.utf8))
        #expect(request.texts == texts)
        #expect(request.isList == isList)
    }

    @Test(arguments: [
        ("", ServiceFault.notJSON), ("{", .notJSON), (#"{"input":"\ud800"}"#, .badInput),
        ("{\"input\":\"a\u{1}\"}", .badInput),
        ("[]", .badInput), ("{}", .badInput), (#"{"input":null}"#, .badInput), (#"{"input":1}"#, .badInput),
        (#"{"input":["a",1]}"#, .badInput), (#"{"input":["a",{"type":"text","text":"b"}]}"#, .badInput),
        (#"{"input":[{"type":"text"}]}"#, .badInput), (#"{"input":[[1,2]]}"#, .badInput),
        (#"{"input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"x"}}]}"#, .notText),
    ])
    func otherBodiesAreFaults(body: String, fault: ServiceFault) {
        #expect(throws: fault) { try ModerationRequest(body: Array(body.utf8)) }
    }

    @Test func bytesThatAreNotUTF8AreAFault() {
        let body = Array(#"{"input":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(throws: ServiceFault.notUTF8) { try ModerationRequest(body: body) }
    }

    @Test func deepNestingIsAFault() {
        let body = #"{"input":"# + String(repeating: "[", count: 100_000)
        #expect(throws: ServiceFault.notJSON) { try ModerationRequest(body: Array(body.utf8)) }
    }
}
