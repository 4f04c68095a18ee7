import Files
import Foundation
import Glibc

/// One request over a Unix socket, by plain system calls: what `nuwactl` has to ask is asked and answered sooner than NIO is set up.
enum LocalHTTP {
    /// Far above any answer of nuwad; a guard against something else that listens there.
    private static let answerLimit = 64 << 20

    /// - Parameter timeout: for all of it
    /// - Throws: `SystemError`
    static func exchange(
        _ method: String, _ path: String, at socket: String, timeout: Duration
    ) throws(SystemError) -> Reply {
        let end = ContinuousClock.now + timeout
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("connect to", socket) }
        defer { close(descriptor) }
        try connect(descriptor, to: socket, timeout: timeout)
        let head = "\(method) \(path) HTTP/1.1\r\nHost: nuwa\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        try send(Array(head.utf8), over: descriptor, socket)
        return try receive(from: descriptor, socket, until: end)
    }

    private static func connect(_ descriptor: Int32, to path: String, timeout: Duration) throws(SystemError) {
        // Where more wait to be let in than the kernel keeps, connect(2) waits for so long too.
        let (seconds, attoseconds) = timeout.components
        var longest = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &longest, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw SystemError("connect to", path) }
    }

    private static func send(_ bytes: [UInt8], over descriptor: Int32, _ path: String) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("write to", path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func receive(
        from descriptor: Int32, _ path: String, until end: ContinuousClock.Instant
    ) throws(SystemError) -> Reply {
        var bytes = Data()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= answerLimit {
            if let answer = HTTPAnswer(bytes) { return .whole(answer) }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = (end - .now) / .milliseconds(1)
            guard left > 0 else { return .late }
            guard poll(&wanted, 1, Int32(min(left.rounded(.up), 1e6))) > 0 else { continue }
            let count = recv(descriptor, &piece, piece.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read from", path) }
            if count == 0 { return bytes.isEmpty || bytes.starts(with: Data("HTTP/1.".utf8)) ? .cutOff : .garbled }
            bytes += piece[..<count]
        }
        return .garbled
    }

    enum Reply {
        case whole(HTTPAnswer)
        /// The connection ended before the answer did.
        case cutOff
        /// The time did.
        case late
        /// What came is no answer, or has no end.
        case garbled
    }
}

/// The answer to a request, whole.
struct HTTPAnswer: Equatable, Sendable {
    let status: Int
    /// `Not Found`
    let reason: String
    let body: Data

    init(status: Int, reason: String, body: Data) {
        (self.status, self.reason, self.body) = (status, reason, body)
    }

    /// nil for as long as it is not whole, and for ever where it is none. Answers must say how long they are.
    init?(_ bytes: Data) {
        guard let gap = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        let lengths = lines.compactMap { line -> Int? in
            let field = line.split(separator: ":", maxSplits: 1)
            guard field.count == 2, field[0].lowercased() == "content-length" else { return nil }
            return Int(field[1].trimmingCharacters(in: .whitespaces))
        }
        let body = bytes[gap.upperBound...]
        guard first.count > 1, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]), lengths.count == 1,
            body.count >= lengths[0], lengths[0] >= 0
        else { return nil }
        self.init(
            status: status, reason: first.count > 2 ? String(first[2]) : "", body: Data(body.prefix(lengths[0])))
    }
}
