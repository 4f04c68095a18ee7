import Files
package import Foundation
import TOMLKit

/// Why a recipe was refused: where, and what would be right.
package struct RecipeError: Error, Equatable, CustomStringConvertible {
    package let file: String
    /// Counted from 1; nil where the problem has no line, as with a key that is missing.
    package let line: Int?
    package let problem: String

    package var description: String { "\(line.map { "\(file):\($0)" } ?? file): \(problem)" }
}

/// How a network is trained: the keys of a TOML file, which explains each. There are no defaults, so that a recipe tells all that a
/// run did.
package protocol Recipe: Decodable {
    /// Values that the types allow and training does not.
    var rules: [RecipeRule] { get }
}

/// What a value of a recipe has to be.
package struct RecipeRule {
    /// The key, with those of its tables before it and dots between.
    let path: String
    let isRight: Bool
    /// Follows "should be".
    let wanted: String

    package init(_ path: String, _ isRight: Bool, _ wanted: String) {
        (self.path, self.isRight, self.wanted) = (path, isRight, wanted)
    }

    package static func share(_ path: String, _ value: Double) -> RecipeRule {
        RecipeRule(path, (0...1).contains(value), "from 0 to 1")
    }

    package static func positive(_ path: String, _ value: Int) -> RecipeRule {
        RecipeRule(path, value >= 1, "1 or more")
    }
}

extension Recipe {
    /// Reads a recipe. Throws `SystemError` or ``RecipeError``.
    package static func read(_ file: URL) throws -> Self {
        guard let text = String(data: try WholeFile.read(file), encoding: .utf8) else {
            throw RecipeError(file: file.path, line: nil, problem: "is not UTF-8 text")
        }
        return try Self(toml: text, file: file.path)
    }

    /// - Parameter file: the name for messages.
    package init(toml text: String, file: String) throws {
        func refused(_ path: [any CodingKey], _ problem: String) -> RecipeError {
            let keys = path.filter { $0.intValue == nil }.map(\.stringValue)
            let place = path.compactMap(\.intValue).first ?? 0
            let line = Self.line(of: keys, place: place, in: text)
            return RecipeError(
                file: file, line: line, problem: (keys.isEmpty ? "" : keys.joined(separator: ".") + ": ") + problem)
        }
        do {
            let table = try TOMLTable(string: text)
            self = try TOMLDecoder(strictDecoding: true).decode(Self.self, from: table)
        } catch let error as TOMLParseError {
            throw RecipeError(file: file, line: error.source.begin.line, problem: error.description)
        } catch let error as UnexpectedKeysError {
            let (key, path) = error.keys.min { $0.key < $1.key }!
            let whole = path.last?.stringValue == key ? path : path + [Key(stringValue: key)]
            throw refused(whole, "no such key")
        } catch DecodingError.keyNotFound(let key, let context) {
            // TOMLKit names the key already, and says that it is missing also where its type is wrong.
            let path =
                context.codingPath.last?.stringValue == key.stringValue
                ? context.codingPath : context.codingPath + [key]
            throw refused(path, "is missing, or not of the type that it should have")
        } catch DecodingError.typeMismatch(let type, let context) {
            throw refused(context.codingPath, "is not of type \(type)")
        } catch DecodingError.valueNotFound(let type, let context) {
            throw refused(context.codingPath, "needs a value of type \(type)")
        } catch DecodingError.dataCorrupted(let context) {
            throw refused(context.codingPath, context.debugDescription)
        }
        for rule in rules where !rule.isRight {
            throw refused(
                rule.path.split(separator: ".").map { Key(stringValue: String($0)) }, "should be \(rule.wanted)")
        }
    }

    /// The line of a key, counted from 1. TOMLKit gives no positions of values, so it is searched for.
    ///
    /// - Parameter place: which of the tables of that name, where there are several.
    private static func line(of keys: [String], place: Int, in text: String) -> Int? {
        var table: [String] = []
        var seen: [[String]: Int] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmingCharacters(in: .whitespaces)
            if content.hasPrefix("["), let end = content.firstIndex(of: "]") {
                table = content[..<end].drop { $0 == "[" }.split(separator: ".").map(String.init)
                seen[table, default: -1] += 1
                if table == keys { return index + 1 }
            } else if let equals = content.firstIndex(of: "="), !content.hasPrefix("#") {
                let key = content[..<equals].trimmingCharacters(in: .whitespaces)
                if table + [key] == keys, seen[table, default: 0] == place { return index + 1 }
            }
        }
        return nil
    }
}

private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
