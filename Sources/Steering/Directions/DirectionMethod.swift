/// How a direction is found from two sides.
public enum DirectionMethod: String, Codable, CaseIterable, Hashable, Sendable {
    /// Mean of the positive side minus mean of the negative side (Marks and Tegmark 2023; Arditi et al. 2024).
    case meanDifference = "mean-difference"
    /// First principal component of the differences of matched pairs, which are not centred: what all pairs have in common
    /// counts. repeng's `pca_diff` subtracts the mean of the differences first and finds how pairs differ from each other.
    case pairComponent = "pca-difference"
    /// Fisher's discriminant: the inverse of the pooled covariance times the difference of means.
    case discriminant = "lda"
    /// Weights of a penalised logistic regression on standardised activations.
    case probe = "logistic-probe"
}

/// What a method needs beside the data.
public struct DirectionOptions: Codable, Hashable, Sendable {
    public var method: DirectionMethod
    /// For ``DirectionMethod/discriminant``: the share of the covariance's mean variance that is added to its diagonal.
    public var shrinkage = 0.1
    /// For ``DirectionMethod/probe``: the inverse of the penalty's strength.
    public var c = 0.01

    public init(_ method: DirectionMethod) { self.method = method }
}
