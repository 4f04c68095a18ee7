package import Foundation

/// A program that a test has started. Ends with the test, if not before.
package final class RunningProgram: @unchecked Sendable {
    private let process = Process()
    private let output: URL

    /// Standard output goes to the file `log`, which may be read at any time; standard error as well, unless it has
    /// a file of its own.
    package init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], log: URL, errorLog: URL? = nil
    ) throws {
        output = log
        let handle = try Self.writing(to: log)
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = handle
        process.standardError = try errorLog.map(Self.writing(to:)) ?? handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    private static func writing(to file: URL) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path])
        }
        return try FileHandle(forWritingTo: file)
    }

    package var pid: Int32 { process.processIdentifier }
    package var isRunning: Bool { process.isRunning }
    package func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// What it has written so far.
    package var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

    /// Waits for its end. Returns its exit status, or minus the signal that ended it.
    package func status(patience: Double = 120) throws -> Int32 {
        try wait(for: "the end of \(process.executableURL!.lastPathComponent)", patience: patience) {
            !process.isRunning
        }
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }
}

/// Runs a program to its end.
package func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], log: URL, errorLog: URL? = nil
) throws -> (status: Int32, text: String) {
    let running = try RunningProgram(program, arguments, environment: environment, log: log, errorLog: errorLog)
    return (try running.status(), running.text)
}
