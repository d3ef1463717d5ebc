/// A page that is one file: no network, no scripts, no fonts of its own.
struct HTMLPage {
    var title: String
    var body: [Markup]

    /// Ends with a line end.
    var source: String {
        let head: [Markup] = [
            .element("meta", ["charset": "utf-8"]),
            // Even if a string got out of its quotes, a browser would load and run nothing.
            .element(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
                ]),
            .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .element("meta", ["name": "referrer", "content": "no-referrer"]),
            .element("title", text: title),
            .element("style", [:], [.trusted(PageStyle.sheet)]),
        ]
        let page = Markup.element(
            "html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"],
            [.element("head", [:], head), .element("body", [:], [.element("main", [:], body)])])
        return "<!DOCTYPE html>\n" + page.source + "\n"
    }
}

extension Markup {
    static func heading(_ text: String, id: String? = nil) -> Markup {
        .element("h2", ["id": id], text: text)
    }

    static func paragraph(_ text: String, style: String? = nil) -> Markup {
        .element("p", ["class": style], text: text)
    }

    static func header(kind: String, title: String, lead: String) -> Markup {
        .element(
            "header", [:],
            [
                .paragraph("Assay · \(kind)", style: "eyebrow"), .element("h1", text: title),
                .paragraph(lead, style: "lead"),
            ])
    }

    /// The same chart for wide and for narrow screens; the style sheet shows one of them.
    static func figure(
        id: String,
        title: String,
        description: String,
        caption: String,
        draw: (Drawing.Size) -> Drawing
    ) -> Markup {
        let pictures = Drawing.Size.allCases.map { size in
            draw(size).picture(id: "\(id)-\(size.rawValue)", title: title, description: description, size: size)
        }
        return .element("figure", [:], pictures + [.element("figcaption", text: caption)])
    }

    /// Facts without a value are left out.
    static func facts(_ facts: [ReportFact]) -> Markup {
        let entries = facts.flatMap { fact in
            [
                Markup.element("dt", text: fact.name),
                Markup.element("dd", ["class": fact.isCode ? "digest" : nil], text: fact.value),
            ]
        }
        return entries.isEmpty ? .nothing : .element("dl", ["class": "facts"], entries)
    }

    /// - Parameter parts: what is shown when the reader opens it.
    static func details(_ summary: String, isOpen: Bool = false, _ parts: [Markup]) -> Markup {
        .element("details", ["open": isOpen ? "open" : nil], [.element("summary", text: summary)] + parts)
    }

    static func footer(generated: String?) -> Markup {
        .element("footer", text: "Made by assay" + (generated.map { " on \($0)" } ?? "") + ".")
    }

    static func command(_ command: String) -> Markup {
        .element("pre", [:], [.element("code", text: command)])
    }
}
