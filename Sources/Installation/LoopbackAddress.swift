import Foundation

/// A port of this machine itself, which nobody else reaches.
package struct LoopbackAddress: Sendable, Equatable {
    /// `127.0.0.1` or `::1`
    package let host: String
    package let port: Int

    /// From `127.0.0.1:8230`, `[::1]:8230` or `localhost:8230`; nil for anything that others might reach.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        guard ["127.0.0.1", "[::1]", "localhost"].contains(host) else { return nil }
        self.host = host == "[::1]" ? "::1" : "127.0.0.1"
        self.port = port
    }

    package var url: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/" }

    /// The same under a name that no other service of this machine shares, so that a cookie is for it alone.
    package var ownURL: String { "http://nuwa.localhost:\(port)/" }
}
