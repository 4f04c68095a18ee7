import CLinux
import Children
import Files
import Foundation
import Glibc

/// A command, run to its end.
enum Command {
    struct Outcome: Sendable, Equatable {
        let output, errors: String
        /// Exit status; of one that a signal ended, 128 and the signal's number, as shells tell it.
        let status: Int32
    }

    /// Looks for the command in PATH. Standard input is empty.
    /// - Throws: `SystemError` where it cannot be started
    static func run(_ name: String, _ arguments: [String]) throws -> Outcome {
        let (child, output, errors) = try start([name] + arguments)
        defer { for end in [output, errors] { close(end) } }
        // Errors are short: they fit into the pipe while the output is read.
        let texts = (readAll(output), readAll(errors))
        let status =
            switch child.end() {
            case .exited(let status): status
            case .killed(let signal): 128 + signal
            }
        return Outcome(output: texts.0, errors: texts.1, status: status)
    }

    /// The child, and what it says and complains of, to be read.
    private static func start(_ words: [String]) throws -> (child: Child, output: Int32, errors: Int32) {
        let output = try pipe()
        // The child alone writes, so that the reading ends with it.
        defer { close(output.write) }
        do {
            let errors = try pipe()
            defer { close(errors.write) }
            do {
                return (try Child(words, output: output.write, errors: errors.write), output.read, errors.read)
            } catch {
                close(errors.read)
                throw error
            }
        } catch {
            close(output.read)
            throw error
        }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard nuwa_pipe(&ends) == 0 else { throw SystemError("make", "a pipe") }
        return (ends[0], ends[1])
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }
}
