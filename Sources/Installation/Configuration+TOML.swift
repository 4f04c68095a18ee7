import Encoding
package import Files
package import Foundation
import Models
import Plans
import Scripts
import TOMLKit

extension Configuration {
    /// Reads a configuration file.
    /// - Parameter required: whether a file that does not exist is an error; else it stands for all defaults
    /// - Throws: `ConfigurationError` with everything that is wrong with it
    package static func read(_ file: URL, required: Bool) throws(ConfigurationError) -> Configuration {
        let data: Data
        do {
            data = try WholeFile.read(file)
        } catch {
            if error.code == ENOENT && !required { return Configuration() }
            throw .unreadable(cause: error)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .wrong(file: file.path, problems: [.init(line: nil, key: nil, message: "is not UTF-8 text")])
        }
        return try Configuration(toml: text, file: file.path)
    }

    /// - Parameters:
    ///   - text: TOML 1.0
    ///   - file: the name for messages
    package init(toml text: String, file: String) throws(ConfigurationError) {
        let document: TOMLTable
        do {
            document = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .wrong(
                file: file, problems: [.init(line: error.source.begin.line, key: nil, message: error.description)])
        } catch {
            throw .wrong(file: file, problems: [.init(line: nil, key: nil, message: "\(error)")])
        }
        let problems = ProblemList(text: text)
        var top = TableReader(document, path: [], problems)
        top.read("workers", wholeNumberIn: 0...1024, into: &workers)
        top.read("log_level", oneOf: LogLevel.self, into: &logLevel)
        top.read("approve", into: &approve)
        top.read("model") { table in
            table.read("name", into: &model.name)
            table.read("precision", oneOf: Precision.self, into: &model.precision)
        }
        top.read("spool") { table in
            table.read("settle_seconds", numberIn: 0...3600, into: &spool.settleSeconds)
            table.read("rescan_seconds", numberIn: 1...86_400, into: &spool.rescanSeconds)
        }
        top.read("limits") { table in
            table.read("script_bytes", wholeNumberIn: 1...(1 << 30), into: &limits.bytes)
            table.read("prompts", wholeNumberIn: 1...1_000_000, into: &limits.prompts)
            table.read("prompt_characters", wholeNumberIn: 1...1_000_000, into: &limits.promptCharacters)
            table.read("frames", wholeNumberIn: RenderPlan.frameRange, into: &limits.frames)
        }
        top.read("films") { table in
            table.read("directory", absolutePathInto: &films.directory)
            table.read("crf", wholeNumberIn: FilmEncoding.crfs, into: &films.encoding.crf)
            table.read("preset", oneOf: FilmEncoding.presets, into: &films.encoding.preset)
            table.read("sheet", into: &films.sheet)
        }
        top.read("executor") { table in
            table.read("kind", oneOf: Executor.Kind.self, into: &executor.kind)
            table.read("workspace", absolutePathInto: &executor.workspace)
            table.read("program", absolutePathInto: &executor.program)
            table.read("element_minutes", numberIn: 0.01...1440, into: &executor.elementMinutes)
            table.read("queued", wholeNumberIn: 1...10_000, into: &executor.queued)
            table.read("poll_seconds", numberIn: 0.1...600, into: &executor.pollSeconds)
            table.read("sbatch", into: &executor.sbatch)
        }
        top.read("control") { table in
            table.read("admin_group", into: &control.adminGroup)
        }
        top.read("page") { table in
            table.read("listen", loopbackPortInto: &page.listen)
        }
        top.read("retention") { table in
            table.read("days", numberIn: 0...36_500, into: &retention.days)
            table.read("gib", numberIn: 0...1_000_000, into: &retention.gib)
        }
        top.refuseUnknownKeys()
        guard problems.all.isEmpty else {
            throw .wrong(file: file, problems: problems.all.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
    }
}

/// Why a configuration file was refused.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The system does not give it.
    case unreadable(cause: SystemError)
    /// Everything that is wrong with it, in the order of its lines.
    case wrong(file: String, problems: [Problem])

    package struct Problem: Sendable, Equatable {
        /// Counted from 1; nil where the problem has no line.
        package let line: Int?
        /// As `table.key`.
        package let key: String?
        package let message: String
    }

    package var description: String {
        switch self {
        case .unreadable(let cause):
            "\(cause.path): cannot be read: \(cause.reason)"
        case .wrong(let file, let problems):
            problems.map { problem in
                let place = problem.line.map { "\(file):\($0)" } ?? file
                return [place, problem.key, problem.message].compactMap(\.self).joined(separator: ": ")
            }.joined(separator: "\n")
        }
    }
}

/// The problems found so far, each with the line that its key is on.
private final class ProblemList {
    private let lines: [String: Int]
    var all: [ConfigurationError.Problem] = []

    init(text: String) {
        lines = Self.lines(ofKeysIn: text)
    }

    func add(_ path: [String], _ message: String) {
        let key = path.joined(separator: ".")
        all.append(.init(line: lines[key], key: key, message: message))
    }

