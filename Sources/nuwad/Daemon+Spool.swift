import Synchronization
import Logging
import Diffusion
import Control
import Foundation
import JobStore
import RenderPlan
import Script
import Spool

extension Daemon: SpoolHandler {
    func consider(_ drop: Drop) throws -> Verdict {
        let limits = configuration.withLock(\.limits)
        let script: Script
        do {
            let parsed = try Script.parse(drop.text, name: drop.name, limits: limits)
            script = parsed.script
            for warning in parsed.warnings { logger.notice("\(warning.rendered())") }
        } catch {
            return .reject(["\(error)".trimmingCharacters(in: .newlines)])
        }
        let loaded = model.configuration.name
        if let wanted = script.model, wanted != loaded {
            return .reject(["\(OtherModel(wanted: wanted, loaded: loaded))"])
        }
        let frames = script.length.frames(fps: script.fps)
        do {
            _ = try RenderPlan(frames: frames, segmentFrames: model.configuration.mtd.segmentFrames)
        } catch {
            return .reject(["\(error)"])
        }

        let acceptance = try store.accept(
            NewJob(
                name: drop.name, script: drop.text, scriptHash: drop.hash, dropKey: drop.key, priority: script.priority,
                frames: frames, fps: script.fps, seed: script.seed ?? Script.defaultSeed, model: loaded))
        // A drop that is known already was submitted when its job was found in the database.
        if acceptance.isNew {
            let job = acceptance.job
            logger.notice("job \(job.id): \(drop.name), \(frames) frames", metadata: ["job": "\(job.id)"])
            submit(job)
        }
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
