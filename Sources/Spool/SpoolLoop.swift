import Files
import Foundation

/// What the spool's thread does: wait for a hint or for the time to look, then look.
final class SpoolLoop {
    private let configuration: SpoolConfiguration
    private let handler: any SpoolHandler
    private let inbox: Inbox
    private let intake: Intake
    private let clock = ContinuousClock()

    private var nextScan: ContinuousClock.Instant
    /// Files that are not complete yet, and when to look again.
    private var waiting: [FileName: ContinuousClock.Instant] = [:]
    private var hearing = Hearing.nothing(told: nil)
    /// What was said of the folder while it is out of reach.
    private var folderTrouble: SpoolNotice?

    /// Whether inotify tells of files.
    private enum Hearing {
        /// Its events come under that number. They are of the folder that was there then; another may lie under its path by now.
        case hints(Int, of: Look?)
        /// Files are found by scanning alone; why, if that was said.
        case nothing(told: SpoolNotice?)
    }

    init(configuration: SpoolConfiguration, handler: any SpoolHandler, inbox: Inbox) {
        self.configuration = configuration
        self.handler = handler
        self.inbox = inbox
        intake = Intake(configuration: configuration, handler: handler)
        nextScan = clock.now
    }

    /// Returns when the inbox says stop.
    func run() {
        while true {
            let wake = min(nextScan, waiting.values.min() ?? nextScan)
            let mail = inbox.take(waitingAtMost: (wake - clock.now) / .seconds(1))
            if mail.stop { break }
            take(mail.events)
            act(on: mail.events, mustScan: mail.scan)
        }
        if case .hints(let number, _) = hearing { InotifyHints.shared.stop(number) }
    }

    // Apart from `run`, where Swift 6.3's optimiser fails on it ("Found ownership error").
    private func act(on events: [FolderEvent], mustScan: Bool) {
        do {
            if mustScan || clock.now >= nextScan || events.contains(where: { $0 == .overflow || $0 == .lost }) {
                try scan()
            } else {
                try look(at: events)
            }
        } catch {
            tell(.noFolder(reason: sentence(for: error)), unless: &folderTrouble)
            waiting = [:]
            nextScan = clock.now + .seconds(configuration.pollSeconds)
        }
    }

    private func take(_ events: [FolderEvent]) {
        for event in events {
            switch event {
            case .hint(let hint, let name): intake.settling.heard(hint, of: name)
            case .overflow:
                intake.settling.forgetHints()
                handler.notice(.overflow)
            case .lost:
                hearNothing()
            }
        }
    }

    private func hearNothing() {
        intake.settling.forgetHints()
        hearing = .nothing(told: nil)
    }

    private func scan() throws {
        try makeSubfolders()
        // Before the scan, so that nothing falls between the two.
        listen()
        let pending = try intake.scan(isStopped: inbox.isStopped)
        if folderTrouble != nil { handler.notice(.folderIsBack) }
        folderTrouble = nil
        waiting = [:]
        wait(for: pending)
        let interval = if case .hints = hearing { configuration.rescanSeconds } else { configuration.pollSeconds }
        nextScan = clock.now + .seconds(interval)
    }

    private func look(at events: [FolderEvent]) throws {
        var names: [FileName] = []
        var seen: Set<FileName> = []
        for case .hint(let hint, let name) in events where hint != .gone && seen.insert(name).inserted {
            names.append(name)
        }
        for (name, time) in waiting where time <= clock.now && seen.insert(name).inserted { names.append(name) }
        guard !names.isEmpty else { return }
        for name in names { waiting[name] = nil }
        wait(for: try intake.look(at: names, isStopped: inbox.isStopped))
    }

    private func wait(for pending: [FileName: Double]) {
        for (name, seconds) in pending { waiting[name] = clock.now + .seconds(seconds) }
    }

    private func listen() {
        // Why there is none, the scan says.
        let folder = try? Folder(configuration.folder.path).look()
        if case .hints(let number, let heard) = hearing,
            folder.map({ $0.inode != heard?.inode || $0.device != heard?.device }) ?? true
        {
            InotifyHints.shared.stop(number)
            hearNothing()
        }
        guard case .nothing(var told) = hearing else { return }
        if let quiet = QuietFileSystem(of: configuration.folder.path) {
            tell(.polled(fileSystem: quiet.rawValue, seconds: configuration.pollSeconds), unless: &told)
            hearing = .nothing(told: told)
            return
        }
        do {
            let number = try InotifyHints.shared.listen(to: configuration.folder.path) { [inbox] event in
                inbox.put { $0.add(event) }
            }
            if told != nil { handler.notice(.hintsAreBack) }
            hearing = .hints(number, of: folder)
        } catch {
            tell(.noHints(reason: "\(error)"), unless: &told)
            hearing = .nothing(told: told)
        }
    }

    /// Somebody may have cleaned up too well, or put something else in a folder's place: that is set aside. The drop folder itself is
    /// not made again: its owner and permissions are its admin's.
    private func makeSubfolders() throws(SystemError) {
        for folder in [configuration.accepted, configuration.rejected] {
            var status = stat()
            if lstat(folder.path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
                let aside = "\(folder.path).in-the-way-\(UInt32.random(in: 0...UInt32.max))"
                guard rename(folder.path, aside) == 0 else { throw SystemError("set aside", folder.path) }
            }
            // Where the drop folder itself is missing, looking into it says so.
            guard mkdir(folder.path, 0o750) == 0 || errno == EEXIST || errno == ENOENT else {
                throw SystemError("make", folder.path)
            }
        }
    }

    /// Says it once, until it changes.
    private func tell(_ notice: SpoolNotice, unless last: inout SpoolNotice?) {
        if last != notice { handler.notice(notice) }
        last = notice
    }
}
