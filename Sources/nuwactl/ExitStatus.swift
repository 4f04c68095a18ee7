import ArgumentParser
import Console
import Control
import Foundation
import Jobs
import Terminal

/// What the shell is told. Documented in `docs/json.md`.
enum ExitStatus: Int32, Error {
    case failure = 1
    case usage = 2
    case noDaemon = 3
    case noSuchJob = 4
    case jobFailed = 5

    /// Ends the process: says on stderr what is wrong, and chooses the status.
    static func leave(after error: any Error) -> Never {
        let parserStatus = NuwaCtl.exitCode(for: error)
        if parserStatus.isSuccess { NuwaCtl.exit(withError: error) }
        if parserStatus == .validationFailure {
            Output.complain(NuwaCtl.fullMessage(for: error))
            exit(usage.rawValue)
        }
        if let status = error as? ExitStatus { exit(status.rawValue) }
        Output.complain("nuwactl: \(error)")
        exit(status(for: error).rawValue)
    }

    static func status(for error: any Error) -> ExitStatus {
        switch error {
        case ControlClientError.notRunning: .noDaemon
        case ControlClientError.refused(status: 404, _), is NoSuchJob, JobStoreError.noSuchJob: .noSuchJob
        default: .failure
        }
    }
}
