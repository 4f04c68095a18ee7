package import Encoding
package import Foundation
package import Jobs
package import Models
package import Plans
package import Reports
package import Scripts
package import Video

// What programs always say, and most tests do not care about.

extension NewJob {
    package init(
        name: String, script: String, scriptHash: String, dropKey: String?, owner: UInt32? = nil, priority: Int = 0,
        frames: Int, fps: Int, seed: UInt64, model: String
    ) {
        self.init(
            name: name, script: script, scriptHash: scriptHash, dropKey: dropKey, dropIsLinked: false, owner: owner,
            priority: priority, frames: frames, fps: fps, seed: seed, model: model, stopsAtKeyframes: false, takes: [],
            edit: nil)
    }
}

extension Shot {
    /// As if the prompt stood in the line of that number, from its first column on.
    package init(start: Int, prompt: String, line: Int = 1) {
        self.init(
            start: start, prompt: prompt,
            place: PromptPlace(SourcePlace(line: line, column: 1, length: prompt.count, text: prompt)))
    }
}

extension Storyboard {
    package init(frames: Int, shots: [Shot]) throws(StoryboardError) {
        try self.init(frames: frames, fps: Script.defaultFPS, shots: shots)
    }
}

extension DepthReport {
    package init(depth: Int, stride: Int, segments: Int, done: Int, running: Int = 0, fraction: Double) {
        self.init(
            depth: depth, stride: stride, segments: segments, done: done, running: running, failed: 0,
            fraction: fraction)
    }
}

extension JobReport {
    package init(
        id: Int64, name: String, owner: String, state: JobState.Name, reason: String? = nil, priority: Int = 0,
        seed: UInt64 = 0, frames: Int, fps: Int, accepted: Date, started: Date? = nil, finished: Date? = nil,
        depths: [DepthReport] = [], fraction: Double = 0, remainingSeconds: Double? = nil, film: String? = nil
    ) {
        self.init(
            id: id, name: name, owner: owner, state: state, reason: reason, hold: nil, until: nil, priority: priority,
            editOf: nil, seed: seed, frames: frames, fps: fps, accepted: accepted, started: started,
            finished: finished, depths: depths, fraction: fraction, remainingSeconds: remainingSeconds, film: film)
    }
}

extension StatusReport {
    package init(source: Source, daemon: DaemonReport?, counts: [JobState.Name: Int], jobs: [JobReport]) {
        self.init(
            source: source, daemon: daemon, mode: .rendering, owners: [], counts: counts, jobs: jobs, warnings: [])
    }
}

extension VideoFormat {
    package init(width: Int, height: Int, fps: Int) {
        let encoding = FilmEncoding.standard
        self.init(width: width, height: height, fps: fps, crf: encoding.crf, preset: encoding.preset)
    }
}

extension JobReporter {
    package init(
        store: JobStore, source: StatusReport.Source, model: @escaping @Sendable (String) -> ModelConfiguration?,
        progress: @escaping @Sendable (Int64) -> RenderProgress? = { _ in nil },
        atWork: @escaping @Sendable (Int64) -> [SegmentAtWork] = { _ in [] }
    ) {
        self.init(
            store: store, source: source, model: model, mode: { .rendering }, progress: progress, atWork: atWork)
    }

    package func jobs() throws -> [JobReport] { try jobs(JobQuery()) }

    package func status() throws -> StatusReport { try status(limit: .max) }
}
