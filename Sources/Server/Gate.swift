/// Keeps web sites from talking to nuwad through somebody's browser: none may read what is here, or press a button. Pure.
struct Gate: Sendable {
    /// That nuwad listens on; nil on the control socket, which a browser reaches only where somebody forwards it.
    let port: Int?

    /// What of a request tells who has it made.
    struct Traits: Equatable {
        var isSafe = true
        /// `Host`
        var host: String?
        /// `Origin`
        var origin: String?
        /// `Sec-Fetch-Site` and `Sec-Fetch-Mode`
        var site: String?
        var mode: String?

        var isOfBrowser: Bool { origin != nil || site != nil }
    }

    /// Names that always lead to this machine itself. Another one is a site's own name that was made to lead here (DNS rebinding).
    static let hosts: Set<String> = ["127.0.0.1", "localhost", "nuwa.localhost", "[::1]"]

    /// Why a request is not answered; nil where it is.
    func refusal(of request: Traits) -> String? {
        guard port != nil || request.isOfBrowser else { return nil }
        guard let host = request.host, names(host) else {
            return "this is not \(request.host ?? "a page without a host"); ask for \(Self.hosts.sorted()[0])"
        }
        if request.isSafe {
            // Whoever follows a link may; whoever has it loaded into his own page may not.
            let isForeign = request.site == "cross-site" || request.site == "same-site"
            return isForeign && request.mode != "navigate" ? "another site may not load this" : nil
        }
        return request.origin == "http://\(host)" ? nil : "only the page itself may ask for that"
    }

    private func names(_ host: String) -> Bool {
        // Without a port it would be 80; a forwarded socket has any.
        guard host.last != "]", let colon = host.lastIndex(of: ":") else {
            return port == nil && Self.hosts.contains(host.lowercased())
        }
        let number = Int(host[host.index(after: colon)...])
        return Self.hosts.contains(host[..<colon].lowercased()) && number != nil && (port == nil || number == port)
    }
}
