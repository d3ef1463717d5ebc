import Testing

@testable import Commands

struct BearerTokenTests {
    @Test(
        arguments: [
            ("Bearer s3cret", true), ("bearer s3cret", true), ("Bearer s3creT", false), ("Bearer s3cre", false),
            ("Bearer s3cret2", false), ("Bearer  s3cret", false), ("Bearer", false), ("s3cret", false),
            ("Basic s3cret", false), ("", false), (nil, false),
        ] as [(String?, Bool)])
    func onlyTheTokenOpens(header: String?, opens: Bool) throws {
        #expect(try #require(BearerToken("s3cret")).isIn(header) == opens)
    }

    @Test(arguments: ["", " ", "two words", "line\n", "schlüssel"])
    func whatCannotStandInAHeaderIsNoToken(text: String) { #expect(BearerToken(text) == nil) }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.1.2.3", true), ("localhost", true), ("::1", true), ("0.0.0.0", false),
        ("::", false), ("192.168.0.1", false), ("127.0.0.1.example.org", false), ("127.0.0.256", false),
        ("127.0.0.x", false), ("127..0.1", false), ("", false),
    ])
    func loopbackIsThisMachineOnly(host: String, isLoopback: Bool) {
        #expect(BearerToken.isLoopback(host) == isLoopback)
    }

    @Test func aServerThatListensWiderNeedsAToken() throws {
        let arguments = ["guard", "serve", "--model", AssayProcess.tinyModel, "--guard", "g", "--host", "0.0.0.0"]
        for (token, word) in [("", "ASSAY_GUARD_TOKEN"), ("two words", "visible ASCII")] {
            let outcome = try AssayProcess.run(arguments, environment: ["ASSAY_GUARD_TOKEN": token])
            #expect(outcome.code == 64, "\(outcome.complaint)")
            #expect(outcome.complaint.contains(word), "\(outcome.complaint)")
        }
    }
}
