import Control
import Diffusion
import Foundation
import Glibc
import Installation
import Jobs
import Logging
import Models
import Plans
import Rendering
import Reports
import Server
import Tensors

extension Daemon: ControlService {
    func status(jobs: Int) async throws -> StatusReport {
        try await answer(isShort: true) { [self] in
            try reporter.status(daemon: report, limit: jobs, warnings: warnings())
        }
    }

    var report: DaemonReport {
        let model = ModelReport(
            name: model.configuration.name, hash: model.hash, precision: model.type.rawValue,
            width: model.configuration.video.width, height: model.configuration.video.height,
            segmentFrames: model.configuration.mtd.segmentFrames)
        return DaemonReport(
            version: NuwaVersion.current, pid: getpid(), started: started, model: model,
            instructions: Engine.instructions, workers: workers, busy: renderer.activity.segments,
            spool: paths.spool.path, films: workshop.films.path)
    }

    private func warnings() -> [String] {
        spoolWarnings() + dispatcher.hindrances.compactMap(\.warning)
            + (pageTrouble.withLock(\.self).map { [$0] } ?? [])
            + workshop.placesWithoutRoom().map {
                "too little room is left in \($0.path); jobs that are blocked go on when there is some"
            }
    }

    func jobs(_ query: JobQuery) async throws -> [JobReport] { try await answer { [self] in try reporter.jobs(query) } }

    func job(_ id: Int64, brief: Bool) async throws -> JobReport {
        try await answer(isShort: brief) { [self] in brief ? try reporter.job(id) : try reporter.wholeJob(id) }
    }

    func events(of id: Int64, after: Int64) async throws -> EventList {
        try await answer { [self] in
            guard try store.job(id) != nil else { throw ControlError.noSuchJob(id) }
            return EventList(events: try store.events(of: id, after: after).map(EventList.Event.init))
        }
    }

    func steer(_ verb: JobVerb, _ id: Int64, by caller: Caller) async throws -> JobReport {
        try await act { [self] in
            guard let job = try store.job(id) else { throw ControlError.noSuchJob(id) }
            try permit(verb, job, caller)
            try check(verb, job)
            if let refusal = try dispatcher.perform(verb, on: [id], by: caller)[id] { throw refusal }
            return try reporter.wholeJob(id)
        }
    }

    func steer(_ verb: JobVerb, _ selection: Selection, by caller: Caller) async throws -> SteeringReport {
        try await act { [self] in
            var refusals: [SteeringReport.Refusal] = []
            let permitted = try selected(selection, for: verb).filter { job in
                do {
                    try permit(verb, job, caller)
                    try check(verb, job)
                    return true
                } catch let error as ControlError {
                    // Who asks for all, or for all in a state, means all of his own.
                    if case .numbers = selection { refusals.append(.init(id: job.id, error: "\(error)")) }
                    return false
                }
            }
            let refused = try dispatcher.perform(verb, on: permitted.map(\.id), by: caller)
            refusals += refused.map { .init(id: $0.key, error: "\($0.value)") }
            return SteeringReport(
                changed: permitted.map(\.id).filter { refused[$0] == nil }, refused: refusals.sorted { $0.id < $1.id })
        }
    }

    /// Whether the job has what the verb names.
    private func check(_ verb: JobVerb, _ job: Job) throws {
        guard case .reseed(let keyframe?, _) = verb else { return }
        let plan = try RenderPlan(frames: job.frames, segmentFrames: model.configuration.segmentFrameRange)
        let count = plan.segment(.global).frames.count { $0 < plan.frames }
        guard keyframe < count else {
            throw ControlError.badRequest("job \(job.id) has keyframes 1 to \(count), not \(keyframe + 1)")
        }
    }

    private func selected(_ selection: Selection, for verb: JobVerb) throws -> [Job] {
        switch selection {
        case .numbers(let numbers):
            var seen: Set<Int64> = []
            return try numbers.filter { seen.insert($0).inserted }.map { number in
                guard let job = try store.job(number) else { throw ControlError.noSuchJob(number) }
                return job
            }
        case .states(let states): return try store.jobs(in: states)
        case .all:
            return try store.jobs(in: Set(verb.origins)).filter { job in verb.event.map(job.isMeant) ?? true }
        }
    }

    func change(_ verb: ModeVerb, by caller: Caller) async throws -> StatusReport {
        try await act { [self] in
            try permitAdmin("\(verb)", caller)
            try dispatcher.change(verb, by: caller)
        }
        return try await status(jobs: 0)
    }

    func clean(dryRun: Bool, by caller: Caller) async throws -> CleaningReport {
        try await answer { [self] in
            try permitAdmin("clean", caller)
            return try clean(dryRun: dryRun)
        }
    }

    // MARK: - Who may

    private func permit(_ verb: JobVerb, _ job: Job, _ caller: Caller) throws {
        guard try authority(of: caller).covers(owner: job.owner) else {
            throw ControlError.forbidden(
                "\(verb.name) of job \(job.id) is for \(UserName.of(job.owner)), whose job it is, and for admins")
        }
    }

    private func permitAdmin(_ act: String, _ caller: Caller) throws {
        guard try authority(of: caller).isAdmin else {
            throw ControlError.forbidden("\(act) is for root and the members of \(adminGroup)")
        }
    }

    private var adminGroup: String { configuration.withLock(\.control.adminGroup) }

    /// - Throws: `SystemError` where the system does not tell
    func authority(of caller: Caller) throws -> Authority {
        Authority(user: caller.user, daemon: getuid(), isInAdminGroup: try caller.isMember(of: adminGroup))
    }

    // MARK: - Where

    /// Answers a question, beside a few others.
    /// - Parameter isShort: whether it goes before questions that take longer, as lists, trees and pictures do
    func answer<Answer: Sendable>(
        isShort: Bool = false, _ body: @escaping @Sendable () throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let question = BlockOperation { continuation.resume(with: Result { try Self.translating(body) }) }
            question.queuePriority = isShort ? .veryHigh : .normal
            asking.addOperation(question)
        }
    }

    /// Does what was asked for, one after the other, since it may take as long as a step.
    private func act<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            acting.async { continuation.resume(with: Result { try Self.translating(body) }) }
        }
    }

    private static func translating<Answer>(_ body: () throws -> Answer) throws -> Answer {
        do { return try body() } catch JobStoreError.noSuchJob(let id) { throw ControlError.noSuchJob(id) }
    }
}

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
                    // A place that cannot be looked at has no figure; its jobs say why when they are begun.
                    (try? FileSystem(of: directory)).map { Metrics.Place(path: directory.path, freeBytes: $0.free) }
                })
        }
    }
}
