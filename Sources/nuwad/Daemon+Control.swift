import Logging
import Renderer
import Diffusion
import Control
import Foundation
import JobStore
import Models

extension Daemon: ControlService {
    func status() async throws -> StatusReport {
        let model = ModelReport(
            name: model.configuration.name, hash: model.hash, precision: model.precisionName,
            width: model.configuration.video.width, height: model.configuration.video.height,
            segmentFrames: model.configuration.mtd.segmentFrames)
        let report = DaemonReport(
            version: NuwaVersion.current, pid: getpid(), started: started, model: model, workers: workers,
            busy: ledger.busy,
            spool: paths.spool.path, films: films.path)
        return StatusReport(source: .daemon, daemon: report, jobs: try reporter.jobs(), warnings: warnings())
    }

    private func warnings() -> [String] {
        spoolWarnings()
            + placesWithoutRoom().map {
                "less than 64 MiB are free in \($0.path); jobs that need room go on when there is some"
            }
    }

    func jobs() async throws -> [JobReport] { try reporter.jobs() }

    func job(_ id: Int64) async throws -> JobReport { try reporter.job(id) }

    func cancel(_ id: Int64, by caller: Caller) async throws -> JobReport {
        try change(id, .cancel)
        renderer.cancel(id)
        logger.notice("job \(id) is cancelled by \(caller)", metadata: ["job": "\(id)"])
        // Workers leave it after the step they are in; who asked is told when that has happened.
        while ledger.isBusy(with: id) { try await Task.sleep(for: .milliseconds(20)) }
        return try reporter.job(id)
    }

    func retry(_ id: Int64, by caller: Caller) async throws -> JobReport {
        let job = try change(id, .retry)
        logger.notice("job \(id) is tried again for \(caller)", metadata: ["job": "\(id)"])
        submit(job)
        return try reporter.job(id)
    }

    @discardableResult
    private func change(_ id: Int64, _ event: JobEvent) throws -> Job {
        do {
            return try store.apply(event, to: id)
        } catch JobStoreError.noSuchJob {
            throw ControlError.noSuchJob(id)
        } catch let error as IllegalTransition {
            throw ControlError.conflict("\(error)")
        }
    }
}
