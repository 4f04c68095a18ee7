import ArgumentParser
import Console
import Control
import Foundation
import Reports
import Terminal

struct PageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page", abstract: "Where browsers find the page.",
        discussion: """
            It shows the queue, each film as it grows, and plays what is finished. With --token the address lets whoever opens it do \
            what you may: approve, reseed, hold, cancel. Keep it to yourself.
            """)

    @Flag(help: "With what lets the reader act in your name.")
    var token = false

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let access = try await options.client.pageAccess()
        if let trouble = access.trouble { throw NotServed(reason: trouble) }
        if options.json {
            return try Output.json(Answer(address: access.address, token: token ? access.token : nil))
        }
        guard let address = access.address else {
            throw NoPage(socket: options.socketURL.path)
        }
        Output.say(token ? "\(address)?token=\(access.token)" : address)
    }

    /// The contract is in `docs/json.md`.
    struct Answer: Encodable {
        let address: String?
        let token: String?
    }

    private struct NotServed: Error, CustomStringConvertible {
        let reason: String

        var description: String { "\(reason); mend that and restart nuwad" }
    }

    private struct NoPage: Error, CustomStringConvertible {
        let socket: String

        var description: String {
            """
            nuwad serves its page on \(socket) alone: write `[page] listen = "127.0.0.1:8230"` into nuwad.toml and restart it, or forward \
            the socket: `ssh -L 8230:\(socket) HOST`, then open http://localhost:8230/
            """
        }
    }
}
