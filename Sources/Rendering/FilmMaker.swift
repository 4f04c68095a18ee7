import Files
import Foundation
import Pictures
import Plans
import Video

/// What a film is put together from.
struct FilmTask: Sendable {
    struct Piece: Sendable {
        let segment: SegmentID
        let chunk: Fingerprint
        let frames: Int
    }

    /// In the film's order.
    let pieces: [Piece]
    let format: VideoFormat
    /// Provenance, as JSON.
    let comment: String
    let output: URL
    /// Whether it takes the place of another file of that name; if not, it appears beside that one, under a number.
    let replaces: Bool
    /// A contact sheet of the film, as PNG; nil for none.
    let sheet: URL?

    var frames: Int { pieces.reduce(0) { $0 + $1.frames } }
}

/// How putting a film together ended.
enum FilmOutcome: Sendable {
    case made(URL, FilmFacts)
    /// Nobody wanted it any more, and nothing of it is there.
    case givenBack
    /// The chunks of these segments are missing or damaged.
    case chunksLost([SegmentID])
    case failed(RenderFailure)
}

/// Puts chunks together into the film, which appears by rename when it is whole.
struct FilmMaker: Sendable {
    /// What the work asks and tells on its way.
    struct Talk {
        /// Asked after each chunk; false gives the film back.
        let isWanted: () -> Bool
        /// Asked once, when all is written, at the last moment before the film appears.
        let mayLand: () -> Bool
        /// After each chunk: the work goes on.
        let sign: () -> Void
        let damaged: (DamagedFile) -> Void
    }

    private struct Unwanted: Error {}

    let workspace: Workspace

    func make(_ task: FilmTask, _ talk: Talk) -> FilmOutcome {
        do {
            let (chunks, lost) = try chunks(of: task, talk)
            guard lost.isEmpty else { return .chunksLost(lost) }
            try DurableFile.makeDirectory(task.output.deletingLastPathComponent())
            DurableFile.sweepLeftovers(of: task.output)
            var sheet: Data?
            let (film, facts) = try DurableFile.makeNew(
                task.output, replaces: task.replaces,
                mayLand: {
                    guard talk.mayLand() else { throw Unwanted() }
                    // First the sheet: whoever sees the film finds it there.
                    if let sheet, let place = task.sheet { try DurableFile.write(sheet, to: place) }
                }
            ) { file, _ in
                let facts = try assemble(task, chunks, file, talk)
                if task.sheet != nil { sheet = try draw(file, called: task.output.lastPathComponent) }
                return facts
            }
            return .made(film, facts)
        } catch is Unwanted {
            return .givenBack
        } catch {
            return .failed(RenderFailure(error))
        }
    }

    private func chunks(of task: FilmTask, _ talk: Talk) throws -> (whole: [VerifiedChunk], lost: [SegmentID]) {
        var (whole, lost) = ([VerifiedChunk](), [SegmentID]())
        for piece in task.pieces {
            let found = try workspace.chunk(piece.chunk, frames: piece.frames, format: task.format)
            try goOn(talk)
            switch found {
            case .whole(let chunk): whole.append(chunk)
            case .missing: lost.append(piece.segment)
            case .damaged(let file):
                talk.damaged(file)
                lost.append(piece.segment)
            }
        }
        return (whole, lost)
    }

    private func assemble(_ task: FilmTask, _ chunks: [VerifiedChunk], _ file: URL, _ talk: Talk) throws -> FilmFacts {
        let facts: FilmFacts
        do {
            facts = try Film.mux(
                chunks: chunks, format: task.format, comment: task.comment, output: file,
                between: { try goOn(talk) })
        } catch let cause as VideoError {
            throw RenderFailure.video(path: task.output.path, cause: cause)
        }
        guard facts.frames == task.frames else {
            throw RenderFailure.wrongFilm(path: task.output.path, frames: facts.frames, expected: task.frames)
        }
        return facts
    }

    /// The contact sheet, as PNG.
    private func draw(_ film: URL, called name: String) throws -> Data {
        do {
            return try FilmSheet(film, title: name).image().png()
        } catch let cause as VideoError {
            throw RenderFailure.video(path: film.path, cause: cause)
        }
    }

    private func goOn(_ talk: Talk) throws {
        talk.sign()
        guard talk.isWanted() else { throw Unwanted() }
    }
}
