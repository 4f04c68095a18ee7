import ArgumentParser
import Cartoon
import Files
import Foundation
import Video

/// `nuwa cartoon`: the procedural cartoon.
struct CartoonGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cartoon",
        abstract: "The procedural cartoon that the default model is trained on.",
        subcommands: [CartoonExport.self])
}

/// `nuwa cartoon export`: episodes as a corpus, `episode-NNNN.mp4` with one line of `episode-NNNN.jsonl` per frame.
struct CartoonExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write episodes as videos with one caption per frame.",
        discussion: """
            Each episode becomes episode-NNNN.mp4 (H.264) and episode-NNNN.jsonl: for every frame one line of JSON with its number, \
            caption, setup, place, time, weather, camera, and for each character name, position, action and facing. \
            An episode depends on its seed and its length only.
            """)

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder to write to; made if missing.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(help: "How many episodes to write.")
    var episodes = 1

    @Option(help: "The first episode's seed; the others count up from it.")
    var seed: UInt64 = 1000

    @Option(help: "Frames of an episode.")
    var frames = 3376

    @Option(help: "Pixels from left to right; even.")
    var width = 160

    @Option(help: "Pixels from top to bottom; even.")
    var height = 96

    @Option(help: "Frames per second.")
    var fps = 24

    @Option(help: "x264's rate factor: lower is better and larger.")
    var crf = 12

    func validate() throws {
        guard (1...10_000).contains(episodes) else {
            throw ValidationError("--episodes \(episodes): write from 1 to 10000 episodes")
        }
        guard frames >= 1 else { throw ValidationError("--frames \(frames): an episode has at least one frame") }
        do {
            try format.validate()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws { try complaining { try export() } }

    private func export() throws {
        let folder = URL(filePath: output, directoryHint: .isDirectory)
        try DurableFile.makeDirectory(folder)
        for number in 0..<episodes {
            let episode = Episode(seed: seed &+ UInt64(number), frames: frames, fps: fps)
            let name = "episode-" + String(format: "%04d", number)
            try write(episode, name: name, in: folder)
            print("\(name)  seed \(episode.seed)  \(episode.frames) frames in \(episode.setupCount) setups")
        }
    }

    private var format: VideoFormat {
        VideoFormat(width: width, height: height, fps: fps, crf: crf, preset: "veryfast")
    }

    /// The video appears last and by rename, so that whoever finds one finds it whole, with its captions.
    private func write(_ episode: Episode, name: String, in folder: URL) throws {
        let temporary = folder.appending(path: ".\(name).mp4.part")
        defer { try? FileManager.default.removeItem(at: temporary) }
        let video = try VideoWriter(url: temporary, format: format, comment: "nuwa cartoon, seed \(episode.seed)")
        var lines = Data()
        for frame in 0..<episode.frames {
            try video.append(episode.image(at: frame, width: width, height: height))
            lines += try episode.record(at: frame).line()
        }
        try video.finish()
        try DurableFile.write(lines, to: folder.appending(path: "\(name).jsonl"))
        let final = folder.appending(path: "\(name).mp4")
        guard rename(temporary.path, final.path) == 0 else {
            throw SystemError("rename", final.path)
        }
    }
}
