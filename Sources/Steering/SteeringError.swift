/// What can be wrong with a direction, an intervention, or the data they are made from.
public enum SteeringError: Error, Hashable, Sendable {
    case noInstruction
    case noSuchPoint(String, layerCount: Int)
    case noVector(reading: String)
    case noSuchPlace(prompt: Int)
    case tooShort(id: String)
    case tooFewPrompts(side: String, count: Int, needed: Int)
    case unpaired(positives: Int, negatives: Int)
    case noDifference(reading: String)
    case notFinite(what: String)
    case wrongWidth(what: String, found: Int, expected: Int)
    case differentWidths(layer: Int, Int, Int)
    case notResidual(reading: String)
    case normAfter(tensor: String)
    case otherModel(found: String, expected: String)
    case otherTemplate(found: String, expected: String)
    case unreadableFile(path: String, reason: String)
    case noLayer(Int, available: [Int])
    case setting(name: String, value: String, allowed: String)
    case layerZero
    case flat(reading: String, shrinkage: Double)
    case unreachableBudget(nats: Double, largest: Double)
}

extension SteeringError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noInstruction:
            return "a prompt has no token of a user's instruction; give each prompt some text"
        case .noSuchPoint(let name, let layerCount):
            return
                "the model has no \"\(name)\"; it has layers 0 to \(layerCount - 1), and names are like hook_resid_post"
        case .noVector(let reading):
            return "\(reading) is not one vector for each position; use a site such as hook_resid_pre"
        case .noSuchPlace(let prompt):
            return "prompt \(prompt) (from 0) is too short for one of the positions; use t_inst or t_post_inst"
        case .tooShort(let id):
            return "prompt \"\(id)\" is too short for one of the positions; use t_inst or t_post_inst"
        case .tooFewPrompts(let side, let count, let needed):
            return "there are \(count) \(side) prompts; at least \(needed) are needed"
        case .unpaired(let positives, let negatives):
            return "the method works on matched pairs, and there are \(positives) prompts against \(negatives)"
        case .noDifference(let reading):
            return "both sides have the same mean at \(reading); there is no direction there"
        case .notFinite(let what):
            return "\(what) holds a number that is not finite; make the file again"
        case .wrongWidth(let what, let found, let expected):
            return "\(what) has \(found) components, and the model \(expected); it was made for another model"
        case .differentWidths(let layer, let first, let second):
            return
                "at layer \(layer) one direction has \(first) components and the other \(second); compare directions of "
                + "one model and of one site"
        case .notResidual(let reading):
            return
                "\(reading) is not as wide as the residual stream, from which a direction is taken out; find it at a site "
                + "such as hook_resid_pre"
        case .normAfter(let tensor):
            return
                "\"\(tensor)\" weighs what a layer has written, and no change of the layer keeps the direction out of that; "
                + "ablate while the model runs: assay steer generate --operation ablate --every-layer --positions all"
        case .otherModel(let found, let expected):
            return "made for the model with SHA-256 \(expected), and this one has \(found); fit again for this model"
        case .otherTemplate(let found, let expected):
            return "made with the chat template \(expected), and the model has \(found); fit again with this template"
        case .unreadableFile(let path, let reason):
            return "\"\(path)\" cannot be used: \(reason)"
        case .noLayer(let layer, let available):
            return
                "there is nothing for layer \(layer); there is for \(available.map(String.init).joined(separator: ", "))"
        case .setting(let name, let value, let allowed):
            return "\(name) is \(value); allowed: \(allowed)"
        case .layerZero:
            return "a control vector cannot act on the output of block 0: llama.cpp refuses the file"
        case .flat(let reading, let shrinkage):
            return
                "activations at \(reading) vary in too few ways for lda with a shrinkage of \(shrinkage); give prompts that "
                + "differ there, leave that layer out, or use mean-difference"
        case .unreachableBudget(let nats, let largest):
            return "no strength moves the next token by \(nats) nats: \(largest) at the largest that was tried"
        }
    }
}
