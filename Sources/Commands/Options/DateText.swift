internal import ArgumentParser
internal import Tokenization

/// A day, as an option has it.
enum DateText {
    /// - Throws: `ValidationError` for a text that is no day of the calendar.
    @Sendable static func read(_ text: String) throws -> CivilTime {
        guard let date = CivilTime(date: text) else {
            throw ValidationError("--date is \"\(text)\"; allowed: a day of the calendar, as YYYY-MM-DD")
        }
        return date
    }
}
