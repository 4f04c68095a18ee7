package import Foundation

/// `model.json`: the configuration, and what ties it to the files beside it.
package struct ModelDocument: Decodable, Sendable {
    package static let fileName = "model.json"
    package static let format = 1

    package let configuration: ModelConfiguration
    /// SHA-256 of the weights files, by name.
    package let files: [String: String]

    private enum CodingKeys: String, CodingKey { case format, files }

    /// A document of a format that this program does not know.
    private struct UnknownFormat: Error { let found: Int }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        // First: other formats may have other keys.
        let format = try container.decode(Int.self, forKey: .format)
        guard format == Self.format else { throw UnknownFormat(found: format) }
        files = try container.decode([String: String].self, forKey: .files)
        configuration = try ModelConfiguration(from: decoder)
    }

    /// Reads and checks the document of a model's directory. Its bytes are given too, since their hash names the model.
    /// Throws ``ModelError``.
    package static func read(in directory: URL) throws -> (document: ModelDocument, bytes: Data) {
        let file = directory.appending(path: fileName)
        let bytes: Data
        do {
            bytes = try Data(contentsOf: file)
        } catch {
            guard let behind = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError else {
                throw ModelError.configuration(file: file.path, key: "", reason: "cannot be read: \(error)")
            }
            throw ModelError.unreadable(file: file.path, code: behind.code.rawValue)
        }
        return (try read(bytes, file: file.path), bytes)
    }

    private static func read(_ data: Data, file: String) throws -> ModelDocument {
        func refused(_ key: String, _ reason: String) -> ModelError {
            .configuration(file: file, key: key, reason: reason)
        }
        do {
            let document = try JSONDecoder().decode(ModelDocument.self, from: data)
            try document.configuration.check()
            return document
        } catch let error as UnknownFormat {
            throw ModelError.unknownFormat(file: file, found: error.found, supported: format)
        } catch let problem as ModelConfiguration.Problem {
            throw refused(problem.key, problem.reason)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw refused(path(context.codingPath + [key]), "is missing")
        } catch DecodingError.typeMismatch(let type, let context) {
            throw refused(path(context.codingPath), "is not of type \(type)")
        } catch DecodingError.valueNotFound(let type, let context) {
            throw refused(path(context.codingPath), "is null; a value of type \(type) is needed")
        } catch DecodingError.dataCorrupted(let context) {
            throw refused(path(context.codingPath), context.debugDescription)
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { key in key.intValue.map(String.init) ?? key.stringValue }.joined(separator: ".")
    }
}
