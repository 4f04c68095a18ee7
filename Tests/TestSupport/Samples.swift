package import Foundation
import Jobs
package import Reports

/// Reports that tests show and send.
package enum Sample {
    package static let noon = Date(timeIntervalSince1970: 1_795_435_200)  // 2026-11-23 12:00:00 UTC

    package static let running = JobReport(
        id: 17, name: "picnic.nuwa", owner: "pim", state: .running, priority: 5, seed: 42, frames: 226, fps: 24,
        accepted: noon, started: noon.addingTimeInterval(2),
        depths: [
            DepthReport(depth: 0, stride: 15, segments: 1, done: 1, fraction: 1),
            DepthReport(depth: 1, stride: 1, segments: 15, done: 7, running: 2, fraction: 0.5),
        ], fraction: 0.61, remainingSeconds: 65)

    package static let queued = JobReport(
        id: 18, name: "night.nuwa", owner: "pim", state: .queued, reason: "waits: 1 job is before it", seed: 7,
        frames: 3376, fps: 24,
        accepted: noon.addingTimeInterval(60),
        depths: [
            DepthReport(depth: 0, stride: 225, segments: 1, done: 0, fraction: 0),
            DepthReport(depth: 1, stride: 15, segments: 15, done: 0, fraction: 0),
            DepthReport(depth: 2, stride: 1, segments: 225, done: 0, fraction: 0),
        ])

    package static let done = JobReport(
        id: 15, name: "morning.nuwa", owner: "pim", state: .done, seed: 3, frames: 1024, fps: 24,
        accepted: noon.addingTimeInterval(-900),
        started: noon.addingTimeInterval(-890), finished: noon.addingTimeInterval(-100),
        depths: [
            DepthReport(depth: 0, stride: 225, segments: 1, done: 1, fraction: 1),
            DepthReport(depth: 1, stride: 15, segments: 5, done: 5, fraction: 1),
            DepthReport(depth: 2, stride: 1, segments: 69, done: 69, fraction: 1),
        ], fraction: 1, film: "/var/lib/nuwa/films/morning-15.mp4")

    package static let failed = JobReport(
        id: 16, name: "storm.nuwa", owner: "pim", state: .failed,
        reason: "segment d1s003: the sampler left the finite numbers",
        seed: 3, frames: 226, fps: 24, accepted: noon, started: noon, finished: noon.addingTimeInterval(9))

    package static let daemon = DaemonReport(
        version: "0.1.0", pid: 4242, started: noon.addingTimeInterval(-3600),
        model: ModelReport(
            name: "cartoon", hash: "9f86d081", precision: "bf16", width: 160, height: 96, segmentFrames: 16),
        instructions: "AVX-512 with bf16", workers: 2, busy: 2, spool: "/var/spool/nuwa", films: "/var/lib/nuwa/films")

    package static let metrics = Metrics(
        daemon: daemon, jobs: [.done: 1, .failed: 1, .running: 1, .queued: 1], queueAge: 61.5, segmentsMade: 40,
        segmentsReused: 3, steps: 172, stepSeconds: 43.25, films: 1, busySeconds: 50.125,
        places: [Metrics.Place(path: "/srv/a \"fine\" place\\", freeBytes: 5_000_000_000)])

    package static let status = StatusReport(
        source: .daemon, daemon: daemon, counts: [.done: 1, .failed: 1, .running: 1, .queued: 1],
        jobs: [running, queued])
}
