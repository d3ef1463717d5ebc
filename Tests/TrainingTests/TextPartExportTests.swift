import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Training

/// A folder of a model with images has tensors that a training does not hold.
@Test func theTextPartOfAModelIsNotWrittenAsAFolder() throws {
    let path = Places.fixture("families/gemma3/folder").path
    let text = try JSONDocument(path: path + "/config.json").root
    func source(_ keys: [String: JSONValue]) throws -> HuggingFaceFolder {
        try HuggingFaceFolder(path: path, configuration: JSONDocument(.object(keys)))
    }
    try StoredExport.check(folder: "elsewhere", source(["model_type": .string("gemma3_text"), "text_config": text]))
    let error = try #require(throws: TrainingError.self) {
        try StoredExport.check(folder: "elsewhere", source(["model_type": .string("gemma3"), "text_config": text]))
    }
    #expect("\(error)".contains("the text part of a model that sees images"), "\(error)")
}
