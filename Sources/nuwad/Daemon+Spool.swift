import Commissions
import Control
import Diffusion
import Foundation
import Installation
import JobStore
import Logging
import Models
import RenderPlan
import Script
import Spool
import Synchronization

extension Daemon: SpoolHandler {
    func consider(_ drop: Drop) throws -> Verdict {
        let commission: Commission
        do {
            commission = try Commission(
                drop.text, name: drop.name, limits: configuration.withLock(\.limits), model: model.configuration)
        } catch {
            return .reject(["\(error)".trimmingCharacters(in: .newlines)])
        }
        let new = NewJob(
            name: drop.name, script: drop.text, scriptHash: drop.hash, dropKey: drop.key,
            priority: commission.priority, frames: commission.plan.frames, fps: commission.storyboard.fps,
            seed: commission.seed, model: model.configuration.name)
        let acceptance = try store.accept(new)
        // A drop that is known already is submitted when its job is found in the database.
        guard acceptance.isNew else { return .accept }
        let job = acceptance.job
        logger.notice("job \(job.id): \(drop.name), \(job.frames) frames", metadata: ["job": "\(job.id)"])
        for warning in commission.warnings {
            logger.warning("job \(job.id): \(warning.rendered())", metadata: ["job": "\(job.id)"])
        }
        // Planning costs what the film is long; the next drop does not wait for it.
        steering.async { self.submitIfQueued(job.id, commission) }
        return .accept
    }

    func moved(_ drop: Drop, to file: URL) {
        do {
            try store.dropMoved(key: drop.key)
        } catch {
            logger.error("\(file.path): \(error)")
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
            spoolNotices.withLock { $0[name] = notice }
        case .noFolder, .noHints:
            logger.warning("\(notice)")
            spoolNotices.withLock { $0[""] = notice }
        }
    }

    /// What the spool said of files that still lie there.
    func spoolWarnings() -> [String] {
        spoolNotices.withLock { notices in
            notices = notices.filter { name, notice in
                switch notice {
                case .noFolder: !FileManager.default.isReadableFile(atPath: paths.spool.path)
                default: name.isEmpty || FileManager.default.fileExists(atPath: paths.spool.appending(path: name).path)
                }
            }
            return notices.sorted { $0.key < $1.key }.map(\.value.description)
        }
    }
}
