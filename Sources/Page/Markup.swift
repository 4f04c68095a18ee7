/// HTML that is safe to send: whatever is put into it as text is escaped, and only markup goes in as it is.
package struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
    package let html: String

    private init(html: String) { self.html = html }

    package init(stringLiteral value: String) { html = value }

    package init(stringInterpolation: Interpolation) { html = stringInterpolation.html }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var html = ""

        package init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { html += literal }

        package mutating func appendInterpolation(_ text: some StringProtocol) { html += escaped(text) }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { html += "\(number)" }

        package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

        package mutating func appendInterpolation(_ parts: [Markup]) {
            html += parts.map(\.html).joined(separator: "\n")
        }

        /// Nothing where there is none.
        package mutating func appendInterpolation(_ markup: Markup?) { html += markup?.html ?? "" }
    }

    /// A number as CSS and SVG read it: at most three decimals.
    static func number(_ value: Double) -> Markup {
        let thousandths = Int((value * 1000).rounded())
        guard thousandths % 1000 != 0 else { return Markup(html: "\(thousandths / 1000)") }
        let sign = thousandths < 0 ? "-" : ""
        let decimals = String(abs(thousandths % 1000))
        return Markup(
            html: "\(sign)\(abs(thousandths / 1000))." + String(repeating: "0", count: 3 - decimals.count) + decimals)
    }
}

/// Text as HTML, also within an attribute.
private func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(character)
        }
    }
    return result
}
