public import Steering

/// How a guard is fitted.
public struct FitOptions: Hashable, Sendable {
    /// Methods to choose from, by their figures on prompt sets left out of the fit.
    public var methods: [GuardMethod] = GuardMethod.allCases
    /// Blocks whose output is read.
    public var layers: [Int]
    public var positions: [TokenPosition] = [.instruction, .postInstruction, .instructionMean]
    /// Inverse penalties to choose from.
    public var penalties = [0.0003, 0.001, 0.003]
    /// Parts into which groups are divided for what is measured on prompts held out.
    public var folds = 5
    public var seed: UInt64 = 0
    /// The share of harmless prompts that the threshold may flag.
    public var targetFalsePositiveRate = 0.05
    /// Keeps 0 as the threshold, as the paper has it.
    public var keepsThresholdAtZero = false
    public var isotonic = false
    /// A category with fewer harmful prompts gets no score of its own.
    public var smallestCategory = 12
    public var noveltyComponents = 32
    /// The share of prompts held out that are to count as near.
    public var noveltyShare = 0.995

    public init(layers: [Int]) { self.layers = layers }

    /// - Throws: ``GuardError/setting(name:value:allowed:)``.
    func check(layerCount: Int) throws(GuardError) {
        try require(
            "layers", layers, !layers.isEmpty && layers.allSatisfy { (0..<layerCount).contains($0) },
            "0 to \(layerCount - 1)")
        try require(
            "positions", positions, !positions.isEmpty && !positions.contains(.all),
            "t_inst, t_post_inst, inst_mean or an offset")
        try require("methods", methods, !methods.isEmpty, "at least one")
        try require(
            "penalties", penalties, !penalties.isEmpty && penalties.allSatisfy { $0 > 0 && $0.isFinite }, "above 0")
        try require("folds", folds, (2...20).contains(folds), "2 to 20")
        try require("target", targetFalsePositiveRate, (0...1).contains(targetFalsePositiveRate), "0 to 1")
        try require("novelty share", noveltyShare, (0.5...1).contains(noveltyShare), "0.5 to 1")
    }

    private func require(_ name: String, _ value: Any, _ holds: Bool, _ allowed: String) throws(GuardError) {
        guard holds else { throw .setting(name: name, value: "\(value)", allowed: allowed) }
    }
}
