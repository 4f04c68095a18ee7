import ArgumentParser
import Console
import Corpora
import Diffusion
import Foundation
import Models
import Tensors
import Terminal
import Threads

/// `nuwa latents`: fills a cache of latents for training.
struct LatentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latents",
        abstract: "Draw the cartoon, or read films, and encode them: the cache of latents that training reads.",
        discussion: """
            Runs beside a training, in a process or on a machine of its own, until --shards are made or it is stopped; it goes on where it \
            was. A shard is whole or not there. When the cache exceeds --bound, its oldest shards go.
            """)

    @Option(
        help: ArgumentHelp("The model whose encoder is used: its directory.", valueName: "dir"), completion: .directory)
    var model: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder of shards; made if missing.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        help: ArgumentHelp(
            "A folder of films NAME.mp4 with NAME.jsonl beside each, a caption per frame. Default: the cartoon.",
            valueName: "dir"), completion: .directory)
    var corpus: String?

    @Option(help: "With --corpus: films of fewer frames are skipped.")
    var shortest = 3376

    @Option(help: "Which episodes: training, validation or test.")
    var split: Split = .training

    @Option(help: "How many shards of 512 frames to make. Default: until it is stopped.")
    var shards: Int?

    @Option(help: ArgumentHelp("Megabytes of shards that are kept.", valueName: "MB"))
    var bound = 4000

    @OptionGroup var workers: WorkerOptions

    func run() throws { try complaining { try fill() } }

    private func fill() throws {
        let model = try Model.load(directory: URL(filePath: model, directoryHint: .isDirectory))
        let size = model.configuration.entering
        let cache = try LatentCache(
            folder: URL(filePath: output, directoryHint: .isDirectory),
            corpus: try corpus(width: size.width, height: size.height), model: model, bound: bound << 20)
        let begun = ContinuousClock.now
        let filling = Filling(shards: shards ?? .max) {
            try cache.fill()
        } done: { url, count in
            let rate = Double(count * LatentCache.shardFrames) / ((ContinuousClock.now - begun) / .seconds(1))
            print("\(url.lastPathComponent)  \(Int(rate)) frames/s")
        }
        try filling.run(workers: workers.count)
    }

    private func corpus(width: Int, height: Int) throws -> any Corpus {
        guard let corpus else { return CartoonCorpus(split: split, width: width, height: height) }
        let folder = try FilmFolder(
            URL(filePath: corpus, directoryHint: .isDirectory), split: split, width: width, height: height,
            shortest: shortest, onBroken: Self.complain)
        folder.skipped.forEach(Self.complain)
        return folder
    }

    @Sendable private static func complain(of film: FilmFolder.Skipped) { Output.complain("skipped \(film)") }
}

extension Split: ExpressibleByArgument {}

/// Threads that make one shard after another; an engine belongs to a thread.
private final class Filling: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int
    private var made = 0
    private let fill: @Sendable () throws -> URL
    private let done: @Sendable (URL, Int) -> Void

    init(
        shards: Int, fill: @escaping @Sendable () throws -> URL, done: @escaping @Sendable (URL, Int) -> Void
    ) {
        left = shards
        self.fill = fill
        self.done = done
    }

    func run(workers: Int) throws {
        _ = try Team(size: workers).map(workers) { [self] _ in
            while claim() {
                do { finish(try fill()) } catch {
                    giveUp()
                    throw error
                }
            }
        }
    }

    private func claim() -> Bool {
        lock.withLock {
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }

    private func finish(_ url: URL) {
        lock.withLock {
            made += 1
            done(url, made)
        }
    }

    private func giveUp() { lock.withLock { left = 0 } }
}
