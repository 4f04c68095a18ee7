import Files
import Foundation

/// The way of files from the drop folder to `accepted/` or `rejected/`. Lives on one thread.
///
/// However often and wherever it is killed: each drop gets exactly one job. The handler makes the job durable and
/// knows a drop again by its key; only then does the file move. The error file is durable before its script moves.
/// What a disk is waited for, transactions and syncs of folders, is done once for many drops.
final class Intake {
    private let configuration: SpoolConfiguration
    private let handler: any SpoolHandler
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    var settling: Settling
    private var beginning = Beginning.nothingDone
    /// Files that were decided upon and could not be moved.
    private var stuck: [FileName: Stuck] = [:]
    /// What was said last about a file that stays, so that it is said once.
    private var told: [FileName: SpoolNotice] = [:]

    /// What is done before anything else, once for each process.
    private enum Beginning {
        case nothingDone
        /// What an earlier process left half-written is gone.
        case swept
        /// And the handler knows what was still there.
        case over
    }

    private struct Stuck {
        let look: Look
        let destination: Destination
    }

    /// A script that was read and waits for its verdict.
    private struct Found {
        let name: FileName
        let look: Look
        let drop: Drop
    }

    /// What is dealt with at once.
    private struct Round {
        private static let mostDrops = 500
        private static let mostBytes = 8 << 20

        private(set) var found: [Found] = []
        private var bytes = 0

        mutating func add(_ one: Found) {
            found.append(one)
            bytes += Int(one.look.size)
        }

        var isFull: Bool { found.count >= Self.mostDrops || bytes >= Self.mostBytes }
    }

    /// What a look at a file has come to.
    private enum Inspection {
        case complete(Found)
        case wait(Double)
        /// Nothing is to be done with it, or only at the next scan.
        case settled
    }

    private enum Destination {
        case accepted(Drop)
        case rejected([String])
    }

    /// The three folders, opened anew for each pass, since somebody may have replaced them.
    private struct Folders {
        let drop: Folder
        let accepted: Folder
        let rejected: Folder

        init(_ configuration: SpoolConfiguration) throws {
            drop = try Folder(configuration.folder.path)
            accepted = try Folder(configuration.accepted.path, itself: true)
            rejected = try Folder(configuration.rejected.path, itself: true)
        }
    }

    init(configuration: SpoolConfiguration, handler: any SpoolHandler) {
        self.configuration = configuration
        self.handler = handler
        settling = Settling(settleSeconds: configuration.settleSeconds)
        start = clock.now
    }

    /// Deals with every file in the drop folder, oldest first. Returns the files that need another look, with the
    /// seconds until then.
    /// - Parameter isStopped: asked between two files.
    func scan(isStopped: () -> Bool) throws -> [FileName: Double] {
        let folders = try Folders(configuration)
        if case .nothingDone = beginning {
            try folders.rejected.sweep()
            beginning = .swept
        }
        let names = try folders.drop.names()
        let present = Set(names)
        settling.keep(only: present)
        stuck = stuck.filter { present.contains($0.key) }
        told = told.filter { present.contains($0.key) }
        let byAge = try names.filter { !$0.isTemporary }
            .compactMap { name in try folders.drop.look(at: name).map { (name, $0) } }
            .sorted { ($0.1.changed, $0.0) < ($1.1.changed, $1.0) }
        if case .swept = beginning {
            // Before anything moves: what is not there now has left the spool in an earlier life.
            handler.remaining(Set(byAge.map { Drop.stem($0.1) }))
            beginning = .over
        }
        return try consider(byAge.map(\.0), folders, isStopped)
    }

    /// Deals with the files of these names.
    func look(at names: [FileName], isStopped: () -> Bool) throws -> [FileName: Double] {
        try consider(names.filter { !$0.isTemporary }, Folders(configuration), isStopped)
    }

    private func consider(
        _ names: [FileName], _ folders: Folders, _ isStopped: () -> Bool
    ) throws -> [FileName: Double] {
        var waiting: [FileName: Double] = [:]
        var round = Round()
        for name in names {
            if isStopped() { break }
            switch try find(name, folders) {
            case .complete(let found): round.add(found)
            case .wait(let seconds): waiting[name] = seconds
            case .settled: break
            }
            if round.isFull {
                deal(with: round.found, folders)
                round = Round()
            }
        }
        deal(with: round.found, folders)
        return waiting
    }

    private func find(_ name: FileName, _ folders: Folders) throws -> Inspection {
        guard let look = try folders.drop.look(at: name) else {
            settling.forget(name)
            return .settled
        }
        if let stuck = stuck[name], stuck.look.isSameContent(as: look) {
            finish(name, look, stuck.destination, folders)
            return .settled
        }
        switch look.kind {
        case .folder:
            if try ![folders.accepted.look(), folders.rejected.look()].contains(where: { $0.inode == look.inode }) {
                tell(name, .folder(name: name.text))
            }
            return .settled
        case .other(let what):
            let reason = "This is \(what), not a file. Drop a copy of the script itself."
            finish(name, look, .rejected([reason]), folders)
            return .settled
        case .file:
            break
        }
        let age = Date().timeIntervalSince1970 - Double(look.changed) / 1e9
        let now = start.duration(to: clock.now) / .seconds(1)
        if case .wait(let seconds) = settling.decide(name, look: look, age: age, now: now) { return .wait(seconds) }
        return read(name, look, folders)
    }

