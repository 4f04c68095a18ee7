import Files
import Foundation

/// Watches the drop folder and hands every complete file to a ``SpoolHandler``, on a thread of its own.
///
/// inotify only hints at when to look; what counts is the scan: at the start, on request, when hints were lost, and
/// every `rescanSeconds`.
package final class SpoolWatcher: Sendable {
    private let configuration: SpoolConfiguration
    private let handler: any SpoolHandler
    private let inbox = Inbox()
    private let ended = DispatchSemaphore(value: 0)

    package init(configuration: SpoolConfiguration, handler: any SpoolHandler) {
        self.configuration = configuration
        self.handler = handler
    }

    /// Makes the drop folder if it is missing and begins; the first scan comes at once, and makes the folders in it. Throws when
    /// the drop folder cannot be made. To be called once.
    package func start() throws {
        try DurableFile.makeDirectory(configuration.folder)
        let thread = Thread { [configuration, handler, inbox, ended] in
            SpoolLoop(configuration: configuration, handler: handler, inbox: inbox).run()
            ended.signal()
        }
        thread.name = "nuwa-spool"
        thread.start()
    }

    /// For how long the thread has been at what it was woken for; nil while it waits. A file system that hangs
    /// holds it for ever.
    package var busyFor: Duration? { inbox.busyFor }

    /// Looks at the whole folder now (SIGHUP).
    package func scanNow() { inbox.put { $0.scan = true } }

    /// Ends the intake, and returns when the file at hand is dealt with. Only after ``start()``.
    package func stop() {
        inbox.put { $0.stop = true }
        ended.wait()
        ended.signal()
    }
}
