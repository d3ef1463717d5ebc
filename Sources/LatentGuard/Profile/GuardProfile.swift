public import Steering

/// Everything that a guard knows: what it reads, how it scores, and what it was fitted on.
public struct GuardProfile: Hashable, Sendable {
    public static let formatVersion = 1

    /// SHA-256 of the model's file.
    public var model: String
    /// SHA-256 of the chat template's text; nil for a model without one.
    public var template: String?
    public var readings: [Reading]
    /// Width of what is read.
    public var width: Int
    public var harmful: GuardHead
    /// Added to the score of ``harmful``: the threshold, negated.
    public var threshold: Double
    public var calibration: Calibration
    public var refusal: GuardHead?
    /// By name, with the calibration of each.
    public var categories: [Category]
    public var novelty: Novelty
    public var record: FitRecord

    public struct Category: Hashable, Sendable {
        public var name: String
        public var head: GuardHead
        public var calibration: Calibration

        public init(name: String, head: GuardHead, calibration: Calibration) {
            self.name = name
            self.head = head
            self.calibration = calibration
        }
    }

    public init(
        model: String, template: String?, readings: [Reading], width: Int, harmful: GuardHead, threshold: Double,
        calibration: Calibration, refusal: GuardHead?, categories: [Category], novelty: Novelty, record: FitRecord
    ) {
        self.model = model
        self.template = template
        self.readings = readings
        self.width = width
        self.harmful = harmful
        self.threshold = threshold
        self.calibration = calibration
        self.refusal = refusal
        self.categories = categories
        self.novelty = novelty
        self.record = record
    }
}

/// How a guard came about.
public struct FitRecord: Codable, Hashable, Sendable {
    /// A prompt set that was fitted on.
    public struct DataSet: Codable, Hashable, Sendable {
        public var name: String
        /// SHA-256 of the file.
        public var digest: String
        public var harmful: Int
        public var harmless: Int

        public init(name: String, digest: String, harmful: Int, harmless: Int) {
            self.name = name
            self.digest = digest
            self.harmful = harmful
            self.harmless = harmless
        }
    }

    public var method: String
    /// The inverse of the penalty's strength, for methods that have one.
    public var c: Double?
    public var folds: Int
    /// What a chat template that asks for the date was told, as `YYYY-MM-DD`.
    public var date: String?
    public var seed: UInt64
    public var dataSets: [DataSet]
    /// What was asked of the threshold: the share of harmless prompts flagged.
    public var targetFalsePositiveRate: Double
    /// That share as found on prompts held out, with its 95% interval.
    public var falsePositives: RateEstimate
    /// The same for harmful prompts that are flagged.
    public var truePositives: RateEstimate
    /// Area under the ROC curve on prompts held out, by method, for every method that was tried.
    public var validation: [String: Double]

    public init(
        method: String, c: Double?, folds: Int, seed: UInt64, dataSets: [DataSet], targetFalsePositiveRate: Double,
        falsePositives: RateEstimate, truePositives: RateEstimate, validation: [String: Double]
    ) {
        self.method = method
        self.c = c
        self.folds = folds
        self.seed = seed
        self.dataSets = dataSets
        self.targetFalsePositiveRate = targetFalsePositiveRate
        self.falsePositives = falsePositives
        self.truePositives = truePositives
        self.validation = validation
    }
}
