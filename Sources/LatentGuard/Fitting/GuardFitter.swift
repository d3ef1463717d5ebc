public import LanguageModels
internal import Steering
internal import Tokenization
internal import Transformers

/// Fits a guard to labelled prompts.
///
/// The method and its penalty are those that do best on prompt sets left out of the fit, one set at a time. Threshold
/// and calibration come from prompts held out by groups. Then everything is fitted on all prompts. A third of the
/// prompts is read without the closing mark.
public struct GuardFitter {
    let model: LanguageModel
    let options: FitOptions

    /// - Throws: ``GuardError/setting(name:value:allowed:)``.
    public init(_ model: LanguageModel, options: FitOptions) throws {
        try options.check(layerCount: model.transformer.configuration.layerCount)
        self.model = model
        self.options = options
    }

    /// What is done at the moment, for people who wait.
    public enum Progress: Sendable {
        case read(prompts: Int, of: Int)
        /// Mean area under the ROC curve over the sets left out.
        case tried(method: GuardMethod, c: Double?, auroc: Double)
        case fitting(String)
        /// A category without a score: its prompts are of too few groups to be divided in two.
        case leftOut(category: String)
    }

    /// - Throws: ``GuardError``; `SteeringError.tooShort(id:)` for a prompt that lacks a place; errors of the model for one
    ///   that it cannot read.
    public func fit(
        _ prompts: [GuardPrompt], dataSets: [FitRecord.DataSet], progress: (Progress) -> Void = { _ in }
    ) throws -> GuardProfile {
        let readings = allReadings
        let rendered = try prompts.enumerated().map { index, prompt in
            let text = index % 3 == 0 ? Self.withoutClosingMark(prompt.text) : prompt.text
            let rendered = try model.render([ChatMessage(role: "user", content: text)])
            let limit = model.transformer.configuration.contextLength
            guard rendered.ids.count <= limit else {
                throw GuardError.beyondContext(prompt: prompt.id, tokens: rendered.ids.count, limit: limit)
            }
            return rendered
        }
        var examples: [GuardExample] = []
        do {
            try PromptReader(model, readings: readings).read(rendered) { index, values in
                examples.append(prompts[index].example(values))
                if examples.count % 64 == 0 { progress(.read(prompts: examples.count, of: prompts.count)) }
            }
        } catch SteeringError.noSuchPlace(let index) {
            throw SteeringError.tooShort(id: prompts[index].id)
        }
        var none = NoHook()
        let sample =
            options.methods.contains(.distilled)
            ? Array(rendered.indices) : FitCore.refusalSample(of: rendered.count)
        progress(.fitting("log-odds of refusal of \(sample.count) prompts, by the whole model"))
        let refusals = try NextTokenReader(model).refusalLogOdds(
            sample.map { rendered[$0] }, tokens: RefusalTokens(model.tokenizer), hooks: &none)
        for (index, refusal) in zip(sample, refusals) { examples[index].refusal = refusal }
        let core = FitCore(
            options: options, readings: readings, layerCount: model.transformer.configuration.layerCount)
        var profile = try core.profile(
            examples, model: model.digest(), template: model.templateDigest, dataSets: dataSets,
            progress: progress)
        profile.record.date = model.date?.date
        return profile
    }

    /// A prompt as many people type it. A guard that has met sentences alone finds whatever ends with a word far from
    /// everything it knows, because `t_inst` is then a token it never read.
    static func withoutClosingMark(_ text: String) -> String {
        let open = String(text.reversed().drop { ".?!".contains($0) }.reversed())
        return open.isEmpty ? text : open
    }

    /// The chosen readings, then those that the paper's rule needs beside them.
    private var allReadings: [Reading] {
        let chosen = options.layers.flatMap { layer in
            options.positions.map { Reading(layer: layer, position: $0) }
        }
        guard options.methods.contains(where: \.readsAllLayers) else { return chosen }
        let layers = (0..<model.transformer.configuration.layerCount).map { Reading(layer: $0, position: .instruction) }
        return chosen + layers.filter { !chosen.contains($0) }
    }
}

extension GuardPrompt {
    func example(_ values: [[Float]]) -> GuardExample {
        GuardExample(values: values, isHarmful: isHarmful, group: group, set: set, category: category)
    }
}
