/// A port of this machine itself, which nobody else reaches.
package struct LoopbackAddress: Sendable, Equatable {
    /// `127.0.0.1` or `::1`
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var url: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/" }

    /// The same under a name that no other service of this machine shares, so that a cookie is for it alone.
    package var ownURL: String { "http://nuwa.localhost:\(port)/" }
}
