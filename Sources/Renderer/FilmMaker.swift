import Foundation
import RenderPlan
import Video

/// What a film is put together from.
struct FilmWork: Sendable {
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

    var frames: Int { pieces.reduce(0) { $0 + $1.frames } }
}

/// Puts chunks together into the film, which appears by rename when it is whole.
struct FilmMaker: Sendable {
    let workspace: Workspace

    /// - Returns: `film`, or `needs` for the segments whose chunks are missing or damaged
    /// - Throws: `RenderFailure`
    func make(_ work: FilmWork, report: (SegmentMaker.News) -> Void) throws -> Outcome {
        let lost = try work.pieces.filter { piece in
            switch try workspace.chunk(piece.chunk, frames: piece.frames, format: work.format) {
            case .whole: return false
            case .missing: return true
            case .damaged(let file, let setAside, let reason):
                report(.damaged(file: file, setAside: setAside, reason: reason))
                return true
            }
        }
        guard lost.isEmpty else { return .needs(lost.map(\.segment)) }

        try DurableFile.makeDirectory(work.output.deletingLastPathComponent())
        DurableFile.sweepLeftovers(of: work.output)
        return .film(try DurableFile.make(work.output) { file, _ in try assemble(work, file) })
    }

    private func assemble(_ work: FilmWork, _ file: URL) throws -> FilmFacts {
        let facts: FilmFacts
        do {
            facts = try Film.mux(
                chunks: work.pieces.map { workspace.chunk($0.chunk) }, format: work.format, comment: work.comment,
                output: file)
        } catch {
            throw RenderFailure.writing(work.output, error)
        }
        guard facts.frames == work.frames else {
            throw RenderFailure.wrongFilm(path: work.output.path, frames: facts.frames, expected: work.frames)
        }
        return facts
    }
}

extension RenderFailure {
    /// The failure behind an error of libavformat, which reports a full disk as the negated `errno`.
    fileprivate static func writing(_ output: URL, _ error: any Error) -> RenderFailure {
        if case VideoError.library(_, let call, let code, let text) = error, [ENOSPC, EDQUOT, EFBIG].contains(-code) {
            return .diskFull(path: output.path, reason: "\(call): \(text)")
        }
        return .video(path: output.path, reason: "\(error)")
    }
}
