import Testing

@testable import Server

@Suite("What browsers are kept from")
struct GateTests {
    private let port = Gate(port: 8230)
    private let socket = Gate(port: nil)

    private func traits(
        _ host: String?, safe: Bool = true, origin: String? = nil, site: String? = nil, mode: String? = nil
    ) -> Gate.Traits {
        Gate.Traits(isSafe: safe, host: host, origin: origin, site: site, mode: mode)
    }

    @Test(
        "The port answers to this machine's own names alone",
        arguments: [
            ("127.0.0.1:8230", true), ("localhost:8230", true), ("nuwa.localhost:8230", true), ("[::1]:8230", true),
            ("LocalHost:8230", true), ("127.0.0.1:80", false), ("127.0.0.1", false), ("[::1]", false),
            ("evil.example:8230", false), ("127.0.0.1.evil.example:8230", false), ("nuwa:8230", false), ("", false),
            (":8230", false),
        ])
    func hosts(host: String, isAnswered: Bool) {
        #expect((port.refusal(of: traits(host)) == nil) == isAnswered)
    }

    @Test("A request without a host is refused at the port")
    func noHost() { #expect(port.refusal(of: traits(nil)) != nil) }

    @Test("Only the page itself presses its buttons")
    func buttons() {
        let own = "http://localhost:8230"
        #expect(port.refusal(of: traits("localhost:8230", safe: false, origin: own)) == nil)
        for origin in [nil, "null", "http://localhost:8231", "https://localhost:8230", "http://evil.example"] {
            #expect(port.refusal(of: traits("localhost:8230", safe: false, origin: origin)) != nil)
        }
        // Both are this machine, and yet two origins.
        #expect(port.refusal(of: traits("127.0.0.1:8230", safe: false, origin: own)) != nil)
    }

    @Test("Another site may link to the page, and load nothing of it")
    func loading() {
        func refusal(_ site: String, _ mode: String) -> String? {
            port.refusal(of: traits("localhost:8230", site: site, mode: mode))
        }
        #expect(refusal("cross-site", "navigate") == nil)
        #expect(refusal("same-origin", "no-cors") == nil)
        #expect(refusal("none", "navigate") == nil)
        #expect(refusal("cross-site", "no-cors") != nil)
        #expect(refusal("same-site", "cors") != nil)
    }

    @Test("On the socket programs may say what they like; a browser behind a forwarded port is held to the same rules")
    func forwarded() {
        #expect(socket.refusal(of: traits("nuwa", safe: false)) == nil)
        #expect(socket.refusal(of: traits(nil)) == nil)
        #expect(socket.refusal(of: traits("localhost:9000", safe: false, origin: "http://localhost:9000")) == nil)
        #expect(socket.refusal(of: traits("localhost:9000", safe: false, origin: "http://evil.example")) != nil)
        #expect(socket.refusal(of: traits("evil.example:9000", origin: "http://evil.example:9000")) != nil)
        #expect(socket.refusal(of: traits("evil.example:9000", safe: false, origin: "http://evil.example:9000")) != nil)
    }

    @Test(
        "A range of bytes is read as RFC 9110 has it",
        arguments: [
            ("bytes=0-", 0..<200), ("bytes=5-9", 5..<10), ("bytes=190-999", 190..<200), ("bytes=-10", 190..<200),
            ("bytes=-999", 0..<200), ("bytes=0-0, 5-9", 0..<1),
        ])
    func ranges(header: String, range: Range<Int>) { #expect(ByteRange.parse(header, size: 200) == range) }

    @Test(
        "What is no range is none",
        arguments: ["bytes=200-", "bytes=9-5", "bytes=-0", "bytes=", "bytes=a-b", "frames=0-1", "bytes=-", "bytes=1"])
    func noRanges(header: String) { #expect(ByteRange.parse(header, size: 200) == nil) }
}