    /// TOMLKit gives no positions of values, so the lines are searched for `[table]` and `key =`. Enough for a file whose
    /// tables are one level deep; a key that it misses is reported without its line.
    private static func lines(ofKeysIn text: String) -> [String: Int] {
        var lines: [String: Int] = [:]
        var table: [String] = []
        func parts(_ name: some StringProtocol) -> [String] {
            name.split(separator: ".").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'")) }
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmingCharacters(in: .whitespaces)
            if content.hasPrefix("["), let end = content.firstIndex(of: "]") {
                table = parts(content[..<end].drop { $0 == "[" })
                lines[table.joined(separator: ".")] = index + 1
            } else if !content.hasPrefix("#"), let equals = content.firstIndex(of: "=") {
                lines[(table + parts(content[..<equals])).joined(separator: ".")] = index + 1
            }
        }
        return lines
    }
}

/// Reads the keys of one table, and knows which were asked for.
private struct TableReader {
    private let table: TOMLTable
    private let path: [String]
    private let problems: ProblemList
    private var known: [String] = []

    init(_ table: TOMLTable, path: [String], _ problems: ProblemList) {
        self.table = table
        self.path = path
        self.problems = problems
    }

    mutating func read(_ key: String, wholeNumberIn range: ClosedRange<Int>, into value: inout Int) {
        guard let found = take(key) else { return }
        if found.type == .int, let number = found.int, range.contains(number) {
            value = number
        } else {
            refuse(key, found, wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    mutating func read(_ key: String, numberIn range: ClosedRange<Double>, into value: inout Double) {
        guard let found = take(key) else { return }
        let number = found.type == .int ? found.int.map(Double.init) : found.type == .double ? found.double : nil
        if let number, range.contains(number) {
            value = number
        } else {
            refuse(
                key, found, wanted: "a number from \(range.lowerBound.formatted()) to \(range.upperBound.formatted())")
        }
    }

    mutating func read(_ key: String, into value: inout String) {
        guard let found = take(key) else { return }
        if let text = found.string, found.type == .string, !text.isEmpty {
            value = text
        } else {
            refuse(key, found, wanted: "a string that is not empty")
        }
    }

    mutating func read(_ key: String, into value: inout [String]) {
        guard let found = take(key) else { return }
        let elements = found.type == .array ? found.array.map { Array($0) } : nil
        let strings = elements?.compactMap { $0.type == .string ? $0.string : nil }
        if let strings, strings.count == elements?.count {
            value = strings
        } else {
            refuse(key, found, wanted: "a list of strings")
        }
    }

    mutating func read(_ key: String, into value: inout Bool) {
        guard let found = take(key) else { return }
        if found.type == .bool, let flag = found.bool {
            value = flag
        } else {
            refuse(key, found, wanted: "true or false")
        }
    }

    mutating func read(_ key: String, absolutePathInto value: inout String?) {
        guard let found = take(key) else { return }
        if let text = found.string, found.type == .string, text.hasPrefix("/") {
            value = text
        } else {
            refuse(key, found, wanted: "an absolute path")
        }
    }

    mutating func read(_ key: String, loopbackPortInto value: inout LoopbackAddress?) {
        guard let found = take(key) else { return }
        if let text = found.string, found.type == .string, let listen = LoopbackAddress(text) {
            value = listen
        } else {
            refuse(key, found, wanted: "a port of this machine itself, as \"127.0.0.1:8230\"")
        }
    }

    mutating func read(_ key: String, oneOf choices: [String], into value: inout String) {
        guard let found = take(key) else { return }
        if let text = found.string, found.type == .string, choices.contains(text) {
            value = text
        } else {
            refuse(key, found, wanted: "one of \(choices.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
    }

    mutating func read<Choice>(_ key: String, oneOf choices: Choice.Type, into value: inout Choice)
    where Choice: RawRepresentable<String> & CaseIterable {
        var name = value.rawValue
        read(key, oneOf: choices.allCases.map(\.rawValue), into: &name)
        value = Choice(rawValue: name) ?? value
    }

    mutating func read(_ key: String, _ readTable: (inout TableReader) -> Void) {
        guard let found = take(key) else { return }
        guard found.type == .table, let inner = found.table else {
            return refuse(key, found, wanted: "a table: [\(key)]")
        }
        var reader = TableReader(inner, path: path + [key], problems)
        readTable(&reader)
        reader.refuseUnknownKeys()
    }

    func refuseUnknownKeys() {
        for key in table.keys.sorted() where !known.contains(key) {
            problems.add(path + [key], "no such key; here are \(known.joined(separator: ", "))")
        }
    }

    private mutating func take(_ key: String) -> (any TOMLValueConvertible)? {
        known.append(key)
        return table[key]
    }

    private func refuse(_ key: String, _ found: any TOMLValueConvertible, wanted: String) {
        let shown =
            switch found.type {
            case .string: "\"\(found.string ?? "")\""
            case .int, .double, .bool: found.debugDescription
            default: "\(found.type)"
            }
        problems.add(path + [key], "expected \(wanted), found \(shown)")
    }
}
