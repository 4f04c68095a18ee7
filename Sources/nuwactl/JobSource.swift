import Console
import Control
import Foundation
import Installation
import Jobs
import Models
import Reports
import Terminal

/// Answers about jobs: the daemon's, or where none answers those of its database, which a word on stderr tells apart.
struct JobSource {
    private let client: ControlClient
    private let paths: Paths

    init(_ options: InstallationOptions) {
        client = options.client
        paths = options.paths
    }

    /// - Parameter jobs: how many jobs to tell of at most
    func status(jobs: Int) async throws -> StatusReport {
        try await ask {
            try await client.status(jobs: jobs)
        } else: { _, reporter in
            try reporter.status(limit: jobs)
        }
    }

    func jobs(_ query: JobQuery) async throws -> [JobReport] {
        try await ask {
            try await client.jobs(query)
        } else: { _, reporter in
            try reporter.jobs(query)
        }
    }

    func job(_ selector: JobSelector) async throws -> JobReport {
        try await ask {
            try await client.job(try await selector.number(from: client))
        } else: { _, reporter in
            try reporter.wholeJob(number(of: selector, reporter))
        }
    }

    func events(of selector: JobSelector) async throws -> EventList {
        try await ask {
            try await client.events(of: try await selector.number(from: client))
        } else: { store, reporter in
            EventList(
                events: try store.events(of: reporter.job(number(of: selector, reporter)).id).map(EventList.Event.init))
        }
    }

    private func number(of selector: JobSelector, _ reporter: JobReporter) throws -> Int64 {
        switch selector {
        case .number(let number): number
        case .name(let name): try selector.newest(reporter.jobs(JobSelector.query(name)))
        }
    }

    private func ask<Answer>(
        _ daemon: () async throws -> Answer, else database: (JobStore, JobReporter) throws -> Answer
    ) async throws -> Answer {
        do {
            do {
                return try await daemon()
            } catch ControlClientError.cutOff {
                // It went away while it answered: by now it is there again, or not.
                return try await daemon()
            }
        } catch let error as ControlClientError where error.isSilence {
            guard FileManager.default.fileExists(atPath: paths.database.path) else { throw error }
            let store = try JobStore(readOnly: paths.database.path)
            let mode = try store.mode()
            let answer = try database(
                store, JobReporter(store: store, source: .database, model: model(named:), mode: { mode }))
            Output.complain("nuwactl: no nuwad answers; this is what \(paths.database.path) says")
            return answer
        }
    }

    @Sendable private func model(named name: String) -> ModelConfiguration? {
        do {
            return try ModelDocument.read(in: paths.models.directory(of: name)).document.configuration
        } catch is ModelNotFound {
            return nil
        } catch {
            Output.complain("nuwactl: what is to be done for jobs of the model \(name) is not known: \(error)")
            return nil
        }
    }
}

extension ControlClientError {
    /// Whether who waits for something may ask again: the daemon restarts, or has too much to answer just now (429).
    var isPassing: Bool {
        switch self {
        case .notRunning, .cutOff, .late, .refused(status: 429, _): true
        default: false
        }
    }

    /// Whether there is no nuwad to answer: nobody listens, or systemd does, whose nuwad does not start, and hangs up.
    var isSilence: Bool {
        switch self {
        case .notRunning, .cutOff: true
        default: false
        }
    }

    var isNotRunning: Bool {
        if case .notRunning = self { true } else { false }
    }
}
