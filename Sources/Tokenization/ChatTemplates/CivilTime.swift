/// A date and time of day without a time zone, for templates that write the date into the prompt.
public struct CivilTime: Hashable, Sendable {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int
    public let hour: Int
    public let minute: Int
    public let second: Int

    /// The time that is `seconds` after 1970-01-01T00:00:00, in the proleptic Gregorian calendar.
    ///
    /// Add the zone's offset first for a local time. Years are kept within 1 to 9999.
    public init(secondsSince1970 seconds: Int) {
        let bounded = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let days = Int((Double(bounded) / 86_400).rounded(.down))
        let rest = bounded - days * 86_400
        // Eras of 400 years that begin on 1 March, so that a leap day ends its year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3_600
        minute = rest % 3_600 / 60
        second = rest % 60
    }

    /// The beginning of a day, written as `YYYY-MM-DD`; nil for another text, or where the month has no such day.
    public init?(date text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2D || 0x30...0x39 ~= $0 }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            year >= 1, 1...12 ~= month, day >= 1, day <= Self.lengths(ofMonthsIn: year)[month - 1]
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        hour = 0
        minute = 0
        second = 0
    }

    /// The day, written as `YYYY-MM-DD`.
    public var date: String {
        func padded(_ number: Int, _ count: Int) -> String {
            String(repeating: "0", count: max(0, count - "\(number)".count)) + "\(number)"
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// 1 to 366.
    var dayOfYear: Int {
        Self.lengths(ofMonthsIn: year).prefix(month - 1).reduce(day, +)
    }

    private static func lengths(ofMonthsIn year: Int) -> [Int] {
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    /// 0 for Sunday.
    var weekday: Int {
        let past = year - 1
        let days = past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear
        return days % 7
    }
}

extension CivilTime {
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ]

    /// C's `strftime` in the C locale; `%-d` leaves padding away. A directive that is not known stays as it is.
    func formatted(_ format: String) -> String {
        var result = ""
        var rest = Substring(format)
        while let character = rest.popFirst() {
            guard character == "%", var directive = rest.popFirst() else {
                result.append(character)
                continue
            }
            let isPadded = directive != "-"
            if !isPadded, let next = rest.popFirst() { directive = next }
            result += field(directive, isPadded: isPadded) ?? (isPadded ? "%" : "%-") + String(directive)
        }
        return result
    }

    private func field(_ directive: Character, isPadded: Bool) -> String? {
        if let (number, width) = number(directive) {
            let digits = String(number)
            return isPadded ? String(repeating: "0", count: max(0, width - digits.count)) + digits : digits
        }
        switch directive {
        case "A": return Self.days[weekday]
        case "a": return String(Self.days[weekday].prefix(3))
        case "B": return Self.months[month - 1]
        case "b", "h": return String(Self.months[month - 1].prefix(3))
        case "e": return (day < 10 && isPadded ? " " : "") + String(day)
        case "p": return hour < 12 ? "AM" : "PM"
        case "D", "x": return formatted("%m/%d/%y")
        case "F": return formatted("%Y-%m-%d")
        case "R": return formatted("%H:%M")
        case "T", "X": return formatted("%H:%M:%S")
        case "c": return formatted("%a %b %e %H:%M:%S %Y")
        case "f": return "000000"
        case "z", "Z": return ""
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        default: return nil
        }
    }

    private func number(_ directive: Character) -> (value: Int, width: Int)? {
        switch directive {
        case "Y": (year, 1)
        case "y": (year % 100, 2)
        case "m": (month, 2)
        case "d": (day, 2)
        case "H": (hour, 2)
        case "I": ((hour + 11) % 12 + 1, 2)
        case "M": (minute, 2)
        case "S": (second, 2)
        case "j": (dayOfYear, 3)
        case "u": ((weekday + 6) % 7 + 1, 1)
        case "w": (weekday, 1)
        default: nil
        }
    }
}
