import Foundation
import Glibc
import Reports
import Testing
import TestSupport

@testable import Control
@testable import Server

/// What hostile and careless clients take from others: nothing.
@Suite("Bounds of the control socket", .serialized)
struct BoundsTests {
    private func connect(_ path: URL) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.path.utf8) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(connected == 0)
        return descriptor
    }

    private func write(_ text: String, to descriptor: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    @Test(
        "Three hundred connections of one who never speaks: his oldest are closed, and the next request is answered",
        .timeLimit(.minutes(10)))
    func idle() async throws {
        try await withServer { _, client, socket in
            var descriptors: [Int32] = []
            for _ in 1...300 { descriptors.append(try connect(socket)) }
            defer { for descriptor in descriptors { close(descriptor) } }
            // Long before the silent ones are hung up on for their silence, which is after an hour here.
            try await #expect(client.status() == Sample.status)
            // The first has been hung up on.
            var byte: UInt8 = 0
            #expect(read(descriptors[0], &byte, 1) == 0)
        }
    }

    @Test(
        "Answers that nobody reads, and a request without an end, do not keep the server from stopping",
        .timeLimit(.minutes(10)))
    func stop() async throws {
        let clients = Clients()
        try await withServer { _, _, socket in
            let unread = try connect(socket)
            for _ in 1...100 { write("GET /v1/jobs HTTP/1.1\r\nHost: nuwa\r\n\r\n", to: unread) }
            let endless = try connect(socket)
            write("GET /v1/status HTTP/1.1\r\nHost: nu", to: endless)
            await clients.keep([unread, endless])
        }
        await clients.close()
    }

    /// Keeps connections open while a server stops.
    private actor Clients {
        private var descriptors: [Int32] = []

        func keep(_ descriptors: [Int32]) { self.descriptors = descriptors }

        func close() { for descriptor in descriptors { Glibc.close(descriptor) } }
    }

    @Test("A request's body is bounded, though none is needed")
    func body() async throws {
        try await withServer { _, _, socket in
            let descriptor = try connect(socket)
            defer { close(descriptor) }
            write(
                "POST /v1/jobs/17/cancel HTTP/1.1\r\nHost: nuwa\r\nContent-Length: 5000\r\n\r\n"
                    + String(repeating: "x", count: 5000), to: descriptor)
            var answer = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &answer, answer.count)
            #expect(String(decoding: answer.prefix(max(0, count)), as: UTF8.self).hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("A user has so many requests in a second, and so many at once")
    func bucket() {
        var bucket = TokenBucket(rate: 10, size: 3, now: 0)
        let answers = [0, 0, 0, 0, 0.125, 0.15, 100, 100, 100, 100].map { bucket.take(now: $0) }
        #expect(answers == [true, true, true, false, true, false, true, true, true, false])
    }
}
