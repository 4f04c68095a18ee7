import Control
import Diffusion
import Foundation
import Installation
import Jobs
import Logging
import Models
import Rendering
import Reports
import Server
import Spool
import Synchronization

/// What joins the spool, the database, the renderer and the control socket.
final class Daemon: Sendable {
    let paths: Paths
    let store: JobStore
    let model: Model
    let renderer: Renderer
    let workers: Int
    let started: Date
    let logger: Logger
    let reporter: JobReporter
    let dispatcher: Dispatcher
    let workshop: Workshop
    let gallery: Gallery
    /// Where browsers find the page; nil where it is on the socket alone.
    let page: LoopbackAddress?
    /// Why they do not find it there.
    let pageTrouble = Shared<String?>(nil)
    let pageKey: PageKey
    /// Changed by a reload.
    let configuration: Shared<Configuration>
    /// What the spool said last about each thing that needs somebody's attention.
    let spoolTroubles = Mutex(SpoolTroubles())
    let shownJob = Mutex<ShownJob?>(nil)
    /// Where questions are answered: few at a time, and away from the threads that Swift's tasks share, so that neither many
    /// clients nor a slow disk keep signals and heartbeats waiting.
    let asking = OperationQueue()
    /// Whether what takes long should be left.
    let isStopping = Mutex(false)
    /// Where wishes are met.
    let acting = DispatchQueue(label: "nuwa.acting")

    init(
        paths: Paths, configuration: Configuration, store: JobStore, model: Model, renderer: Renderer, ledger: Ledger,
        gallery: Gallery, workers: Int, started: Date, logger: Logger
    ) throws {
        self.paths = paths
        self.gallery = gallery
        page = configuration.page.listen
        pageKey = try PageKey(file: paths.pageKey)
        let shared = Shared(configuration)
        self.configuration = shared
        self.store = store
        self.model = model
        self.renderer = renderer
        self.workers = workers
        self.started = started
        self.logger = logger
        asking.maxConcurrentOperationCount = 2
        let workshop = Workshop(paths: paths, configuration: shared, store: store, model: model)
        self.workshop = workshop
        let dispatcher = try Dispatcher(
            store: store, ledger: ledger, renderer: renderer, workers: workers, logger: logger,
            prepare: { try workshop.renderJob(of: $0) }, placesWithoutRoom: { workshop.placesWithoutRoom() })
        self.dispatcher = dispatcher
        let loaded = model.configuration
        reporter = JobReporter(
            store: store, source: .daemon, model: { $0 == loaded.name ? loaded : nil }, mode: { dispatcher.mode },
            hindrance: { dispatcher.hindrances.first },
            progress: { renderer.progress($0) },
            atWork: { job in
                renderer.atWork(on: job).map {
                    SegmentAtWork(segment: $0.segment, worker: $0.worker, fraction: $0.fraction)
                }
            })
    }

    /// For `systemctl status`: `1 running, 2 queued; job 17 (picnic.nuwa): depth 1 of 0…1, 7 of 15 segments, 61 %, 1m05s left`
    func sentence() -> String {
        let mode = dispatcher.mode
        let overview: Overview
        do { overview = try store.overview(limit: 1) } catch { return "the database cannot be read: \(error)" }
        guard let first = overview.unfinished.first else { return "idle; drop scripts into \(paths.spool.path)" }
        let counts = [JobState.Name.running, .queued, .blocked, .held].compactMap { state in
            overview.counts[state].map { "\($0) \(state.rawValue)" }
        }
        let progress = renderer.progress(first.id).map { "; job \(first.id) (\(first.name)): \($0)" }
        let lead = mode == .rendering ? "" : "\(mode.name) by \(mode.by ?? ""); "
        return lead + counts.joined(separator: ", ") + (progress ?? "")
    }
}

/// A value that several threads look at, and one changes.
final class Shared<Value: Sendable>: Sendable {
    private let held: Mutex<Value>

    init(_ value: Value) { held = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try held.withLock { try body(&$0) }
    }
}
