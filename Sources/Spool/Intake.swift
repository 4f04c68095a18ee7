import Files
import Foundation

/// The way of files from the drop folder to `accepted/` or `rejected/`. Lives on one thread.
///
/// However often and wherever it is killed: each drop gets exactly one job. The handler makes the job durable and
/// knows a drop again by its key; only then does the file move. The error file is durable before its script moves.
final class Intake {
    private let configuration: SpoolConfiguration
    private let handler: any SpoolHandler
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    var settling: Settling
    /// Whether what an earlier process left half-written is gone.
    private var isSwept = false
    /// Files that were decided upon and could not be moved.
    private var stuck: [FileName: Stuck] = [:]
    /// What was said last about a file that stays, so that it is said once.
    private var told: [FileName: SpoolNotice] = [:]

    private struct Stuck {
        let look: Look
        let destination: Destination
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
        settling = Settling(settle: configuration.settle)
        start = clock.now
    }

    /// Deals with every file in the drop folder, oldest first. Returns the files that need another look, with the
    /// seconds until then.
    /// - Parameter isStopped: asked between two files.
    func scan(isStopped: () -> Bool) throws -> [FileName: Double] {
        let folders = try Folders(configuration)
        if !isSwept {
            try folders.rejected.sweep()
            isSwept = true
        }
        let names = try folders.drop.names()
        let present = Set(names)
        settling.keep(only: present)
        stuck = stuck.filter { present.contains($0.key) }
        told = told.filter { present.contains($0.key) }
        let byAge = try names.filter { !$0.isTemporary }
            .compactMap { name in try folders.drop.look(at: name).map { (name, $0.changed) } }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
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
        for name in names {
            if isStopped() { break }
            if let seconds = try consider(name, folders) { waiting[name] = seconds }
        }
        return waiting
    }

    /// Returns the seconds until the file needs another look; nil when it needs none, or only that of the next scan.
    private func consider(_ name: FileName, _ folders: Folders) throws -> Double? {
        guard let look = try folders.drop.look(at: name) else {
            settling.forget(name)
            return nil
        }
        if let stuck = stuck[name], stuck.look.isSameContent(as: look) {
            finish(name, look, stuck.destination, folders)
            return nil
        }
        switch look.kind {
        case .folder:
            if try ![folders.accepted.look(), folders.rejected.look()].contains(where: { $0.inode == look.inode }) {
                tell(name, .folder(name: name.text))
            }
            return nil
        case .other(let what):
            let reason = "This is \(what), not a file. Drop a copy of the script itself."
            finish(name, look, .rejected([reason]), folders)
            return nil
        case .file:
            break
        }
        let age = Date().timeIntervalSince1970 - Double(look.changed) / 1e9
        let now = start.duration(to: clock.now) / .seconds(1)
        if case .wait(let seconds) = settling.decide(name, look: look, age: age, now: now) { return seconds }
        return read(name, look, folders)
    }

    private func read(_ name: FileName, _ look: Look, _ folders: Folders) -> Double? {
        let limit = configuration.maximumBytes
        guard look.size <= limit else {
            let reason =
                "The script has \(look.size) bytes; at most \(limit) are taken (limits.script_bytes in nuwad.toml)."
            finish(name, look, .rejected([reason]), folders)
            return nil
        }
        do {
            let (bytes, before, after) = try folders.drop.read(name, limit: limit + 1)
            guard before.isSameContent(as: look), after.isSameContent(as: look), bytes.count == Int(look.size) else {
                return configuration.settle
            }
            let drop = try Drop(name: name, bytes: bytes, look: look)
            switch try handler.consider(drop) {
            case .accept: finish(name, look, .accepted(drop), folders)
            case .reject(let reasons): finish(name, look, .rejected(reasons), folders)
            }
        } catch let error as SystemError where error.code != ENOENT {
            tell(name, .unreadable(name: name.text, reason: error.sentence))
        } catch is SystemError {
            settling.forget(name)
        } catch is Drop.NotText {
            let reason = "The file is not UTF-8 text. Save the script as UTF-8 and drop it again."
            finish(name, look, .rejected([reason]), folders)
        } catch {
            tell(name, .postponed(name: name.text, reason: "\(error)"))
        }
        return nil
    }

    /// Moves a file to where it belongs, and says so.
    private func finish(_ name: FileName, _ look: Look, _ destination: Destination, _ folders: Folders) {
        var key: String?
        do {
            switch destination {
            case .accepted(let drop):
                key = drop.key
                guard let newName = try move(name, look, from: folders.drop, to: folders.accepted) else { return }
                handler.moved(drop, to: configuration.accepted.appendingPathComponent(newName.text))
            case .rejected(let reasons):
                let newName = try folders.rejected.writeDurably(
                    errorFile(name, reasons), beside: name, ending: ".error.txt")
                guard try move(name, look, from: folders.drop, to: folders.rejected, as: newName) != nil else { return }
                handler.notice(.rejected(name: name.text, reasons: reasons))
            }
            stuck[name] = nil
            told[name] = nil
        } catch {
            stuck[name] = Stuck(look: look, destination: destination)
            let reason = (error as? SystemError)?.sentence ?? "\(error)"
            tell(name, .notMoved(name: name.text, key: key, reason: reason))
        }
        settling.forget(name)
    }

    /// Moves the file that was looked at, durably. Returns nil, with everything as before, when another file has
    /// taken its name meanwhile.
    private func move(
        _ name: FileName, _ look: Look, from drop: Folder, to folder: Folder, as wanted: FileName? = nil
    ) throws -> FileName? {
        let newName = try wanted ?? folder.freeName(like: name)
        try drop.move(name, to: folder, as: newName)
        if let moved = try folder.look(at: newName), !moved.isSameContent(as: look) {
            try folder.move(newName, to: drop, as: drop.freeName(like: name))
            return nil
        }
        try folder.sync()
        try drop.sync()
        return newName
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
