internal import Steering
internal import Synchronization
public import Transformers

/// Reads along with a forward pass that somebody else runs. Changes nothing.
///
/// Hooks of a running generation cannot be asked; ``verdicts`` can, also from the generation's `shouldStop`.
public struct GuardObserver: ActivationHook {
    public let verdicts: GuardVerdicts
    private let scoring: GuardScoring
    private var hook: ReadingHook

    init(_ scoring: GuardScoring, places: [Int: PromptPlaces]) {
        self.scoring = scoring
        hook = ReadingHook(scoring.profile.readings, places: places)
        verdicts = GuardVerdicts()
    }

    public func wants(_ point: HookPoint) -> Bool { hook.wants(point) }

    public mutating func visit(_ point: HookPoint, _ activation: Activation) {
        hook.visit(point, activation)
        let prompt = activation.tag.prompt
        guard activation.tag.sample == nil, let values = hook.values(prompt: prompt) else { return }
        verdicts.note(prompt, scoring, values)
    }
}

/// Verdicts as they come, by index of the prompt.
public final class GuardVerdicts: Sendable {
    private let found = Mutex<[Int: Result<Verdict, GuardError>]>([:])

    /// The verdict on a prompt whose prefill is over. Its time is that of the scores alone.
    ///
    /// - Throws: ``GuardError/prefillIncomplete``, ``GuardError/scoreNotFinite``.
    public func verdict(prompt: Int) throws(GuardError) -> Verdict {
        guard let result = found.withLock({ $0[prompt] }) else { throw .prefillIncomplete }
        return try result.get()
    }

    fileprivate func note(_ prompt: Int, _ scoring: GuardScoring, _ values: [[Float]]) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = Result<Verdict, GuardError> { () throws(GuardError) in
            var verdict = try scoring.verdict(values, milliseconds: 0)
            verdict.milliseconds = clock.now.milliseconds(since: start)
            return verdict
        }
        found.withLock { $0[prompt] = result }
    }
}
