import Foundation
import LatentGuard
import Testing

@testable import Commands

struct ModerationReplyTests {
    private static let categories: Set<String> = [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
        "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
    ]

    @Test func aHarmfulTextIsFlaggedWithItsCategories() {
        let item = ModerationReply.Item(ServingExamples.verdict(.harmful))
        #expect(item.flagged)
        #expect(Set(item.categories.keys) == Self.categories)
        #expect(Set(item.categoryScores.keys) == Self.categories)
        #expect(Set(item.appliedInputTypes.keys) == Self.categories)
        #expect(item.categories.filter(\.value).keys.sorted() == ["illicit/violent"])
        #expect(item.categoryScores["illicit/violent"] == 0.9)
        #expect(item.categoryScores["hate"] == 0.2)
        #expect(item.appliedInputTypes["hate"] == ["text"])
        #expect(item.appliedInputTypes["sexual/minors"] == [])
    }

    @Test func theHighestOfSeveralCategoriesSpeaks() {
        let item = ModerationReply.Item(
            ServingExamples.verdict(.harmful, categories: ["fraud": 0.3, "drugs": 0.7, "theft": 0.1]))
        #expect(item.categoryScores["illicit"] == 0.7)
        #expect(item.categories["illicit"] == true)
    }

    @Test func unsureIsFlaggedAndHarmlessIsNot() {
        let unsure = ModerationReply.Item(ServingExamples.verdict(.unsure))
        #expect(unsure.flagged)
        #expect(!unsure.categories.values.contains(true))
        let harmless = ModerationReply.Item(ServingExamples.verdict(.harmless))
        #expect(!harmless.flagged)
        #expect(!harmless.categories.values.contains(true))
    }

    @Test func aScoreThatIsNoNumberIsNeverAReply() {
        let item = ModerationReply.Item(ServingExamples.verdict(.harmless, categories: ["hate": .nan]))
        #expect(throws: EncodingError.self) { try JSONText.encode(item) }
    }
}
