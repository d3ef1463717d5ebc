internal import Checkpoints
internal import Foundation
internal import Transformers

/// An adapter that a user named.
public struct AdapterChoice: Hashable, Sendable {
    public var path: String
    /// Factor on what it changes.
    public var strength: Float

    public init(path: String, strength: Float = 1) {
        self.path = path
        self.strength = strength
    }

    /// `PATH`, or `PATH:STRENGTH` where no file has that whole name.
    public init(_ text: String) {
        self.init(path: text)
        guard !FileManager.default.fileExists(atPath: text), let colon = text.lastIndex(of: ":"),
            let strength = Float(text[text.index(after: colon)...]), strength.isFinite
        else { return }
        self.init(path: String(text[..<colon]), strength: strength)
    }

    /// SHA-256 of the file, or of a PEFT folder's two.
    func digest() throws -> String {
        let inner = [LoRAAdapter.configurationFile, LoRAAdapter.weightsFile]
        guard FileManager.default.fileExists(atPath: "\(path)/\(inner[0])") else {
            return try FileDigest.sha256(ofFileAt: path)
        }
        return try FileDigest.sha256(ofFiles: inner, inFolder: path)
    }
}
