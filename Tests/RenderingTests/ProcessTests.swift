import Foundation
import Models
import Rendering
import Plans
import Synchronization
import Testing
import TestSupport

/// Makes each segment by a process of its own, `nuwa segment`, with nothing in common but the workspace; what the process
/// says is in a file, as it would be on a cluster.
private final class ProcessExecutor: SegmentExecutor {
    let network: NetworkIdentity
    let slots: Int
    private let studio: Studio
    private let program: URL
    /// Every process, in the order of their starts.
    let processes = Mutex<[RunningProgram]>([])

    init(_ studio: Studio, slots: Int) throws {
        self.studio = studio
        self.slots = slots
        network = try NetworkIdentity(model: studio.model)
        program = try Programs.nuwa
    }

    func begin(_ assignment: Assignment) {
        do {
            try run(assignment)
        } catch {
            assignment.end(.failed(failure: RenderFailure(error)))
        }
    }

    private func run(_ assignment: Assignment) throws {
        let output = studio.directory.file("\(UUID().uuidString).out")
        let process = try RunningProgram(
            program, studio.segmentArguments(assignment.task, name: "\(UUID().uuidString).json"), log: output,
            errorLog: studio.directory.file("\(UUID().uuidString).err"))
        processes.withLock { $0.append(process) }
        Thread.detachNewThread {
            _ = try? process.status()
            Self.read(output, into: assignment)
        }
    }

    private static func read(_ output: URL, into assignment: Assignment) {
        for line in ((try? Data(contentsOf: output)) ?? Data()).split(separator: UInt8(ascii: "\n")) {
            switch try? SegmentLine(json: line) {
            case .news(let news): assignment.report(news)
            case .ended(let outcome): return assignment.end(outcome)
            case nil: break
            }
        }
        assignment.end(.failed(failure: .unexpected(reason: "the process died")))
    }
}

extension Studio {
    /// Of a `nuwa segment`, whose task is written to a file first.
    fileprivate func segmentArguments(_ task: SegmentTask, name: String) throws -> [String] {
        let file = directory.file(name)
        try task.json().write(to: file)
        return ["segment", file.path, "--model", Fixtures.tinyModel.path, "--workspace", workspace.path]
    }
}

/// Keeps what it is given to make, and makes nothing.
private final class Collector: SegmentExecutor {
    let network: NetworkIdentity
    let slots = 1
    let assignments = Mutex<[Assignment]>([])

    init(_ studio: Studio) throws { network = try NetworkIdentity(model: studio.model) }

    func begin(_ assignment: Assignment) { assignments.withLock { $0.append(assignment) } }

    /// Waits for the next one.
    func next() throws -> Assignment {
        try wait(for: "a task") { assignments.withLock { !$0.isEmpty } }
        return assignments.withLock { $0.removeFirst() }
    }
}

@Suite(.serialized) struct ProcessTests {
    @Test("A film whose segments are made by a process each has the bytes of one made by threads")
    func film() throws {
        let studio = try Studio()
        let executor = try ProcessExecutor(studio, slots: 2)
        let recorder = Recorder()
        let renderer = try studio.renderer(executor: executor, recorder)
        try renderer.submit(studio.job())
        try wait(for: "the film") { recorder.hasEnded(1) }
        renderer.stop()
        #expect(recorder.events().last == .jobFinished)
        #expect(executor.processes.withLock(\.count) == 13)
        #expect(recorder.finished(reused: false).count == 13)
        #expect(renderer.totals.steps > 0)
        #expect(try studio.film("film.mp4") == Studio.undisturbed())
    }

    @Test("nuwa segment leaves alone what is there, mends what is damaged, and says what it lacks")
    func idempotent() throws {
        let studio = try Studio()
        let collector = try Collector(studio)
        let renderer = try studio.renderer(executor: collector, Recorder())
        try renderer.submit(studio.job())
        func run(_ task: SegmentTask, model: String? = nil) throws -> (status: Int32, last: SegmentLine) {
            var arguments = try studio.segmentArguments(task, name: "task.json")
            if let model { arguments[3] = model }
            let result = try TestSupport.run(
                try Programs.nuwa, arguments, log: studio.directory.file("out"), errorLog: studio.directory.file("err"))
            let last = try #require(result.text.split(separator: "\n").last)
            return (result.status, try SegmentLine(json: Data(last.utf8)))
        }

        let global = try collector.next()
        let made = try run(global.task)
        #expect(made.status == 0)
        guard case .ended(.made) = made.last else {
            Issue.record("\(made.last)")
            return
        }
        let file = studio.workspace.appending(path: "checkpoints/\(try #require(studio.checkpoints.first))")
        let bytes = try Data(contentsOf: file)
        // Without a model, since none is needed to see that all is there.
        #expect(try run(global.task, model: "/nowhere") == (0, .ended(outcome: .reused)))
        var damaged = bytes
        damaged[damaged.count - 1] ^= 1
        try damaged.write(to: file)
        #expect(try run(global.task).status == 0)
        #expect(try Data(contentsOf: file) == bytes)

        global.end(.made(seconds: 1))
        let child = try collector.next()
        try FileManager.default.removeItem(at: file)
        #expect(try run(child.task) == (1, .ended(outcome: .parentLost)))
        let unreadable = ModelError.unreadable(file: "/nowhere/model.json", code: ENOENT)
        let modelless = try run(child.task, model: "/nowhere")
        #expect(modelless == (1, .ended(outcome: .failed(failure: .model(cause: unreadable)))))
        // The renderer has the parent made again.
        child.end(.parentLost)
        #expect(try collector.next().task == global.task)
    }
}
