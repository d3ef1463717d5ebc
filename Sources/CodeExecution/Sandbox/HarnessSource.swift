/// The Python side of the sandbox, one text made of the files in `Python/`.
enum HarnessSource {
    /// In the order in which the parts use each other.
    static let bytes: [UInt8] =
        PackageResources.sandbox_py + PackageResources.exchange_py + PackageResources.candidate_py
        + PackageResources.judge_py + PackageResources.server_py

    /// Our own program that measures the style of another.
    static let style = String(decoding: PackageResources.style_py, as: UTF8.self)
}
