import CLinux
import Files
import Foundation
import Glibc

/// A command, run to its end. By posix_spawn(3), since Foundation's `Process` copies more of the entries of /proc/self/fd than there is, and
/// now and then the whole program dies of that (swift-corelibs-foundation, pull request 5472).
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
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return Outcome(
            output: texts.0, errors: texts.1, status: signal == 0 ? status >> 8 & 0xff : 128 + signal)
    }

    /// The child, and what it says and complains of, to be read.
    private static func start(_ words: [String]) throws -> (child: pid_t, output: Int32, errors: Int32) {
        let output = try pipe()
        // The child alone writes, so that the reading ends with it.
        defer { close(output.write) }
        do {
            let errors = try pipe()
            defer { close(errors.write) }
            do {
                return (try spawn(words, output: output.write, errors: errors.write), output.read, errors.read)
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

    private static func spawn(_ words: [String], output: Int32, errors: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        nuwa_spawn_closes_from(&actions, STDERR_FILENO + 1)
        // nuwad ignores some signals, and a thread of its may block others; the child shall do neither.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        var child: pid_t = 0
        let code = withCStrings(words) { words in
            withCStrings(environment) { posix_spawnp(&child, words[0]!, &actions, &attributes, words, $0) }
        }
        guard code == 0 else { throw SystemError("start", words[0], code: code) }
        return child
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
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
