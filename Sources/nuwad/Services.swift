import Foundation
import Installation
import Logging
import Rendering
import ServiceLifecycle
import Spool
import Synchronization
import Systemd
import Terminal
import UnixSignals

/// The intake, from its start to its end.
struct IntakeService: Service {
    let watcher: SpoolWatcher

    func run() async throws {
        try watcher.start()
        try? await gracefulShutdown()
        await onThread { watcher.stop() }
    }
}

/// The rendering: from taking up what waited to an end in good order.
struct RenderingService: Service {
    let daemon: Daemon
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            daemon.dispatcher.wake()
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            daemon.renderer.close()
        }
        ServiceManager.stopping(status: "finishing the step at hand")
        logger.notice("stopping after the step at hand")
        await onThread { daemon.dispatcher.stop() }
    }
}

/// Tells systemd how it goes, and has the dispatcher try again what failed for want of room or of the database.
struct HeartbeatService: Service {
    let daemon: Daemon
    let watcher: SpoolWatcher
    let logger: Logger

    private static let statusInterval = Duration.seconds(5)
    private static let retryInterval = Duration.seconds(5)

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await beat() }
    }

    private func beat() async throws {
        let watchdog = ServiceManager.watchdogInterval
        let pause = min(Self.statusInterval, (watchdog ?? .seconds(10)) / 2)
        let clock = ContinuousClock()
        var nextLook = clock.now + Self.retryInterval
        var seen: Int?
        var isStuck = false
        while true {
            let activity = daemon.renderer.activity
            if let watchdog {
                let wasStuck = isStuck
                isStuck = activity.silence >= watchdog
                if !isStuck { ServiceManager.watchdog() }
                if isStuck, !wasStuck {
                    logger.critical(
                        "nothing was heard of a segment or a film at work for \(durationText(watchdog / .seconds(1))); systemd will start nuwad anew"
                    )
                }
            }
            if activity.events != seen {
                seen = activity.events
                ServiceManager.status(daemon.sentence())
            }
            if clock.now >= nextLook {
                nextLook = clock.now + Self.retryInterval
                daemon.spoolIsBusy(for: watcher.busyFor)
                await onThread { daemon.dispatcher.goOn() }
            }
            try await Task.sleep(for: pause)
        }
    }
}

/// Removes what finished jobs have left behind, from time to time.
struct CleaningService: Service {
    let daemon: Daemon

    private static let interval = Duration.seconds(3600)
    private static let firstAfter = Duration.seconds(60)

    func run() async throws {
        try? await withGracefulShutdownHandler {
            try await cancelWhenGracefulShutdown {
                var pause = Self.firstAfter
                while true {
                    try await Task.sleep(for: pause)
                    pause = Self.interval
                    await onThread {
                        do {
                            _ = try daemon.clean(dryRun: false, isStopped: { daemon.isStopping.withLock(\.self) })
                        } catch is CancellationError {
                            return
                        } catch {
                            daemon.logger.error("cleaning: \(error)")
                        }
                    }
                }
            }
        } onGracefulShutdown: {
            daemon.isStopping.withLock { $0 = true }
        }
    }
}

/// Ends when a drain has come to its end, and nuwad with it.
struct DrainService: Service {
    let dispatcher: Dispatcher

    func run() async throws {
        for await _ in dispatcher.drained.cancelOnGracefulShutdown() {}
    }
}

/// SIGHUP: reads the configuration again and looks at the spool.
struct ReloadService: Service {
    let startup: Startup
    let daemon: Daemon
    let watcher: SpoolWatcher

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            ServiceManager.reloading()
            reload()
            ServiceManager.ready(status: daemon.sentence())
        }
    }

    private func reload() {
        let logger = startup.logger
        do {
            let new = try startup.readConfiguration()
            let old = daemon.configuration.withLock { current in
                defer { current = new }
                return current
            }
            startup.level.value = new.logLevel.level
            for key in new.keysThatNeedARestart(after: old) {
                logger.warning("\(key) has changed: restart nuwad for it")
            }
            logger.notice("configuration read again")
        } catch {
            logger.error("the configuration stays as it was: \(error)")
        }
        watcher.scanNow()
    }
}

/// For calls that block: away from the threads that Swift's tasks share.
private func onThread(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            body()
            continuation.resume()
        }
    }
}
