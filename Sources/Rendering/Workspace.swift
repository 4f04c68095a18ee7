import Diffusion
import Files
package import Foundation
import Video

/// The files that a render leaves behind, each under its fingerprint: `checkpoints/` (latents of segments) and
/// `chunks/` (their H.264).
///
/// Several renderers, of one process or of many, may share a workspace: equal names mean equal bytes, and files
/// appear by rename.
package struct Workspace: Sendable {
    /// What was found under a fingerprint.
    enum Found<Content> {
        case whole(Content)
        case missing
        case damaged(DamagedFile)

        func map<Other>(_ change: (Content) -> Other) -> Found<Other> {
            switch self {
            case .whole(let content): .whole(change(content))
            case .missing: .missing
            case .damaged(let damage): .damaged(damage)
            }
        }
    }

    private let checkpoints: URL
    private let chunks: URL

    /// Makes the directories where they are missing, and clears away what dead writers left.
    /// - Throws: `SystemError`
    package init(_ root: URL) throws {
        checkpoints = root.appendingPathComponent("checkpoints", isDirectory: true)
        chunks = root.appendingPathComponent("chunks", isDirectory: true)
        for directory in [checkpoints, chunks] {
            try DurableFile.makeDirectory(directory)
            DurableFile.sweep(directory)
        }
    }

    var folders: [URL] { [checkpoints, chunks] }

    func checkpoint(_ fingerprint: Fingerprint) -> URL {
        checkpoints.appendingPathComponent("\(fingerprint).safetensors")
    }

    func chunk(_ fingerprint: Fingerprint) -> URL {
        chunks.appendingPathComponent("\(fingerprint).mp4")
    }

    /// Whether a task's files are there, whole, so that there is nothing to do: its chunk at the finest depth, else its
    /// checkpoint; of keyframes also the takes before, from which segments below read what was kept. No network is needed to tell.
    package func holds(_ task: SegmentTask, report: (SegmentNews) -> Void) throws -> Bool {
        let found: Found<Void> =
            if let chunk = task.chunk {
                try self.chunk(Fingerprint(of: chunk), frames: chunk.count, format: chunk.encoder.video).map { _ in }
            } else {
                try latents(Fingerprint(of: task.latents)).map { _ in }
            }
        return try isWhole(found, report) && holdsTakes(before: task.latents, report)
    }

    private func holdsTakes(before latents: LatentsIdentity, _ report: (SegmentNews) -> Void) throws -> Bool {
        guard case .frames(_, let earlier) = latents.kept else { return true }
        let found = try self.latents(Fingerprint(of: earlier)).map { _ in }
        return try isWhole(found, report) && holdsTakes(before: earlier, report)
    }

    private func isWhole(_ found: Found<Void>, _ report: (SegmentNews) -> Void) -> Bool {
        switch found {
        case .whole: return true
        case .missing: return false
        case .damaged(let damage):
            report(damage.news)
            return false
        }
    }

    /// - Parameter shape: [F, h, w, c]; nil takes any, as the fingerprint stands for the model and so for the shape
    func latents(_ fingerprint: Fingerprint, shape: [Int]? = nil) throws -> Found<Latents> {
        try look(at: checkpoint(fingerprint)) {
            try Checkpoint(fingerprint: fingerprint).decode($0, shape: shape)
        }
    }

    func save(_ latents: Latents, as fingerprint: Fingerprint) throws {
        try DurableFile.write(
            try Checkpoint(fingerprint: fingerprint).encode(latents), to: checkpoint(fingerprint))
    }

    /// Checks a chunk from its first byte to its last.
    func chunk(_ fingerprint: Fingerprint, frames: Int, format: VideoFormat) throws -> Found<VerifiedChunk> {
        try look(at: chunk(fingerprint)) { url in
            let chunk = try Chunk.verify(url)
            guard chunk.frames == frames, chunk.format == format else {
                throw Damage("holds \(chunk.frames) frames of \(chunk.format), not \(frames) of \(format)")
            }
            return chunk
        }
    }

    func saveChunk(_ bytes: Data, as fingerprint: Fingerprint) throws {
        try DurableFile.write(bytes, to: chunk(fingerprint))
    }

    /// Reads a file that may be missing or damaged. What cannot even be opened, or what the system refuses for want of something
    /// else than the file's own bytes, is a failure, not damage: making it again would not help.
    private func look<Content>(at url: URL, _ read: (URL) throws -> Content) throws -> Found<Content> {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return .missing }
            throw SystemError("open", url.path)
        }
        close(descriptor)
        do {
            return .whole(try read(url))
        } catch let error as SystemError where error.code != EIO {
            throw error
        } catch let error as VideoError where error.systemCode.map({ $0 != EIO }) ?? false {
            throw RenderFailure.video(path: url.path, cause: error)
        } catch {
            return .damaged(DamagedFile(file: url, setAside: try setAside(url), cause: error))
        }
    }

    private func setAside(_ url: URL) throws -> URL? {
        let bad = url.appendingPathExtension("bad")
        if rename(url.path, bad.path) == 0 { return bad }
        guard unlink(url.path) == 0 || errno == ENOENT else {
            throw SystemError("set aside the damaged", url.path)
        }
        return nil
    }
}

/// A file that failed its check, and lies where `setAside` says (nil: it could only be removed).
struct DamagedFile {
    let file: URL
    let setAside: URL?
    let cause: any Error

    var news: SegmentNews { .damaged(file: file, setAside: setAside, reason: "\(cause)") }
}

/// What is wrong with a file that should be whole.
struct Damage: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What a damaged file comes to, in words.
package func damageText(file: URL, setAside: URL?, reason: String) -> String {
    let fate = setAside.map { "set aside as \($0.lastPathComponent)" } ?? "removed"
    return "\(file.path) is damaged (\(reason)), \(fate), and made again"
}
