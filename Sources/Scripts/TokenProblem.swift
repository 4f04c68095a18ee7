/// Why one word of a script cannot be what it should be, and what would be right; the parser adds the place.
package struct TokenProblem: Error, Equatable, CustomStringConvertible {
    package var message: String
    package var remedy: String

    package init(message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message): \(remedy)" }
}

extension Character {
    package var isDigit: Bool { isASCII && isNumber }
}

extension StringProtocol {
    /// ASCII digits and nothing else, at least one.
    package var isDigits: Bool { !isEmpty && allSatisfy(\.isDigit) }

    /// With the full-width forms of Chinese, Japanese and Korean keyboards (`０：２５`) and typographic dashes as plain ASCII.
    var plain: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E: result.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
            case 0x2010...0x2015, 0x2212: result.append("-")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
