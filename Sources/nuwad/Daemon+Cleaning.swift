import Files
import Foundation
import Installation
import Jobs
import Logging
import Rendering
import Reports
import Scripts
import Spool
import Terminal

// What finished jobs leave behind, and how it goes.
extension Daemon {
    /// Files that a report names.
    private static let most = 100

    /// Removes leftovers as the configuration says.
    /// - Parameters:
    ///   - dryRun: only tells what would go
    ///   - isStopped: asked on the way; what it gives up is left for the next time
    /// - Throws: `CancellationError` where it was stopped
    func clean(dryRun: Bool, isStopped: () -> Bool = { false }) throws -> CleaningReport {
        let retention = Retention(configuration.withLock(\.retention))
        let now = Date()
        var leftovers = leftovers(needed: [])
        // What unfinished jobs need takes long to tell where there are thousands, so it is asked only if anything is to go.
        if !retention.choose(from: leftovers, now: now).isEmpty {
            leftovers = self.leftovers(needed: try neededFiles(isStopped))
        }
        let chosen = retention.choose(from: leftovers, now: now)
        // What cannot be removed stays, and is looked at again the next time.
        var failures: [SystemError] = []
        let gone =
            dryRun
            ? chosen
            : chosen.filter {
                if unlink($0.leftover.path) == 0 || errno == ENOENT { return true }
                failures.append(SystemError("remove", $0.leftover.path))
                return false
            }
        let bytes = gone.reduce(0) { $0 + $1.leftover.bytes }
        if !dryRun {
            if let age = retention.age { try store.forgetSegments(ofJobsDoneBefore: now.addingTimeInterval(-age)) }
            if !gone.isEmpty {
                logger.notice("removed \(counted(gone.count, "file")) that no job needs, \(sizeText(bytes))")
            }
            if let first = failures.first {
                let others = failures.count == 1 ? "" : ", nor \(counted(failures.count - 1, "other"))"
                logger.warning("cleaning: \(first)\(others)")
            }
        }
        return CleaningReport(
            dryRun: dryRun, files: gone.count, bytes: bytes, keptFiles: leftovers.count - gone.count,
            keptBytes: leftovers.reduce(0) { $0 + $1.bytes } - bytes,
            removed: gone.prefix(Self.most).map {
                .init(path: $0.leftover.path, bytes: $0.leftover.bytes, reason: $0.reason.rawValue)
            })
    }

    /// - Parameter needed: paths of what may not go; nil for all
    private func leftovers(needed: Set<String>?) -> [Leftover] {
        let made = renderer.leftoverFolders.flatMap { folder in
            files(in: folder).map { file in
                Leftover(
                    path: file.path, bytes: file.bytes, used: file.used,
                    isNeeded: needed?.contains(file.path) ?? true, isScript: false)
            }
        }
        let scripts = [paths.accepted, paths.rejected].flatMap { folder in
            files(in: folder).map { file in
                Leftover(
                    path: file.path, bytes: file.bytes, used: file.used,
                    isNeeded: folder == paths.accepted
                        && (needed?.contains(Self.family(URL(filePath: file.path).lastPathComponent)) ?? true),
                    isScript: true)
            }
        }
        return made + scripts
    }

    /// What a script in `accepted/` has in common with others dropped under its name: the second of them is `picnic-2.nuwa` there.
    private static func family(_ name: String) -> String { FileName(name).family.text }

    /// Paths of what jobs that are not over may still need, and names of their scripts, which would be dropped again if the database were lost.
    /// nil where that cannot be known, as of jobs of another model.
    private func neededFiles(_ isStopped: () -> Bool) throws -> Set<String>? {
        var needed: Set<String> = []
        var known: Set<[String]> = []
        for job in try store.jobs(in: [.queued, .running, .held, .blocked]) {
            if isStopped() { throw CancellationError() }
            needed.insert(Self.family(job.name))
            // The same script with the same seed and takes needs the same files.
            guard known.insert([job.scriptHash, "\(job.seed)", job.model, "\(job.takes)"]).inserted else { continue }
            do {
                needed.formUnion(try renderer.files(of: workshop.unplanned(job)).map(\.path))
            } catch is OtherModel {
                return nil
            } catch is ScriptErrors {
                // What this nuwad does not read, it does not render.
                return nil
            }
        }
        return needed
    }

    /// None of a folder that is not there, or cannot be read: the others are cleaned all the same. A link in its place is not followed.
    private func files(in folder: URL) -> [(path: String, bytes: Int64, used: Date)] {
        var facts = stat()
        guard lstat(folder.path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return [] }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
            logger.warning("cleaning: \(SystemError(behind: error) ?? error)")
            return []
        }
        // What is being written has a name with a dot.
        return names.filter { !$0.hasPrefix(".") }.compactMap { name in
            let path = folder.appending(path: name).path
            var facts = stat()
            guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
            let used = max(facts.st_mtim.tv_sec, facts.st_atim.tv_sec)
            return (path, Int64(facts.st_size), Date(timeIntervalSince1970: Double(used)))
        }
    }
}
