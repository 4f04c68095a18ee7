import Commissions
import Diffusion
import Files
import Foundation
import Installation
import JobStore
import Logging
import Models
import Renderer
import RenderPlan
import Reports
import Script
import Spool
import Synchronization

/// What joins the spool, the database, the renderer and the control socket.
final class Daemon: Sendable {
    let paths: Paths
    let store: JobStore
    let model: Model
    let renderer: Renderer
    let ledger: Ledger
    let workers: Int
    let started: Date
    let logger: Logger
    let reporter: JobReporter
    /// Where it is decided which jobs the renderer has, one decision after the other, so that the renderer and the
    /// database agree on it.
    let steering = DispatchQueue(label: "nuwa.steering")
    /// Changed by a reload.
    let configuration: Mutex<Configuration>
    /// What the spool said last about each thing that needs somebody's attention.
    let spoolNotices = Mutex<[String: SpoolNotice]>([:])

    init(
        paths: Paths, configuration: Configuration, store: JobStore, model: Model, renderer: Renderer, ledger: Ledger,
        workers: Int, started: Date, logger: Logger
    ) {
        self.paths = paths
        self.configuration = Mutex(configuration)
        self.store = store
        self.model = model
        self.renderer = renderer
        self.ledger = ledger
        self.workers = workers
        self.started = started
        self.logger = logger
        let loaded = model.configuration
        reporter = JobReporter(
            store: store, source: .daemon, model: { $0 == loaded.name ? loaded : nil },
            progress: { renderer.progress($0) })
    }

    /// Where films appear.
    var films: URL {
        configuration.withLock(\.films.directory).map { URL(filePath: $0, directoryHint: .isDirectory) } ?? paths.films
    }

    /// Hands everything that waits in the database to the renderer.
    func submitQueued() {
        do {
            for job in try store.jobs(in: [.queued]) {
                steering.sync { submitIfQueued(job.id) }
            }
        } catch {
            logger.error("\(error)")
        }
    }

    /// Hands a job to the renderer unless somebody has done something else with it meanwhile. To be called while steering.
    func submitIfQueued(_ id: Int64, _ known: Commission? = nil) {
        do {
            if let job = try store.job(id), job.state == .queued { submit(job, known) }
        } catch {
            logger.error("\(error)", metadata: ["job": "\(id)"])
        }
    }

    /// Hands one job to the renderer, unless it is there. A job that cannot be rendered fails, with the reason; one that
    /// lacks room is paused; one that comes too late waits for the next start. To be called while steering.
    /// - Parameter known: what its script was read as just now; nil where it must be read again
    func submit(_ job: Job, _ known: Commission? = nil) {
        guard !renderer.has(job.id) else { return }
        do {
            let render = try renderJob(job, known ?? commission(of: job))
            let sampling = model.configuration.sampling
            // In evaluations of the network, as the renderer counts its progress.
            let steps = render.plan.strides.enumerated().map { sampling.effort(atDepth: $0, stride: $1).evaluations }
            try store.plan(render.plan.segmentIDs.map { ($0, steps[$0.depth]) }, for: job.id)
            try DurableFile.makeDirectory(render.output.deletingLastPathComponent())
            try renderer.submit(render)
        } catch RenderFailure.stopped {
            return
        } catch {
            logger.error("job \(job.id) cannot be rendered: \(error)", metadata: ["job": "\(job.id)"])
            ledger.note(error.passesWithRoom ? .pause(reason: "\(error)") : .fail(reason: "\(error)"), of: job.id)
        }
    }

    /// Reads a job's script again.
    private func commission(of job: Job) throws -> Commission {
        guard job.model == model.configuration.name else {
            throw OtherModel(wanted: job.model, loaded: model.configuration.name)
        }
        return try Commission(store.script(of: job.id), name: job.name, limits: .none, model: model.configuration)
    }

    private func renderJob(_ job: Job, _ commission: Commission) throws -> RenderJob {
        let film = films.appending(path: Self.filmName(of: job))
        let wantsSheet = configuration.withLock(\.films.sheet)
        return RenderJob(
            id: job.id, name: job.name, script: commission.text, storyboard: commission.storyboard,
            plan: commission.plan, seed: job.seed, priority: job.priority,
            suspects: Suspects(
                segments: Set(try store.suspects(of: job.id).map(\.segment)),
                film: try store.suspectsFilm(of: job.id)),
            output: film, sheet: wantsSheet ? film.deletingPathExtension().appendingPathExtension("png") : nil)
    }

    /// `picnic-17.mp4`; of a long name what fits, since a file's name has 255 bytes at most.
    static func filmName(of job: Job) -> String {
        var stem = (job.name as NSString).deletingPathExtension
        while stem.utf8.count > 200 { stem.removeLast() }
        return "\(stem)-\(job.id).mp4"
    }

    /// Takes up jobs that were paused for want of room, once there is some again.
    func resumePaused() {
        ledger.catchUp()
        do {
            try steering.sync {
                let paused = try store.jobs(in: [.paused])
                guard !paused.isEmpty, placesWithoutRoom().isEmpty else { return }
                for job in paused {
                    logger.notice("job \(job.id) goes on: there is room again", metadata: ["job": "\(job.id)"])
                    submit(try ledger.apply(.resume, to: job.id))
                }
            }
        } catch {
            logger.error("\(error)")
        }
    }

    /// Directories in which there is not enough room for the next checkpoints or a film.
    func placesWithoutRoom() -> [URL] {
        [paths.workspace, films].filter { Self.freeBytes(in: $0).map { $0 < 64 << 20 } ?? false }
    }

    /// Nil where the file system does not say.
    static func freeBytes(in directory: URL) -> Int64? {
        let facts = try? FileManager.default.attributesOfFileSystem(forPath: directory.path)
        return (facts?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    /// Ends the rendering: returns when every worker has finished its step. What was running is queued again for the next start.
    func stopRendering() {
        renderer.stop()
        do {
            try steering.sync {
                for job in try store.jobs(in: [.running]) { try ledger.apply(.interrupt, to: job.id) }
            }
        } catch {
            logger.error("\(error)")
        }
    }

    /// For `systemctl status`: `1 running, 2 queued; job 17 (picnic.nuwa): depth 1 of 0…1, 7 of 15 segments, 61 %, 1m05s left`
    func sentence() -> String {
        guard let overview = try? store.overview(limit: 1), let first = overview.unfinished.first else {
            return "idle; drop scripts into \(paths.spool.path)"
        }
        let counts = [JobState.Name.running, .queued, .paused, .held].compactMap { state in
            overview.counts[state].map { "\($0) \(state.rawValue)" }
        }
        let progress = renderer.progress(first.id).map { "; job \(first.id) (\(first.name)): \($0)" }
        return counts.joined(separator: ", ") + (progress ?? "")
    }
}

extension Error {
    /// Whether what failed can be expected to go on once somebody made room.
    fileprivate var passesWithRoom: Bool {
        switch self {
        case let failure as RenderFailure: failure.passesWithRoom
        case let error as JobStoreError: error.isOutOfRoom
        case let error as SystemError: error.isOutOfRoom
        default: false
        }
    }
}
