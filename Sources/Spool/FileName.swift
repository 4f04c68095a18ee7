import Foundation

/// A file's name as the kernel knows it: bytes, in no particular encoding.
package struct FileName: Hashable, Sendable, Comparable {
    /// Longest name that Linux file systems take, in bytes.
    static let longest = 255

    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }

    package static func < (one: FileName, other: FileName) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }

    /// Fit for a log line or a terminal: what is not UTF-8 is replaced, and so is what would move a cursor or turn the direction of text.
    package var text: String {
        let unfit: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
        return String(
            String.UnicodeScalarView(
                String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
                    unfit.contains($0.properties.generalCategory) ? "\u{FFFD}" : $0
                }))
    }

    /// True for the names that browsers, editors and copy programs give to what they have not finished.
    var isTemporary: Bool {
        let endings = ["~", ".part", ".partial", ".filepart", ".crdownload", ".tmp", ".swp"]
        guard let first = bytes.first, first != UInt8(ascii: ".") else { return true }
        let name = text.lowercased()
        return endings.contains { name.hasSuffix($0) }
    }

    /// "picnic.nuwa" for number 1, "picnic-2.nuwa" for 2; cut so that `reserve` more bytes fit behind it.
    func numbered(_ number: Int, reserve: Int = 0) -> FileName {
        let mark = number > 1 ? Array("-\(number)".utf8) : []
        let dot = bytes.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? bytes.endIndex
        let ending = bytes[dot...].prefix(32)
        let stem = bytes[..<dot].prefix(Self.longest - reserve - mark.count - ending.count)
        return FileName(bytes: stem + mark + ending)
    }

    /// What all names have in common that ``numbered(_:reserve:)`` makes of one, and names that it may have made of it: their stem without
    /// numbers at its end, as far as none is cut shorter, and the ending.
    package var family: FileName {
        let dot = bytes.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? bytes.endIndex
        var stem = bytes[..<dot]
        while true {
            let digits = stem.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            guard digits > 0, stem.dropLast(digits).last == UInt8(ascii: "-") else { break }
            stem = stem.dropLast(digits + 1)
        }
        return FileName(
            bytes: Array(stem.prefix(Self.longest - Self.longestAddition)) + Array(bytes[dot...].prefix(32)))
    }

    /// Bytes of an ending and of a number, and of what is reserved behind them.
    private static let longestAddition = 32 + 20 + 20

    func appending(_ ending: String) -> FileName { FileName(bytes: bytes + Array(ending.utf8)) }

    /// Calls `body` with the name as C wants it.
    func withCString<T>(_ body: (UnsafePointer<CChar>) throws -> T) rethrows -> T {
        try (bytes + [0]).withUnsafeBufferPointer { buffer in
            try buffer.withMemoryRebound(to: CChar.self) { try body($0.baseAddress!) }
        }
    }
}
