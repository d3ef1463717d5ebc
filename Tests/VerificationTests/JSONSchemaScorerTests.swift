import Testing

@testable import Verification

struct JSONSchemaScorerTests {
    private func outcome(_ schema: String, _ reply: String) throws -> Outcome {
        try ScorerRegistry.make(name: "json-schema", parameters: ["schema": schema])
            .grade(Submission(completion: reply)).outcome
    }

    @Test(arguments: [
        (#"{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}"#, #"{"a":1}"#, true),
        (#"{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}"#, #"{"a":1.5}"#, false),
        (#"{"type":"object","required":["a"]}"#, #"{"b":1}"#, false),
        (#"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1,"b":2}"#, false),
        (#"{"enum":[1,"x",null]}"#, "null", true), (#"{"const":{"a":[1]}}"#, #"{"a":[1.0]}"#, true),
        (#"{"type":"array","items":{"type":"string"},"minItems":1}"#, #"["a"]"#, true),
        (#"{"type":"array","items":{"type":"string"},"minItems":1}"#, "[]", false),
        (#"{"prefixItems":[{"type":"number"}],"items":{"type":"string"}}"#, #"[1,"a"]"#, true),
        (#"{"prefixItems":[{"type":"number"}],"items":{"type":"string"}}"#, "[1,2]", false),
        (#"{"uniqueItems":true}"#, "[1,2,1.0]", false), (#"{"contains":{"const":2}}"#, "[1,2]", true),
        (#"{"minimum":2,"exclusiveMaximum":5}"#, "5", false), (#"{"multipleOf":0.1}"#, "0.3", true),
        (#"{"pattern":"^a+$"}"#, #""aaa""#, true), (#"{"minLength":2}"#, #""é""#, false),
        (#"{"anyOf":[{"type":"string"},{"minimum":3}]}"#, "2", false),
        (#"{"oneOf":[{"type":"number"},{"minimum":3}]}"#, "4", false), (#"{"not":{"type":"null"}}"#, "1", true),
        (
            ##"{"$defs":{"t":{"type":"object","properties":{"n":{"$ref":"#/$defs/t"}}}},"$ref":"#/$defs/t"}"##,
            #"{"n":{"n":3}}"#, false
        ),
        (#"{"type":["string","null"]}"#, "true", false),
    ])
    func documentsFitOrNot(schema: String, document: String, fits: Bool) throws {
        #expect(try outcome(schema, document) == .scored(fits ? 1 : 0))
        #expect(try outcome(schema, "Here it is:\n```json\n\(document)\n```\nDone.") == .scored(fits ? 1 : 0))
    }

    @Test func whatIsNoJSONIsWrong() throws {
        #expect(try outcome(#"{"type":"object"}"#, "no braces") == .scored(0))
        #expect(try outcome(#"{"type":"object"}"#, #"{"a":}"#) == .scored(0))
    }

    @Test(arguments: [
        "{", #"{"patternProperties":{}}"#, #"{"type":"text"}"#, #"{"$ref":"http://x/y"}"#, #"{"minimum":"1"}"#,
        #"{"pattern":"("}"#, #"{"if":{}}"#, #"{"multipleOf":0}"#, #"{"anyOf":[]}"#,
        #"{"allOf":3}"#, #"{"pattern":5}"#, #"{"properties":0}"#, #"{"anyOf":1}"#, ##"{"$ref":2}"##,
        #"{"prefixItems":1}"#,
    ])
    func schemasThatCannotBeCheckedAreRefused(schema: String) {
        #expect(throws: VerificationError.self) {
            try ScorerRegistry.make(name: "json-schema", parameters: ["schema": schema])
        }
    }

    @Test func aSchemaThatNeverEndsIsUnscored() throws {
        let outcome = try outcome(##"{"$ref":"#"}"##, "1")
        #expect(outcome.verdict.passed == nil)
    }
}
