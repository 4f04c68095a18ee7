import Cartoon
package import Files
package import Foundation
import Pictures
import Synchronization
import Video

/// A folder of somebody's long films with one caption per frame, in the layout of FlintstonesHD: beside `NAME.mp4` lies `NAME.jsonl`,
/// one JSON object a frame with the key `caption`. `nuwa cartoon export` makes such folders.
package final class FilmFolder: Corpus {
    /// A film that cannot be learnt from, and why.
    package struct Skipped: Error, Sendable, CustomStringConvertible {
        package let file: String
        package let reason: Reason

        package var description: String { "\(file): \(reason)" }

        package enum Reason: Sendable, CustomStringConvertible {
            /// `captions`: the name of the file that should hold them
            case noCaptions(captions: String, cause: SystemError)
            /// `line`: counted from 1
            case notACaption(line: Int, cause: any Error)
            case otherCount(frames: Int, captions: Int, file: String)
            case tooShort(frames: Int, shortest: Int)
            case noFrame(Int, of: Int)
            case undecodable(cause: any Error)

            package var description: String {
                switch self {
                case .noCaptions(let captions, let cause):
                    "there are no captions in \(captions)" + (cause.code == ENOENT ? "" : ": \(cause.reason)")
                case .notACaption(let line, let cause): "line \(line) is not a JSON object with a caption: \(cause)"
                case .otherCount(let frames, let captions, let file):
                    "\(frames) frames, but \(captions) captions in \(file)"
                case .tooShort(let frames, let shortest): "\(frames) frames are fewer than \(shortest)"
                case .noFrame(let frame, let frames): "frame \(frame) of \(frames) cannot be decoded"
                case .undecodable(let cause): "\(cause)"
                }
            }
        }
    }

    private struct Film: Sendable {
        let video: URL
        let frames: Int
        /// Runs of equal captions: the frame from which each holds, ascending from 0.
        let captions: [(start: Int, text: String)]
    }

    /// What was found and left out when the folder was opened.
    package let skipped: [Skipped]
    private let films: [Film]
    private let width: Int
    private let height: Int
    private let onBroken: @Sendable (Skipped) -> Void
    /// Films whose decoding failed later on, which are no longer drawn from.
    private let broken = Mutex<[URL: Skipped]>([:])

    /// No film of the folder can be used.
    package struct Empty: Error, CustomStringConvertible {
        package let folder: URL
        package let split: Split
        package let skipped: [Skipped]

        package var description: String {
            let reasons = skipped.map { "\n  \($0)" }.joined()
            if split != .training && skipped.isEmpty {
                return """
                    \(folder.path): too few films for a \(split.rawValue) split: of every sixteen, in the order of their names, the fifteenth is \
                    for tests and the sixteenth for validation
                    """
            }
            return
                "\(folder.path): no film with captions to learn from; NAME.mp4 and NAME.jsonl belong together\(reasons)"
        }
    }

    /// Looks at every film's captions and packets, without decoding.
    ///
    /// - Parameters:
    ///   - shortest: films of fewer frames are skipped. Training on films shorter than those to be made teaches nothing about their span.
    ///   - onBroken: told of each film that cannot be read later on, once
    package init(
        _ folder: URL, split: Split, width: Int, height: Int, shortest: Int,
        onBroken: @escaping @Sendable (Skipped) -> Void
    ) throws {
        let videos = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["mp4", "mkv", "mov", "webm"].contains($0.pathExtension.lowercased()) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        var films: [Film] = []
        var skipped: [Skipped] = []
        // Splits by films, as seeds do by episodes: the first fourteen are for training.
        for (number, video) in videos.enumerated() where Split(seed: UInt64(number + 2)) == split {
            do {
                films.append(try Self.film(video, shortest: shortest))
            } catch let reason as Skipped {
                skipped.append(reason)
            } catch {
                skipped.append(Skipped(file: video.path, reason: .undecodable(cause: error)))
            }
        }
        if films.isEmpty { throw Empty(folder: folder, split: split, skipped: skipped) }
        self.films = films
        self.skipped = skipped
        self.width = width
        self.height = height
        self.onBroken = onBroken
    }

    package func clip(_ number: UInt64, of kind: ClipKind) throws -> Clip {
        var random = SplitMix64(seed: number, stream: 4)
        while true {
            let usable = broken.withLock { broken in films.filter { broken[$0.video] == nil } }
            guard !usable.isEmpty else { throw broken.withLock { $0[films[0].video]! } }
            let film = usable[random.index(below: usable.count)]
            do {
                return try clip(of: film, kind: kind, random: &random)
            } catch {
                let reason = error as? Skipped ?? Skipped(file: film.video.path, reason: .undecodable(cause: error))
                if broken.withLock({ $0.updateValue(reason, forKey: film.video) }) == nil { onBroken(reason) }
            }
        }
    }

    private func clip(of film: Film, kind: ClipKind, random: inout SplitMix64) throws -> Clip {
        // A film may be shorter than the widest stride asks for: it then gives what it can.
        let widest = max(1, (film.frames - 1) / max(1, kind.frames - 1))
        let stride = min(widest, kind.stride(random: &random))
        let frames = kind.places(stride: stride, in: film.frames, random: &random)
        let reader = try VideoReader(film.video)
        var resizer: Resizer?
        let pictures = try frames.map { frame in
            guard let image = try reader.frame(frame) else {
                throw Skipped(file: film.video.path, reason: .noFrame(frame, of: film.frames))
            }
            if image.width == width && image.height == height { return image }
            let fitting = try resizer ?? Resizer(from: (image.width, image.height), to: (width, height))
            resizer = fitting
            return try fitting.resize(image)
        }
        var runs: [Clip.Run] = []
        var run: [Int] = []
        for frame in frames {
            let place = film.captions.lastIndex { $0.start <= frame } ?? 0
            let start = film.captions[place].start
            if runs.last?.start != start {
                let end = place + 1 < film.captions.count ? film.captions[place + 1].start : film.frames
                runs.append(Clip.Run(start: start, end: end, wordings: [film.captions[place].text]))
            }
            run.append(runs.count - 1)
        }
        return Clip(stride: stride, frames: frames, pictures: pictures, runs: runs, run: run)
    }

    private static func film(_ video: URL, shortest: Int) throws -> Film {
        let beside = video.deletingPathExtension().appendingPathExtension("jsonl")
        let text: Data
        do {
            text = try WholeFile.read(beside)
        } catch {
            throw Skipped(file: video.path, reason: .noCaptions(captions: beside.lastPathComponent, cause: error))
        }
        struct Line: Decodable { let caption: String }
        var captions: [(start: Int, text: String)] = []
        var count = 0
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let caption: String
            do {
                caption = try JSONDecoder().decode(Line.self, from: line).caption
            } catch {
                throw Skipped(file: beside.path, reason: .notACaption(line: count + 1, cause: error))
            }
            if captions.last?.text != caption { captions.append((count, caption)) }
            count += 1
        }
        let frames = try VideoReader(video).frameCount()
        guard frames == count else {
            throw Skipped(
                file: video.path, reason: .otherCount(frames: frames, captions: count, file: beside.lastPathComponent))
        }
        guard frames >= shortest else {
            throw Skipped(file: video.path, reason: .tooShort(frames: frames, shortest: shortest))
        }
        return Film(video: video, frames: frames, captions: captions)
    }
}
