import Diffusion
import Digest
import Encoding
import Foundation
@testable import Models
import Plans
import Rendering
import Scripts
import Tensors
import TestSupport

/// A place to render in: a directory of its own and the tiny model.
final class Studio: Sendable {
    /// 28 frames are 1 + 3 + 9 segments of 4.
    static let walk = """
        seed 7
        frames 28
        fps 12
        f0 Pim walks across the meadow.
        f14 Night falls.
        """

    private static let tiny = Result { try Model.load(directory: Fixtures.tinyModel, precision: .f32) }

    let directory: TemporaryDirectory
    let model: Model

    init() throws {
        directory = try TemporaryDirectory()
        model = try Self.tiny.get()
    }

    /// With a model that also makes segments of fewer frames.
    init(shortestSegment: Int) throws {
        directory = try TemporaryDirectory()
        let copy = directory.file("model")
        try FileManager.default.copyItem(at: Fixtures.tinyModel, to: copy)
        let file = copy.appending(path: ModelDocument.fileName)
        var document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        var mtd = document["mtd"] as? [String: Any] ?? [:]
        mtd["shortest_segment"] = shortestSegment
        document["mtd"] = mtd
        try JSONSerialization.data(withJSONObject: document).write(to: file)
        model = try Model.load(directory: copy, precision: .f32)
    }

    /// With a model that has a judge, who sees one of the first of `names` in every picture, and none of the others.
    init(judging names: [String], draws: Int) throws {
        directory = try TemporaryDirectory()
        let copy = directory.file("model")
        try FileManager.default.copyItem(at: Fixtures.tinyModel, to: copy)
        let (_, parameters) = try Weights.untrained(seed: 1) { try FigureNetwork($0, channels: names.count) }
        var writer = SafetensorsWriter()
        for parameter in parameters {
            var values = parameter.values
            if parameter.name == "out.weight" { values = values.map { _ in 0 } }
            if parameter.name == "out.bias" { values = names.indices.map { $0 == 0 ? 10 : -10 } }
            writer.add(parameter.name, shape: Array(parameter.shape), values: values)
        }
        let data = try writer.data()
        try data.write(to: copy.appending(path: "judge.safetensors"))
        let file = copy.appending(path: ModelDocument.fileName)
        var document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        document["judge"] = [
            "names": names, "heats": Array(names.indices), "channels": names.count, "draws": draws,
        ]
        var files = document["files"] as? [String: String] ?? [:]
        files["judge.safetensors"] = SHA256.hex(of: data)
        document["files"] = files
        try JSONSerialization.data(withJSONObject: document, options: .sortedKeys).write(to: file)
        model = try Model.load(directory: copy, precision: .f32)
    }

    var workspace: URL { directory.file("workspace") }
    var checkpoints: [String] { directory.names(in: "workspace/checkpoints") }
    var chunks: [String] { directory.names(in: "workspace/chunks") }

    func film(_ name: String) -> Data? { try? Data(contentsOf: directory.file(name)) }

    func job(
        _ script: String = Studio.walk, id: Int64 = 1, priority: Int = 0, output: String = "film.mp4",
        sheet: String? = nil,
        comment: String? = nil, stopsAtKeyframes: Bool = false, takes: [Take] = []
    ) throws -> RenderJob {
        let read = try Script.parse(script, name: "walk.nuwa").script
        let storyboard = try read.storyboard()
        return RenderJob(
            id: id, name: "walk.nuwa", script: script, storyboard: storyboard,
            plan: try RenderPlan(frames: storyboard.frames, segmentFrames: model.configuration.segmentFrameRange),
            seed: read.seed ?? 0, priority: priority, stopsAtKeyframes: stopsAtKeyframes, takes: takes,
            output: directory.file(output),
            sheet: sheet.map(directory.file), comment: comment)
    }

    func renderer(
        workers: Int = 2, executor: (any SegmentExecutor)? = nil, _ observer: any RenderObserver
    ) throws -> Renderer {
        let workspace = try Workspace(self.workspace)
        return Renderer(
            configuration: model.configuration,
            executor: try executor ?? ThreadExecutor(model: model, workers: workers, workspace: workspace),
            workspace: workspace, encoding: .standard, version: "test", observer: observer)
    }

    /// Renders to the end.
    @discardableResult
    func render(_ job: RenderJob, workers: Int = 2, _ recorder: Recorder = Recorder()) throws -> Recorder {
        let renderer = try renderer(workers: workers, recorder)
        try renderer.submit(job)
        try wait(for: "the end of job \(job.id)") { recorder.hasEnded(job.id) }
        renderer.stop()
        return recorder
    }

    /// The bytes that a job of this script must give, rendered without interruption in a studio of its own.
    static func undisturbed(_ script: String = Studio.walk) throws -> Data {
        let studio = try Studio()
        try studio.render(studio.job(script), workers: 1)
        guard let film = studio.film("film.mp4") else { throw NoFilm() }
        return film
    }

    struct NoFilm: Error {}
}

/// Lets an observer reach the renderer that it was given to.
final class Box: @unchecked Sendable {
    private let lock = NSLock()
    private var held: Renderer?

    var renderer: Renderer? {
        get { lock.withLock { held } }
        set { lock.withLock { held = newValue } }
    }
}
