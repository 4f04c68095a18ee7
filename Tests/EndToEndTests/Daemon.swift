import Foundation
import TestSupport

/// An installation under a root of its own, with the tiny model: a place to run nuwad in, again and again. Whatever
/// still runs when a test lets go of it is killed.
final class Daemon {
    let directory: TemporaryDirectory
    private let workers: Int
    private var starts = 0
    private var commands = 0
    private(set) var program: RunningProgram?
    /// A library that nuwad is started with (`LD_PRELOAD`), to make it die where a test wants it to.
    var preloaded: URL?

    init(workers: Int = 2) throws {
        directory = try TemporaryDirectory()
        self.workers = workers
        try FileManager.default.createDirectory(at: directory.file("etc/nuwa"), withIntermediateDirectories: true)
        try configure(model: "tiny")
    }

    /// - Parameters:
    ///   - model: a name, or a directory with a `/` in it
    ///   - overall: more of the configuration, above its tables
    ///   - further: and below them
    func configure(model: String, overall: String = "", _ further: String = "") throws {
        try directory.write(
            """
            log_level = "debug"
            workers = \(workers)
            \(overall)
            [model]
            name = "\(model)"
            precision = "f32"
            \(further)
            """, to: "etc/nuwa/nuwad.toml")
    }

    private var environment: [String: String] {
        [
            "NUWA_MODELS": Fixtures.tinyModel.deletingLastPathComponent().path,
            "XDG_CACHE_HOME": directory.file("cache").path,
        ]
    }

    // MARK: - nuwad

    /// Starts it without waiting for anything.
    func launch() throws -> RunningProgram {
        starts += 1
        var environment = environment
        environment["LD_PRELOAD"] = preloaded?.path
        return try RunningProgram(
            try Programs.nuwad, ["--root", directory.url.path], environment: environment,
            log: directory.file("nuwad-\(starts).log"))
    }

    /// Starts it, also where it is expected to die before it is ready.
    func startUnwatched() throws { program = try launch() }

    /// Starts it and waits until it is ready.
    func start() throws {
        try startUnwatched()
        try wait(for: "nuwad to be ready") { log.contains("is ready: drop scripts into") }
    }

    /// Kills it, as a power cut would.
    func kill() throws {
        program?.signal(SIGKILL)
        _ = try program?.status()
    }

    /// Asks it to stop. Returns its exit status.
    func stop() throws -> Int32? {
        program?.signal(SIGTERM)
        return try program?.status()
    }

    /// What the newest start has logged.
    var log: String { program?.text ?? "" }

    /// What the newest start has done to segments.
    var work: SegmentLog { SegmentLog(log) }

    /// Waits for something that only a living nuwad can bring about.
    func wait(for what: String, until condition: () throws -> Bool) throws {
        do {
            try TestSupport.wait(for: what) {
                if try condition() { return true }
                if let program, !program.isRunning { throw Ended() }
                return false
            }
        } catch {
            throw InVain(what: what, reason: "\(error)", log: log)
        }
    }

    private struct Ended: Error, CustomStringConvertible {
        let description = "nuwad has ended"
    }

    struct InVain: Error, CustomStringConvertible {
        let what: String
        let reason: String
        let log: String

        var description: String { "\(what): \(reason); nuwad said\n\(log)" }
    }

    // MARK: - Scripts and films

