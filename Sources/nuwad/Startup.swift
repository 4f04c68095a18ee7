import Cluster
import Diffusion
import Foundation
import Installation
import Jobs
import Logging
import Models
import Rendering
import Scripts
import Server
import ServiceLifecycle
import Spool
import Systemd
import Tensors
import UnixSignals

/// Brings the parts up in their order and runs them until the end: lock, configuration, database and recovery, model, renderer,
/// spool, control socket, and only then READY.
struct Startup {
    let paths: Paths
    /// `--config`; nil for the usual place, where it may be missing.
    let configurationFile: URL?
    /// `--workers`
    let workers: Int?
    let level: SharedLogLevel
    let logger: Logger

    func readConfiguration() throws(ConfigurationError) -> Configuration {
        try paths.readConfiguration(configurationFile)
    }

    func serve() async throws {
        let started = Date()
        try paths.createDirectories()
        let lock = try InstanceLock(paths.lock)
        defer { withExtendedLifetime(lock) {} }

        let configuration = try readConfiguration()
        level.value = configuration.logLevel.level
        ServiceManager.status("opening the database")
        let store = try JobStore(path: paths.database.path)
        logRecovery(try store.recover())

        ServiceManager.status("loading the model \(configuration.model.name)")
        let model = try loadModel(configuration.model)
        let ledger = Ledger(store: store, logger: logger)
        let workers = workers ?? configuration.workerCount
        let workspace = try Workspace(paths.workspace(configuration))
        let executor = try executor(configuration, model, workers: workers, workspace)
        let renderer = Renderer(
            configuration: model.configuration, executor: executor, workspace: workspace,
            encoding: configuration.films.encoding,
            version: NuwaVersion.current, observer: ledger)
        let daemon = try Daemon(
            paths: paths, configuration: configuration, store: store, model: model, renderer: renderer, ledger: ledger,
            gallery: Gallery(model: model, network: executor.network, workspace: workspace), workers: executor.workers,
            started: started,
            logger: logger)
        let watcher = SpoolWatcher(
            configuration: SpoolConfiguration(
                folder: paths.spool, accepted: paths.accepted, rejected: paths.rejected,
                settleSeconds: configuration.spool.settleSeconds, rescanSeconds: configuration.spool.rescanSeconds,
                pollSeconds: configuration.spool.pollSeconds,
                maximumBytes: configuration.limits.bytes),
            handler: daemon)
        try await run(daemon, watcher)
    }

    private func run(_ daemon: Daemon, _ watcher: SpoolWatcher) async throws {
        let intake = IntakeService(watcher: watcher)
        let control = ControlServer(
            socket: paths.socket, inherited: ServiceManager.listeningSocket(at: paths.socket.path), service: daemon,
            page: daemon.page, logger: logger,
            onPageTrouble: { trouble in daemon.pageTrouble.withLock { $0 = trouble } }
        ) { [logger, paths] in
            ServiceManager.ready(status: daemon.sentence())
            logger.notice("nuwad \(NuwaVersion.current) is ready: drop scripts into \(paths.spool.path)")
        }
        // They stop in the reverse order: no new jobs first, then the renderer; answers are given until the end.
        let services: [any Service] = [
            control, RenderingService(daemon: daemon, logger: logger), intake,
            HeartbeatService(daemon: daemon, watcher: watcher, logger: logger), CleaningService(daemon: daemon),
            ReloadService(startup: self, daemon: daemon, watcher: watcher),
        ]
        let drain = ServiceGroupConfiguration.ServiceConfiguration(
            service: DrainService(dispatcher: daemon.dispatcher),
            successTerminationBehavior: .gracefullyShutdownGroup)
        var quiet = logger
        quiet.logLevel = .warning
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) } + [drain], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet))
        try await group.run()
        // The write-ahead log goes into the file, so that it can be read, and copied, as it lies there.
        try daemon.store.close()
        logger.notice("nuwad has stopped")
    }

    private func loadModel(_ wanted: Configuration.Model) throws -> Model {
        let directory = try paths.models.directory(of: wanted.name)
        let model: Model
        do {
            model = try Model.load(directory: directory, precision: wanted.precision)
        } catch {
            throw ModelUnusable(cause: error)
        }
        // Scripts and jobs name a model by its document, people by its directory.
        guard model.configuration.name == wanted.name || wanted.name.contains("/") else {
            throw ModelUnusable(cause: MisnamedModel(directory: directory, name: model.configuration.name))
        }
        logger.notice("model \(model.configuration.name) from \(directory.path) in \(model.type.rawValue)")
        return model
    }

    private func executor(
        _ configuration: Configuration, _ model: Model, workers: Int, _ workspace: Workspace
    ) throws -> any SegmentExecutor {
        let wanted = configuration.executor
        switch wanted.kind {
        case .threads:
            return try ThreadExecutor(model: model, workers: workers, workspace: workspace)
        case .slurm:
            // What is configured lies on the nodes, which may have it where this machine has nothing.
            let program = try wanted.program.map { URL(filePath: $0) } ?? programBeside()
            return SlurmExecutor(
                network: try NetworkIdentity(model: model), workspace: workspace,
                settings: .init(
                    target: wanted.elementMinutes * 60, queued: wanted.queued, poll: wanted.pollSeconds,
                    options: wanted.sbatch, program: program,
                    model: try paths.models.directory(of: configuration.model.name),
                    workspace: paths.workspace(configuration)),
                say: { [logger] in logger.notice("\($0)") })
        }
    }

    private func programBeside() throws -> URL {
        let beside = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "nuwa")
        guard let beside, FileManager.default.isExecutableFile(atPath: beside.path) else { throw NoProgram() }
        return beside
    }

    private func logRecovery(_ recovery: Recovery) {
        for job in recovery.requeued {
            logger.notice("job \(job.id) (\(job.name)) goes on", metadata: ["job": "\(job.id)"])
        }
        for job in recovery.culprits {
            logger.error("job \(job.id) (\(job.name)): \(job.state.reason ?? "")", metadata: ["job": "\(job.id)"])
        }
    }
}

/// A cluster without a program to run.
struct NoProgram: Error, CustomStringConvertible {
    var description: String { "executor.program is not set, and there is no nuwa beside nuwad" }
}

/// A model whose directory has another name than it says itself.
struct MisnamedModel: Error, CustomStringConvertible {
    let directory: URL
    let name: String

    var description: String {
        "\(directory.path) holds the model \"\(name)\": name the directory so, or give model.name its path, with a / in it"
    }
}

/// The model's own words on why it cannot be loaded.
struct ModelUnusable: Error, CustomStringConvertible {
    let cause: any Error

    var description: String { "\(cause)" }
}

extension Configuration.LogLevel {
    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
