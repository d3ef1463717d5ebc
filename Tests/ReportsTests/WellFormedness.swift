import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Reads a page as XML and collects what a browser would act on.
final class PageReader: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var ids: [String] = []
    private(set) var references: [String] = []
    private(set) var addresses: [String] = []
    private(set) var handlers: [String] = []
    private(set) var text = ""

    /// Nil where the page is not well-formed.
    static func read(_ page: String) -> PageReader? {
        let reader = PageReader()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        return parser.parse() ? reader : nil
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[name, default: 0] += 1
        for (key, value) in attributes {
            if key == "id" { ids.append(value) }
            if key == "aria-labelledby" { references += value.split(separator: " ").map(String.init) }
            if ["src", "href", "xlink:href", "action"].contains(key) { addresses.append(value) }
            if key.hasPrefix("on") { handlers.append(key) }
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }
}

/// Expects a page that is well-formed, loads nothing, runs nothing and names its pictures.
func expectSelfContained(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> PageReader {
    let reader = try #require(PageReader.read(page), "not well-formed", sourceLocation: sourceLocation)
    for name in ["script", "link", "img", "iframe", "object", "form", "base"] {
        #expect(reader.elements[name] == nil, "<\(name)>", sourceLocation: sourceLocation)
    }
    #expect(reader.addresses == [], sourceLocation: sourceLocation)
    #expect(reader.handlers == [], sourceLocation: sourceLocation)
    #expect(Set(reader.ids).count == reader.ids.count, "an id occurs twice", sourceLocation: sourceLocation)
    #expect(Set(reader.references).isSubset(of: Set(reader.ids)), sourceLocation: sourceLocation)
    #expect(!page.contains("@import") && !page.contains("url("), sourceLocation: sourceLocation)
    return reader
}