    private func read(_ name: FileName, _ look: Look, _ folders: Folders) -> Inspection {
        let limit = configuration.maximumBytes
        guard look.size <= limit else {
            finish(
                name, look, .rejected(handler.refusal(of: name.text, withBytes: Int(look.size), limit: limit)), folders)
            return .settled
        }
        do {
            let (bytes, before, after) = try folders.drop.read(name, limit: limit + 1)
            guard before.isSameContent(as: look), after.isSameContent(as: look), bytes.count == Int(look.size) else {
                return .wait(configuration.settleSeconds)
            }
            return .complete(Found(name: name, look: look, drop: Drop(name: name, bytes: bytes, look: look)))
        } catch let error as SystemError where error.code == ENOENT {
            settling.forget(name)
        } catch {
            tell(name, .unreadable(name: name.text, reason: sentence(for: error)))
        }
        return .settled
    }

    /// Has the handler decide on scripts, and moves them all to where they belong.
    private func deal(with found: [Found], _ folders: Folders) {
        guard !found.isEmpty else { return }
        do {
            let verdicts = try handler.consider(found.map(\.drop))
            var accepted: [Found] = []
            for (one, verdict) in zip(found, verdicts) {
                switch verdict {
                case .accept: accepted.append(one)
                case .reject(let reasons): finish(one.name, one.look, .rejected(reasons), folders)
                }
            }
            keep(accepted, folders)
        } catch {
            for one in found { tell(one.name, .postponed(name: one.name.text, reason: "\(error)")) }
        }
    }

    /// Moves accepted scripts to `accepted/`.
    private func keep(_ accepted: [Found], _ folders: Folders) {
        let moved = accepted.filter { one in
            moving(one.name, one.look, .accepted(one.drop)) {
                try move(one.name, one.look, from: folders.drop, to: folders.accepted)
            }
        }
        guard !moved.isEmpty else { return }
        do {
            try folders.accepted.sync()
            try folders.drop.sync()
            handler.moved(moved.map(\.drop))
        } catch {
            // They are moved, but a power cut could undo that. So their keys are kept, and known again if it does.
            let reason = sentence(for: error)
            handler.notice(.notMoved(name: moved[0].name.text, key: moved[0].drop.key, reason: reason))
        }
    }

    /// Moves a file to where it belongs, and says so.
    private func finish(_ name: FileName, _ look: Look, _ destination: Destination, _ folders: Folders) {
        switch destination {
        case .accepted(let drop): keep([Found(name: name, look: look, drop: drop)], folders)
        case .rejected(let reasons):
            let isMoved = moving(name, look, destination) {
                let newName = try folders.rejected.writeDurably(
                    errorFile(name, reasons), beside: name, ending: ".error.txt")
                guard try move(name, look, from: folders.drop, to: folders.rejected, as: newName) else { return false }
                try folders.rejected.sync()
                try folders.drop.sync()
                return true
            }
            if isMoved { handler.notice(.rejected(name: name.text, reasons: reasons)) }
        }
    }

    /// Notes whether a file that was decided upon could be moved.
    private func moving(_ name: FileName, _ look: Look, _ destination: Destination, _ move: () throws -> Bool) -> Bool {
        defer { settling.forget(name) }
        do {
            guard try move() else { return false }
            stuck[name] = nil
            told[name] = nil
            return true
        } catch {
            stuck[name] = Stuck(look: look, destination: destination)
            let reason = sentence(for: error)
            let key: String? = if case .accepted(let drop) = destination { drop.key } else { nil }
            tell(name, .notMoved(name: name.text, key: key, reason: reason))
            return false
        }
    }

    /// Moves the file that was looked at; to be synced. Returns false, with everything as before, when another file has
    /// taken its name meanwhile.
    private func move(
        _ name: FileName, _ look: Look, from drop: Folder, to folder: Folder, as wanted: FileName? = nil
    ) throws -> Bool {
        let newName = try wanted ?? folder.freeName(like: name)
        try drop.move(name, to: folder, as: newName)
        if let moved = try folder.look(at: newName), !moved.isSameContent(as: look) {
            try folder.move(newName, to: drop, as: drop.freeName(like: name))
            return false
        }
        return true
    }

    private func errorFile(_ name: FileName, _ reasons: [String]) -> String {
        "\(name.text) was not accepted.\n\n\(reasons.joined(separator: "\n\n"))\n\nMend it and drop it again.\n"
    }

    private func tell(_ name: FileName, _ notice: SpoolNotice) {
        guard told[name] != notice else { return }
        told[name] = notice
        handler.notice(notice)
    }
}
