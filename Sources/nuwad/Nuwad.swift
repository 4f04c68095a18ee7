import ArgumentParser
import Foundation
import Installation
import Jobs
import Logging
import Models
import Systemd

/// The daemon: renders what is dropped into the spool. See `docs/operating.md`.
@main
struct Nuwad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nuwad",
        abstract: "Renders the scripts that are dropped into its spool into films.",
        discussion: """
            Runs in the foreground, and logs to stderr or to the journal. SIGTERM ends it after the step at hand; what is \
            finished is on disk, and the next start goes on from there. SIGHUP reads the configuration again and scans the spool.

            Exit status: 0 stopped as asked; 1 an error; 2 wrong usage; 78 the configuration or the model is wrong, or the \
            database is damaged or a newer nuwad's.
            """,
        version: NuwaVersion.current)

    @Option(
        help: ArgumentHelp(
            "Put everything under DIR instead of /, for a try-out without being root.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The configuration file; etc/nuwa/nuwad.toml under / or DIR when not given.", valueName: "file"),
        completion: .file())
    var config: String?

    @Option(help: ArgumentHelp("Worker threads, whatever the configuration says.", valueName: "n"))
    var workers: Int?

    func validate() throws {
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers is a number from 1 to 1024") }
    }

    static func main() async {
        // A reload that comes before there is anything to reload must not end the process.
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            // What --help and --version are parsed into is a command as well.
            guard let nuwad = command as? Nuwad else { return try command.run() }
            try await nuwad.run()
        } catch let error where exitCode(for: error).isSuccess {
            exit(withError: error)
        } catch let error where exitCode(for: error) == .validationFailure {
            ServiceLogHandler.writeToStandardError(fullMessage(for: error))
            Foundation.exit(2)
        } catch {
            Logger(label: "nuwad").critical("\(error)")
            Foundation.exit(error.isMatterOfConfiguration ? 78 : 1)
        }
    }

    func run() async throws {
        let level = SharedLogLevel(.info)
        let destination = ServiceLogHandler.Destination.detected()
        LoggingSystem.bootstrap { _ in ServiceLogHandler(destination: destination, level: level) }
        let startup = Startup(
            paths: Paths(root: root.map { URL(filePath: $0, directoryHint: .isDirectory) }),
            configurationFile: config.map { URL(filePath: $0) }, workers: workers, level: level,
            logger: Logger(label: "nuwad"))
        try await startup.serve()
    }
}

extension Error {
    /// Starting again changes nothing, so systemd is told not to try.
    fileprivate var isMatterOfConfiguration: Bool {
        self is ConfigurationError || self is ModelNotFound || self is ModelUnusable || self is NoProgram
            || (self as? JobStoreError)?.needsHands == true
    }
}
