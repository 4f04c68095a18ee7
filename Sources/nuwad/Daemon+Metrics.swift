import Foundation
import Installation
import JobStore
import Renderer
import Reports

extension Daemon {
    func metrics() async throws -> Metrics {
        try await answer { [self] in
            let totals = renderer.totals
            return Metrics(
                daemon: report, jobs: try store.overview(limit: 0).counts,
                queueAge: try store.queuedSince().map { max(0, -$0.timeIntervalSinceNow) } ?? 0,
                segmentsMade: totals.segmentsMade, segmentsReused: totals.segmentsReused, steps: totals.steps,
                stepSeconds: totals.stepSeconds, films: totals.films, busySeconds: totals.busySeconds,
                places: workshop.places.compactMap { directory in
                    Workshop.room(in: directory).map { Metrics.Place(path: directory.path, freeBytes: $0.free) }
                })
        }
    }
}
