import Foundation
package import Jobs

/// What nuwad tells a monitoring system, at one moment. Counters only grow until nuwad is started anew.
package struct Metrics: Sendable, Equatable {
    /// A directory that fills up.
    package struct Place: Sendable, Equatable {
        package var path: String
        package var freeBytes: Int64

        package init(path: String, freeBytes: Int64) {
            self.path = path
            self.freeBytes = freeBytes
        }
    }

    package var daemon: DaemonReport
    package var jobs: [JobState.Name: Int]
    /// How long the oldest queued job has waited, in seconds; 0 where none is queued.
    package var queueAge: Double
    package var segmentsMade: Int
    package var segmentsReused: Int
    package var steps: Int
    package var stepSeconds: Double
    package var films: Int
    package var busySeconds: Double
    package var places: [Place]

    package init(
        daemon: DaemonReport, jobs: [JobState.Name: Int], queueAge: Double, segmentsMade: Int, segmentsReused: Int,
        steps: Int, stepSeconds: Double, films: Int, busySeconds: Double, places: [Place]
    ) {
        self.daemon = daemon
        self.jobs = jobs
        self.queueAge = queueAge
        self.segmentsMade = segmentsMade
        self.segmentsReused = segmentsReused
        self.steps = steps
        self.stepSeconds = stepSeconds
        self.films = films
        self.busySeconds = busySeconds
        self.places = places
    }
}
