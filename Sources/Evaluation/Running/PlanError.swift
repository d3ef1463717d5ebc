/// What is wrong with an evaluation before its first token, or between it and the model that it is run on.
public enum PlanError: Error, Hashable, Sendable {
    case promptSetCount(found: Int, sources: Int)
    case noPrompts(kept: Int, available: Int)
    case tooManySamples(prompts: Int, samples: Int, allowed: Int)
    case setting(name: String, found: String, allowed: String)
    case noScorers
    case scorerCount(found: Int, definitions: Int)
    case duplicateScorer(key: String)
    /// A scorer that grades a prompt's samples together, where sampling may end before all of them are drawn.
    case groupUnderStopping(scorer: String)
    case judgeWithoutChat(scorer: String, ChatProblem)
    case duplicatePrompt(set: String, id: String)
    case setNameShared(name: String)
    case templateWithoutPrompt
    case promptShape(set: String, id: String, problem: PromptProblem)
    /// The fields of the plan that differ from those of the run that is to be continued.
    case differs(fields: [String])
    /// Rows of the run that are not in the plan.
    case unknownRows(count: Int)
    /// A sample that was drawn again, for a verdict over its prompt, and is not what its row says.
    case redrawnSampleDiffers(prompt: String, sample: Int)
    case modelBrokeContract(ModelFault)

    /// Why a model cannot be asked for its judgement.
    public enum ChatProblem: Hashable, Sendable {
        case plainText
        case noTemplate
    }

    public enum PromptProblem: Error, Hashable, Sendable {
        case neitherPromptNorMessages
        case bothPromptAndMessages
        case conversationAsPlainText
        case systemMessageAsPlainText
        case noUserMessage
        case choiceCount(Int)
        case targetIsNotALetter
    }

    public enum ModelFault: Hashable, Sendable {
        case unknownSample(request: Int, sample: Int)
        case logProbabilityCount(found: Int, ids: Int)
        case missingSamples(Int)
    }
}

extension PlanError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .promptSetCount(let found, let sources):
            "\(found) prompt sets were read for \(sources) sources; each source needs its own."
        case .noPrompts(let kept, let available):
            "No prompt is left: \(kept) of \(available) pass the filters, and the limit keeps none of them. "
                + "Check `labels`, `categories` and `limit`."
        case .tooManySamples(let prompts, let samples, let allowed):
            "\(prompts) prompts with \(samples) samples each are more than \(allowed) samples. Split the run."
        case .setting(let name, let found, let allowed):
            "`\(name)` is \(found); it must be \(allowed)."
        case .noScorers:
            "The evaluation has no scorer. Name at least one under `scorers`."
        case .scorerCount(let found, let definitions):
            "\(found) scorers were made for \(definitions) definitions."
        case .duplicateScorer(let key):
            "The scorer \(key) is there twice. Remove one, or give it other parameters."
        case .groupUnderStopping(let scorer):
            "The scorer \(scorer) needs all samples of a prompt; sampling that ends at a success does not draw them. "
                + "Remove it, or use `eval run`."
        case .judgeWithoutChat(let scorer, .plainText):
            "The scorer \(scorer) asks the model in a chat; the format is raw. Use the format `chat`, or remove the scorer."
        case .judgeWithoutChat(let scorer, .noTemplate):
            "The scorer \(scorer) asks the model in a chat, and the model has no chat template. Remove the scorer, or use "
                + "a model that has one."
        case .duplicatePrompt(let set, let id):
            "Prompt \(id) of set \(set) is chosen twice. Make the filters of its sources exclude each other."
        case .setNameShared(let name):
            "Two different prompt sets are called \(name). Rename one of the files."
        case .templateWithoutPrompt:
            "`prompt_template` has no {prompt}. Put {prompt} where the question goes."
        case .promptShape(let set, let id, let problem):
            "Prompt \(id) of set \(set) \(problem)."
        case .differs(let fields):
            "The run cannot be continued, because the plan has changed: \(fields.joined(separator: ", ")). "
                + "Undo the change, or start a new run."
        case .unknownRows(let count):
            "The run holds \(count) rows that are not in its plan. Start a new run."
        case .redrawnSampleDiffers(let prompt, let sample):
            "Sample \(sample) of prompt \(prompt) was drawn again and has other grades than its row. Start a new run."
        case .modelBrokeContract(let fault):
            "The model \(fault)."
        }
    }
}

extension PlanError.PromptProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .neitherPromptNorMessages: "has neither `prompt` nor `messages`; it needs one of them"
        case .bothPromptAndMessages: "has both `prompt` and `messages`; keep one of them"
        case .conversationAsPlainText: "is a conversation, which the format `raw` cannot hold; use the format `chat`"
        case .systemMessageAsPlainText: "has a system message, which the format `raw` cannot hold; use `chat`"
        case .noUserMessage: "has no message of the user"
        case .choiceCount(let count): "has \(count) choices; multiple choice needs 2 to 26"
        case .targetIsNotALetter: "has a target that is not the letter of one of its choices"
        }
    }
}

extension PlanError.ModelFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownSample(let request, let sample):
            "returned sample \(sample) of request \(request), which was not asked for or came twice"
        case .logProbabilityCount(let found, let ids):
            "returned \(found) log-probabilities for \(ids) token ids"
        case .missingSamples(let count):
            "ended without \(count) of the samples asked for"
        }
    }
}
