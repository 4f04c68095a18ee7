import CLinux
package import Files
import Foundation
import Glibc

/// A program that runs beside this one. By posix_spawn(3), since Foundation's `Process` copies more of the entries of /proc/self/fd than
/// there is, and now and then the whole program dies of that (swift-corelibs-foundation, pull request 5472).
package struct Child: Sendable {
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    package let pid: Int32

    /// Starts a program with an empty standard input, no signal ignored or blocked, and none of this one's files but those named.
    ///
    /// - Parameters:
    ///   - words: the program, which is looked for in PATH where it has no slash, and its arguments
    ///   - output, errors: descriptors
    package init(_ words: [String], output: Int32, errors: Int32) throws(SystemError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        nuwa_spawn_closes_from(&actions, STDERR_FILENO + 1)
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
        let code = Self.withCStrings(words) { words in
            Self.withCStrings(environment) { posix_spawnp(&child, words[0]!, &actions, &attributes, words, $0) }
        }
        guard code == 0 else { throw SystemError("start", words[0], code: code) }
        pid = child
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    /// Waits for its end. To be called once.
    package func end() -> End {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return Self.end(status)
    }

    private static func end(_ status: Int32) -> End {
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }
}
