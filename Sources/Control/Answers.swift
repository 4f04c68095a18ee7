package import Foundation

/// The body of every answer that is not 2xx.
package struct ErrorReport: Codable, Sendable, Equatable {
    package var error: String

    package init(error: String) {
        self.error = error
    }
}

/// The kernel keeps a Unix socket's path in 108 bytes, one of them the end. Longer ones fail in ways that name nothing.
package struct SocketPathTooLong: Error, Equatable, CustomStringConvertible {
    package static let limit = 107
    package let path: String

    /// - Throws: itself, where the path is too long
    package static func check(_ socket: URL) throws(SocketPathTooLong) {
        if socket.path.utf8.count > limit { throw SocketPathTooLong(path: socket.path) }
    }

    package var description: String {
        "the socket's path has \(path.utf8.count) bytes and may have \(Self.limit): \(path); choose a shorter --root or --socket"
    }
}

/// Where the page is, and what lets its reader act: the answer to `GET /v1/page`.
package struct PageAccess: Codable, Sendable, Equatable {
    /// nil where nuwad serves it on its socket alone.
    package var address: String?
    /// Why it is not where the configuration wants it.
    package var trouble: String?
    /// Lets whoever has it do what the caller may.
    package var token: String

    package init(address: String?, trouble: String? = nil, token: String) {
        self.address = address
        self.trouble = trouble
        self.token = token
    }
}
