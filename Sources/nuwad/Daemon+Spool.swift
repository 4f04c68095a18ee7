import Commissions
import Control
import Diffusion
import Foundation
import Installation
import Jobs
import Logging
import Models
import Plans
import Reports
import Scripts
import Spool
import Synchronization
import Terminal

extension Daemon: SpoolHandler {
    func consider(_ drops: [Drop]) throws -> [Verdict] {
        let (limits, approve) = configuration.withLock { ($0.limits, $0.approve) }
        let commissions = drops.map { drop in
            Result { () throws(ScriptErrors) in
                try Commission(
                    drop.bytes, name: drop.name, limits: limits, model: model.configuration, approve: approve)
            }
        }
        let good = zip(drops, commissions).compactMap { drop, commission in
            (try? commission.get()).map { (drop, $0) }
        }
        let acceptances = try store.accept(
            try good.map { drop, commission in
                let edit = try edit(commission, drop)
                return NewJob(
                    name: drop.name, script: commission.text, scriptHash: drop.hash, dropKey: drop.key,
                    dropIsLinked: drop.isLinked, owner: drop.owner,
                    priority: commission.priority, frames: commission.plan.frames, fps: commission.storyboard.fps,
                    seed: edit?.what.seed ?? commission.seed, model: model.configuration.name,
                    stopsAtKeyframes: commission.stopsAtKeyframes,
                    takes: edit?.what.takes ?? [],
                    edit: edit.map { ($0.job, KeptKeyframes(kept: $0.what.kept, of: $0.what.keyframes)) })
            })
        for (acceptance, (drop, commission)) in zip(acceptances, good) {
            let id = acceptance.job.id
            guard acceptance.isNew else {
                logger.notice("\(drop.name) has its job, \(id), from before", metadata: ["job": "\(id)"])
                continue
            }
            let owner = UserName.of(drop.owner)
            logger.notice(
                "job \(id): \(drop.name) of \(owner), \(acceptance.job.frames) frames", metadata: ["job": "\(id)"])
            if let earlier = acceptance.job.editOf {
                logger.notice("job \(id): an edit of job \(earlier)", metadata: ["job": "\(id)"])
            }
            for warning in commission.warnings {
                logger.warning("job \(id): \(warning.rendered())", metadata: ["job": "\(id)"])
            }
        }
        dispatcher.wake()
        return commissions.map { commission in
            switch commission {
            case .success: .accept
            case .failure(let errors): .reject(Self.reasons(errors))
            }
        }
    }

    func refusal(of name: String, withBytes bytes: Int, limit: Int) -> [String] {
        Self.reasons(ScriptSource.tooLong(name: name, bytes: bytes, limit: limit))
    }

    private static func reasons(_ errors: ScriptErrors) -> [String] {
        ["\(errors)".trimmingCharacters(in: .newlines)]
    }

    /// What a script takes over from the newest one of its name, if it is an edit of that.
    /// - Throws: `JobStoreError`
    private func edit(_ commission: Commission, _ drop: Drop) throws -> (what: Edit, job: Int64)? {
        guard
            let job = try store.predecessor(name: drop.name, owner: drop.owner, model: model.configuration.name),
            case let script = try store.script(of: job.id),
            // What an older nuwad took and this one does not read is nothing to take over from.
            let before = try? Commission(script, name: job.name, limits: .accepted, model: model.configuration)
        else { return nil }
        return Edit(commission, of: before, seed: job.seed, takes: job.takes).map { ($0, job.id) }
    }

    func moved(_ drops: [Drop]) {
        do {
            try store.dropsMoved(drops.map { ($0.key, $0.name, $0.isLinked) })
        } catch {
            // They are known again, and get no second job, for as long as that is so.
            logger.error("\(error)")
        }
    }

    func remaining(_ stems: Set<String>) {
        do {
            let gone = try store.pendingDrops().filter { key in
                !stems.contains { key.hasPrefix($0) }
            }
            if !gone.isEmpty { try store.dropsMoved(keys: gone) }
        } catch {
            logger.error("\(error)")
        }
    }

    func notice(_ notice: SpoolNotice) {
        switch notice {
        case .rejected(let name, let reasons):
            let first = reasons.first?.split(separator: "\n").first ?? ""
            logger.notice("rejected \(name): \(first); all is in \(paths.rejected.path)/\(name).error.txt")
        case .overflow:
            logger.notice("\(notice)")
        case .notMoved(let name, _, _), .unreadable(let name, _), .postponed(let name, _), .folder(let name):
            logger.warning("\(notice)")
            spoolTroubles.withLock { $0.files[name] = notice }
        case .noFolder:
            logger.warning("\(notice)")
            spoolTroubles.withLock { $0.folder = notice }
        case .folderIsBack:
            logger.notice("\(notice)")
            spoolTroubles.withLock { $0.folder = nil }
        case .noHints, .polled:
            logger.warning("\(notice)")
            spoolTroubles.withLock { $0.hints = notice }
        case .hintsAreBack:
            logger.notice("\(notice)")
            spoolTroubles.withLock { $0.hints = nil }
        }
    }

    /// Told every few seconds. Systemd need not know: another nuwad would hang on the same file system, and what renders goes on.
    func spoolIsBusy(for time: Duration?) {
        let seconds = time.map { $0 / .seconds(1) }.flatMap { $0 >= SpoolTroubles.patience ? $0 : nil }
        let was = spoolTroubles.withLock { troubles in
            defer { troubles.busySeconds = seconds }
            return troubles.busySeconds
        }
        if was == nil, let seconds { logger.warning("\(SpoolTroubles.busy(seconds, at: paths.spool))") }
        if was != nil, seconds == nil { logger.notice("the drop folder is looked at again") }
    }

    /// What the spool said of its folders, and of files that still lie there: as many as fit an answer.
    func spoolWarnings() -> [String] {
        let known = spoolTroubles.withLock(\.self)
        // A file system that hangs would hold this one, too.
        if let seconds = known.busySeconds { return [SpoolTroubles.busy(seconds, at: paths.spool)] }
        // Never under the lock, which the heartbeat waits for; and of thousands only as many are looked at as are told of.
        var (gone, there): ([String], Int) = ([], 0)
        for name in known.files.keys.sorted() where there < SpoolTroubles.told {
            if FileManager.default.fileExists(atPath: paths.spool.appending(path: name).path) {
                there += 1
            } else {
                gone.append(name)
            }
        }
        return spoolTroubles.withLock { troubles in
            for name in gone { troubles.files[name] = nil }
            let files = troubles.files.sorted { $0.key < $1.key }.map(\.value.description)
            let more = files.count - SpoolTroubles.told
            return [troubles.folder, troubles.hints].compactMap(\.?.description) + files.prefix(SpoolTroubles.told)
                + (more > 0 ? ["\(counted(more, "more file")) in the drop folder: the log has them"] : [])
        }
    }
}

/// What the spool said and is still so.
struct SpoolTroubles {
    /// So many files are told of one by one.
    static let told = 20

    /// A look at the folder takes longer only where something hangs, or thousands of scripts came at once.
    static let patience = 60.0

    static func busy(_ seconds: Double, at folder: URL) -> String {
        "the look at \(folder.path) that goes on has taken \(durationText(seconds)) so far: either very many scripts came, or its file system hangs"
    }

    /// For how long a look at the folder has gone on, in seconds, where that is long.
    var busySeconds: Double?
    var folder: SpoolNotice?
    var hints: SpoolNotice?
    /// By their names.
    var files: [String: SpoolNotice] = [:]
}
