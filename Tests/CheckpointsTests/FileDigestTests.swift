import Checkpoints
import Foundation
import TestSupport
import Testing

struct FileDigestTests {
    @Test func digestsAreThoseOfTheStandard() throws {
        let answers = [
            (Data(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Data("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Data(repeating: 0x61, count: 10_000_000),
                "01f4a87c04b40af59aadc0e812293509709c9a8763a60b7f9e19303322f8b03c"
            ),
        ]
        try Places.withTemporaryFolder { folder in
            let url = folder.appendingPathComponent("file")
            for (data, digest) in answers {
                try data.write(to: url)
                #expect(try FileDigest.sha256(ofFileAt: url.path) == digest)
            }
        }
    }
}
