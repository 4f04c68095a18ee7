import Control
import Foundation
import Installation
import JobStore
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

    /// - Parameter jobs: how many jobs to tell of at most; nil for all that are not over
    func status(jobs: Int?) async throws -> StatusReport {
        try await ask {
            try await client.status(jobs: jobs)
        } else: {
            try $0.status(limit: jobs ?? .max)
        }
    }

    func jobs() async throws -> [JobReport] {
        try await ask {
            try await client.jobs()
        } else: {
            try $0.jobs()
        }
    }

    func job(_ selector: JobSelector) async throws -> JobReport {
        try await ask {
            try await client.job(try await selector.number(from: client))
        } else: { reporter in
            try reporter.wholeJob(selector.choose(from: reporter.jobs()).id)
        }
    }

    private func ask<Answer>(
        _ daemon: () async throws -> Answer, else database: (JobReporter) throws -> Answer
    ) async throws -> Answer {
        do {
            return try await daemon()
        } catch let error as ControlClientError where error.isNotRunning {
            guard FileManager.default.fileExists(atPath: paths.database.path) else { throw error }
            let store = try JobStore(readOnly: paths.database.path)
            let answer = try database(JobReporter(store: store, source: .database, model: model(named:)))
            Output.complain("nuwactl: no nuwad answers; this is what \(paths.database.path) says")
            return answer
        }
    }

    @Sendable private func model(named name: String) -> ModelConfiguration? {
        try? ModelDocument.read(in: paths.models.directory(of: name)).document.configuration
    }
}

extension ControlClientError {
    var isNotRunning: Bool {
        if case .notRunning = self { true } else { false }
    }
}
