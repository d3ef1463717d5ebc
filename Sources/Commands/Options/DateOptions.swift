internal import ArgumentParser
internal import Tokenization

/// The day of a chat template that asks for it.
struct DateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a chat template that asks for the date is told; without one it takes the date that it brings itself.",
            valueName: "YYYY-MM-DD"),
        transform: DateText.read)
    var date: CivilTime?
}