    /// Drops a script the safe way: written beside its place, then renamed.
    func drop(_ text: String, as name: String = "walk.nuwa") throws {
        let part = try directory.write(text, to: "var/spool/nuwa/.\(name).part")
        let place = directory.file("var/spool/nuwa/\(name)")
        guard rename(part.path, place.path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    func filmURL(_ job: Int64 = 1, of stem: String = "walk") -> URL {
        directory.file("var/lib/nuwa/films/\(stem)-\(job).mp4")
    }

    /// The film's bytes; nil while it is not there.
    func film(_ job: Int64 = 1, of stem: String = "walk") -> Data? { try? Data(contentsOf: filmURL(job, of: stem)) }

    func waitForFilm(_ job: Int64 = 1) throws {
        try wait(for: "the film of job \(job)") { log.contains("job \(job) is done: ") }
    }

    // MARK: - nuwactl

    func startControl(_ arguments: String...) throws -> RunningProgram {
        commands += 1
        return try RunningProgram(
            try Programs.nuwactl, arguments + ["--root", directory.url.path], environment: environment,
            log: directory.file("nuwactl-\(commands).out"), errorLog: directory.file("nuwactl-\(commands).err"))
    }

    /// Runs nuwactl to its end.
    func control(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        commands += 1
        let errors = directory.file("nuwactl-\(commands).err")
        let (status, output) = try run(
            try Programs.nuwactl, arguments + ["--root", directory.url.path], environment: environment,
            log: directory.file("nuwactl-\(commands).out"), errorLog: errors)
        return (status, output, try String(contentsOf: errors, encoding: .utf8))
    }

    func list() throws -> [Told.Job] {
        try JSONDecoder().decode(Told.List.self, from: Data(control("list", "--json").output.utf8)).jobs
    }

    func show(_ job: String) throws -> Told.Job {
        try JSONDecoder().decode(Told.Job.self, from: Data(control("show", job, "--json").output.utf8))
    }

    func status() throws -> Told.Status {
        try JSONDecoder().decode(Told.Status.self, from: Data(control("status", "--json").output.utf8))
    }

    // MARK: - The same without a daemon

    /// The film that `nuwa render` makes of a script, with one worker and without interruption.
    static func rendered(_ script: String, as name: String = "walk.nuwa") throws -> Data {
        let directory = try TemporaryDirectory()
        let film = directory.file("film.mp4")
        let (status, text) = try run(
            try Programs.nuwa,
            [
                "render", try directory.write(script, to: name).path, "-o", film.path, "--model",
                Fixtures.tinyModel.path, "--precision", "f32", "--workers", "1", "--workspace",
                directory.file("workspace").path,
            ], log: directory.file("log"))
        guard status == 0 else { throw RenderFailed(text: text) }
        return try Data(contentsOf: film)
    }

    struct RenderFailed: Error, CustomStringConvertible {
        let text: String

        var description: String { "nuwa render failed:\n\(text)" }
    }
}

/// What nuwactl answers in JSON, as far as tests look at it.
enum Told {
    struct Job: Decodable, Equatable {
        let id: Int64
        let name: String
        let state: String
        let reason: String?
        let seed: UInt64
        let frames: Int
        let fps: Int
        let fraction: Double
        let depths: [Depth]
        let film: String?
        var script: String?
    }

    struct Depth: Decodable, Equatable {
        let depth: Int
        let segments: Int
        let done: Int
        let fraction: Double
    }

    struct List: Decodable {
        let jobs: [Job]
    }

    struct Status: Decodable {
        let source: String
        let counts: [String: Int]
        let jobs: [Job]
        let daemon: Daemon?

        struct Daemon: Decodable {
            let pid: Int32
            let workers: Int
            let model: Model
        }

        struct Model: Decodable {
            let name: String
        }
    }
}

/// What one run of nuwad did to segments, by its log.
struct SegmentLog {
    /// In order; one that was begun twice is here twice.
    private(set) var begun: [String] = []
    private(set) var made: [String] = []
    private(set) var reused: [String] = []

    /// Names are `JOB/SEGMENT`.
    init(_ log: String) {
        for line in log.split(separator: "\n") {
            // 2025-01-01T12:00:00+0000 debug: segment d1s000 of job 1 is being made
            let words = line.split(separator: " ")
            guard words.count > 8, words[2] == "segment", words[5] == "job" else { continue }
            let name = "\(words[6])/\(words[3])"
            switch words[7...].joined(separator: " ") {
            case "is being made": begun.append(name)
            case "is there already": reused.append(name)
            case let how where how.hasPrefix("made in"): made.append(name)
            default: continue
            }
        }
    }

    /// Begun and not finished.
    var inFlight: Set<String> { Set(begun).subtracting(made) }
}
