import Foundation
import Glibc
import Testing

@testable import Control

@Suite("The client's side of HTTP")
struct ClientTests {
    @Test(
        "An answer is taken once its body is whole, and only if it says how long that is",
        arguments: [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                HTTPAnswer(status: 200, reason: "OK", body: Data("{}".utf8))
            ),
            (
                "HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n",
                HTTPAnswer(status: 404, reason: "Not Found", body: Data())
            ),
            ("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nab", HTTPAnswer(status: 200, reason: "", body: Data("a".utf8))),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", nil), ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", nil),
            ("HTTP/1.1 200 OK\r\n\r\n{}", nil), ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", nil),
            ("SSH-2.0-OpenSSH_9.2\r\n\r\n", nil), ("HTTP/1.1 yes\r\nContent-Length: 0\r\n\r\n", nil),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", nil), ("", nil),
        ])
    func answers(text: String, answer: HTTPAnswer?) {
        #expect(HTTPAnswer(Data(text.utf8)) == answer)
    }

    @Test(
        "Who accepts and says nothing, or hangs up in the middle, is told of",
        arguments: [nil, "HTTP/1.1 200 OK\r\nContent-"])
    func silence(words: String?) async throws {
        let socket = URL(filePath: "/tmp/nuwa-\(UInt32.random(in: 0 ... .max)).sock")
        defer { unlink(socket.path) }
        let listener = try listen(at: socket)
        defer { close(listener) }
        if let words {
            Thread.detachNewThread {
                let connection = accept(listener, nil, nil)
                // Hanging up on what was not read would reset the connection.
                var request = [UInt8](repeating: 0, count: 1024)
                _ = read(connection, &request, request.count)
                _ = words.withCString { write(connection, $0, strlen($0)) }
                close(connection)
            }
        }
        let client = ControlClient(socket: socket, timeout: words == nil ? .milliseconds(300) : .seconds(300))
        let error = await #expect(throws: ControlClientError.self) { try await client.status() }
        #expect(
            error
                == (words == nil ? .late(socket: socket.path, after: .milliseconds(300)) : .cutOff(socket: socket.path))
        )
    }

    private func listen(at file: URL) throws -> Int32 {
        let descriptor = try bindSocket(file)
        try #require(Glibc.listen(descriptor, 4) == 0)
        return descriptor
    }
}
