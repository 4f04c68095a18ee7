import Cartoon
import Corpora
import Foundation
import Pictures
import Synchronization
import TestSupport
import Testing
import Video

@Suite struct FilmFolderTests {
    private let scratch: TemporaryDirectory
    private var folder: URL { scratch.url }

    init() throws { scratch = try TemporaryDirectory() }

    /// A film as `nuwa cartoon export` writes them.
    private func export(_ name: String, seed: UInt64, frames: Int = 400, captions: Int? = nil) throws {
        let episode = Episode(seed: seed, frames: frames)
        let format = VideoFormat(width: 80, height: 48, fps: 24, crf: 8, preset: "veryfast")
        let writer = try VideoWriter(url: folder.appending(path: "\(name).mp4"), format: format, comment: nil)
        var lines = Data()
        for frame in 0..<frames {
            try writer.append(episode.image(at: frame, width: 80, height: 48))
            if frame < captions ?? frames { lines += try episode.record(at: frame).line() }
        }
        try writer.finish()
        try lines.write(to: folder.appending(path: "\(name).jsonl"))
    }

    private func open(onBroken: @escaping @Sendable (FilmFolder.Skipped) -> Void = { _ in }) throws -> FilmFolder {
        try FilmFolder(folder, split: .training, width: 40, height: 24, shortest: 300, onBroken: onBroken)
    }

    @Test("A clip's pictures and captions are those of its frames in the film")
    func faithful() throws {
        try export("one", seed: 5)
        let corpus = try open()
        let episode = Episode(seed: 5, frames: 400)
        for number in 0..<4 as Range<UInt64> {
            let clip = try corpus.clip(number, of: ClipKind(frames: 6, strides: 4...60))
            for (place, frame) in clip.frames.enumerated() {
                #expect(clip.runs[clip.run[place]].wordings == [episode.caption(at: frame)])
                let drawn = try episode.image(at: frame, width: 40, height: 24)
                #expect(meanDifference(clip.pictures[place], drawn) < 12, "frame \(frame)")
            }
        }
    }

    @Test("The same number gives the same clip, whatever was asked for before")
    func deterministic() throws {
        try export("one", seed: 5)
        try export("two", seed: 6)
        let kind = ClipKind(frames: 4, strides: 1...30)
        let first = try open().clip(9, of: kind)
        let corpus = try open()
        _ = try corpus.clip(3, of: kind)
        let again = try corpus.clip(9, of: kind)
        #expect(first.frames == again.frames && first.pictures == again.pictures && first.runs == again.runs)
    }

    @Test("Films without captions, with too few of them, with a bad line or too short are skipped by name and reason")
    func skipping() throws {
        try export("good", seed: 1)
        try export("less", seed: 2, captions: 399)
        try export("short", seed: 3, frames: 120)
        try export("silent", seed: 4)
        try FileManager.default.removeItem(at: folder.appending(path: "silent.jsonl"))
        try export("wrong", seed: 5)
        let wrong = folder.appending(path: "wrong.jsonl")
        var lines = try String(contentsOf: wrong, encoding: .utf8).split(separator: "\n")
        lines[6] = "{\"frame\": 6}"
        try Data(lines.joined(separator: "\n").utf8).write(to: wrong)
        try Data("no video".utf8).write(to: folder.appending(path: "zero.mp4"))
        try Data("{\"caption\": \"a\"}\n".utf8).write(to: folder.appending(path: "zero.jsonl"))

        let skipped = try open().skipped.map(\.description)
        #expect(skipped.count == 5)
        #expect(skipped[0].hasSuffix("less.mp4: 400 frames, but 399 captions in less.jsonl"))
        #expect(skipped[1].hasSuffix("short.mp4: 120 frames are fewer than 300"))
        #expect(skipped[2].hasSuffix("silent.mp4: there are no captions in silent.jsonl"))
        #expect(skipped[3].contains("wrong.jsonl: line 7 is not a JSON object with a caption: "))
        #expect(skipped[4].contains("zero.mp4") && skipped[4].contains("avformat_open_input"))
    }

    @Test("A film that turns out to be broken is left, named, and the clip comes from another")
    func broken() throws {
        try export("bad", seed: 1)
        try export("good", seed: 2)
        let told = Mutex<[FilmFolder.Skipped]>([])
        let corpus = try open { film in told.withLock { $0.append(film) } }
        // Its packets' payload is zeroed after the folder was opened, as by a failing disk.
        let bad = folder.appending(path: "bad.mp4")
        let size = try Data(contentsOf: bad).count
        let handle = try FileHandle(forWritingTo: bad)
        try handle.seek(toOffset: 400)
        try handle.write(contentsOf: Data(count: size - 8000))
        try handle.close()
        let good = Episode(seed: 2, frames: 400)
        for number in 0..<6 as Range<UInt64> {
            let clip = try corpus.clip(number, of: ClipKind(frames: 4, strides: 4...60))
            #expect(clip.runs[clip.run[0]].wordings == [good.caption(at: clip.frames[0])])
        }
        #expect(told.withLock(\.count) == 1)
        #expect(told.withLock(\.first)?.file.hasSuffix("bad.mp4") == true)
    }

    @Test("A folder without a usable film is refused, with what was wrong with each")
    func empty() throws {
        try export("short", seed: 3, frames: 120)
        let error = #expect(throws: FilmFolder.Empty.self) { try open() }
        #expect(error?.description.contains("short.mp4: 120 frames are fewer than 300") == true)
        let held = #expect(throws: FilmFolder.Empty.self) {
            try FilmFolder(folder, split: .validation, width: 40, height: 24, shortest: 3376) { _ in }
        }
        #expect(held?.description.contains("too few films for a validation split") == true)
    }

    private func meanDifference(_ a: Image, _ b: Image) -> Double {
        let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(a.pixels.count)
    }
}
