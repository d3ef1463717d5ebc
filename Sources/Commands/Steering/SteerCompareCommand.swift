internal import ArgumentParser
internal import Steering

struct SteerCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract:
            "Cosines between two files of directions, layer by layer, and between each direction and a random one.",
        discussion: """
              assay steer compare harm.safetensors refusal.safetensors
            """)

    @Argument(help: "Two files of directions.")
    var files: [String]
    @Option(help: "Seed of the random directions.")
    var seed: UInt64 = 0
    @OptionGroup var output: OutputOptions

    struct Row: Encodable {
        var layer: Int
        var cosine: Double
        var control: Double
    }

    mutating func validate() throws {
        guard files.count == 2 else { throw ValidationError("give two files of directions") }
    }

    func run() throws {
        let (first, second) = (try DirectionFile(path: files[0]), try DirectionFile(path: files[1]))
        let controls = second.directions.map { $0.randomControl(seed: seed) }
        let rows = try zip(
            DirectionGeometry.cosines(first.directions, second.directions),
            DirectionGeometry.cosines(first.directions, controls)
        ).map { Row(layer: $0.layer, cosine: $0.cosine, control: $1.cosine) }
        if output.json { return try StandardOutput.json(rows) }
        for row in rows {
            StandardOutput.line(
                "layer \(row.layer)  cosine \(row.cosine.rounded(to: 4))  random \(row.control.rounded(to: 4))")
        }
    }
}
