import Control
import Diffusion
import Foundation
import Installation
import JobStore
import Logging
import Models
import Renderer
import Reports
import Tensors

extension Daemon: ControlService {
    func status(jobs: Int?) async throws -> StatusReport {
        try reporter.status(daemon: report, limit: jobs ?? .max, warnings: warnings())
    }

    var report: DaemonReport {
        let model = ModelReport(
            name: model.configuration.name, hash: model.hash, precision: model.precisionName,
            width: model.configuration.video.width, height: model.configuration.video.height,
            segmentFrames: model.configuration.mtd.segmentFrames)
        return DaemonReport(
            version: NuwaVersion.current, pid: getpid(), started: started, model: model,
            instructions: Engine.instructions, workers: workers,
            busy: renderer.activity.segments, spool: paths.spool.path, films: films.path)
    }

    private func warnings() -> [String] {
        spoolWarnings()
            + placesWithoutRoom().map {
                "less than 64 MiB are free in \($0.path); jobs that need room go on when there is some"
            }
    }

    func jobs() async throws -> [JobReport] { try reporter.jobs() }

    func job(_ id: Int64, brief: Bool) async throws -> JobReport {
        do {
            return brief ? try reporter.job(id) : try reporter.wholeJob(id)
        } catch JobStoreError.noSuchJob {
            throw ControlError.noSuchJob(id)
        }
    }

    func cancel(_ id: Int64, by caller: Caller) async throws -> JobReport {
        try await steer { [self] in
            guard let job = try store.job(id) else { throw ControlError.noSuchJob(id) }
            // Workers leave it after the step they are in; what they did is written down before the cancel is.
            renderer.cancel(id)
            renderer.waitUntilLeft(id)
            do {
                try change(id, .cancel)
            } catch let over as ControlError {
                throw over
            } catch {
                // The database cannot take it now. Not cancelled, so it goes on.
                if [.queued, .running].contains(job.state.name) { submit(job) }
                throw error
            }
            logger.notice("job \(id) is cancelled by \(caller)", metadata: ["job": "\(id)"])
            return try reporter.wholeJob(id)
        }
    }

    func retry(_ id: Int64, by caller: Caller) async throws -> JobReport {
        try await steer { [self] in
            let job = try change(id, .retry)
            logger.notice("job \(id) is tried again for \(caller)", metadata: ["job": "\(id)"])
            submit(job)
            return try reporter.wholeJob(id)
        }
    }

    @discardableResult
    private func change(_ id: Int64, _ event: JobEvent) throws -> Job {
        do {
            return try ledger.apply(event, to: id)
        } catch JobStoreError.noSuchJob {
            throw ControlError.noSuchJob(id)
        } catch let error as IllegalTransition {
            throw ControlError.conflict("\(error)")
        }
    }

    /// Away from the threads that Swift's tasks share, since it may take as long as a step.
    private func steer<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            steering.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
