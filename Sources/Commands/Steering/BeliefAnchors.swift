internal import LanguageModels
internal import Steering
internal import Tokenization
internal import Transformers

/// Harmful and harmless prompts divided by what the model does with them, and the belief scores that half of them span.
struct BeliefAnchors {
    /// Whether each prompt is refused, harmful ones first.
    let refused: [Bool]
    let cells: FourCells.Cells
    let plane: BeliefPlane
    /// Of each prompt, [prompts][readings][width], as `BeliefPlane.readings` says.
    let values: [[[Float]]]

    /// - Throws: ``CommandFailure`` where the model refuses no harmful prompt or accepts no harmless one.
    init(_ model: LanguageModel, harmful: [RenderedPrompt], harmless: [RenderedPrompt], maxTokens: Int) throws {
        let prompts = harmful + harmless
        refused = try Self.refusals(model, prompts, maxTokens: maxTokens)
        cells = try FourCells(refused: refused, harmfulCount: harmful.count).cells
        var values: [[[Float]]] = []
        try Self.reader(model).read(prompts) { values.append($1) }
        plane = try BeliefPlane(
            values: values, refusedHarmful: cells.harmfulAnchors, acceptedHarmless: cells.harmlessAnchors)
        self.values = values
    }

    /// Whether the model's greedy reply to each prompt refuses.
    static func refusals(_ model: LanguageModel, _ prompts: [RenderedPrompt], maxTokens: Int) throws -> [Bool] {
        var progress = ReplyProgress("replies", total: prompts.count, unit: "prompts", maxTokens: maxTokens)
        defer { progress.end() }
        return try SteeredReplies(model: model, maxTokens: maxTokens).replies(prompts, [], &progress)
            .map(SteeredReplies.refuses)
    }

    static func reader(_ model: LanguageModel) throws -> PromptReader {
        try PromptReader(model, readings: BeliefPlane.readings(layerCount: model.transformer.configuration.layerCount))
    }
}
