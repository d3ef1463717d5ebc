internal import TextFormats

/// HTML or SVG, escaped by construction: a string from outside gets in as text or as an attribute's value only.
///
/// What is written is well-formed XML as well as HTML.
struct Markup: Sendable, ExpressibleByStringLiteral {
    let source: String

    init(stringLiteral value: String) {
        self = .text(value)
    }

    private init(source: String) {
        self.source = source
    }

    static let nothing = Markup(source: "")

    /// Text from anywhere. Hidden characters are spelled out; line ends stay.
    static func text(_ text: String) -> Markup {
        Markup(source: escaped(visible(text, keepingLines: true)))
    }

    /// Style sheets and the like, written in this module.
    static func trusted(_ source: StaticString) -> Markup {
        Markup(source: "\(source)")
    }

    static func group(_ parts: [Markup]) -> Markup {
        Markup(source: parts.map(\.source).joined())
    }

    /// An attribute without a value is left out.
    static func element(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String?> = [:],
        _ children: [Markup] = []
    ) -> Markup {
        var source = "<\(name)"
        for case (let key, let value?) in attributes {
            source += " \(key)=\"\(escaped(visible(value)))\""
        }
        // A parser of HTML ignores the slash of `<div/>`, hence the end tag wherever HTML knows one.
        if voidElements.contains("\(name)") { return Markup(source: source + "/>") }
        return Markup(source: source + ">" + group(children).source + "</\(name)>")
    }

    static func element(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String?> = [:],
        text: String
    ) -> Markup {
        element(name, attributes, [.text(text)])
    }

    private static let voidElements: Set<String> = ["br", "col", "hr", "meta", "wbr"]

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
