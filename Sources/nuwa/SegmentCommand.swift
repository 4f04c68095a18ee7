import ArgumentParser
import Console
import Diffusion
import Files
import Foundation
import Models
import Rendering
import Terminal

/// `nuwa segment`: what one worker does, as a process; for executors that make segments elsewhere.
struct SegmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Make segments of a film from their tasks.",
        discussion: """
            Does what a worker thread does: reads the parents' latents from the workspace, and leaves there the segment's checkpoint and, \
            at the finest depth, its chunk. What is there already and whole is not made again, so the same command may be given any \
            number of times, by any number of machines. A file may have several tasks, a line of JSON each; they are made one after the \
            other, up to the first that cannot be made. Standard output has a line of JSON for whatever happens, the end of each task last.

            Exit status: 0 the files are there; 1 they are not, with the reason on standard error.
            """)

    @Argument(
        help: ArgumentHelp("The tasks, a file of JSON lines as the renderer writes them.", valueName: "tasks.json"))
    var tasks: String

    @Option(
        help: ArgumentHelp("The model that the tasks name: its directory.", valueName: "dir"), completion: .directory)
    var model: String

    @Option(help: ArgumentHelp("Where finished segments are kept.", valueName: "dir"), completion: .directory)
    var workspace: String

    func run() throws {
        do {
            let tasks = try readTasks()
            let workspace = try Workspace(URL(filePath: workspace, directoryHint: .isDirectory).absoluteURL)
            let worker = Worker(directory: URL(filePath: model, directoryHint: .isDirectory), workspace: workspace)
            for task in tasks { try say(end: worker.make(task)) }
        } catch let exit as ExitCode {
            throw exit
        } catch {
            try say(end: .failed(failure: RenderFailure(error)))
        }
    }

    private func readTasks() throws -> [SegmentTask] {
        let lines = try WholeFile.read(URL(filePath: tasks)).split(separator: UInt8(ascii: "\n"))
        do {
            guard !lines.isEmpty else { throw Complaint("it is empty") }
            return try lines.map { try SegmentTask(json: $0) }
        } catch {
            throw Complaint("\(tasks) has no tasks of this version of nuwa: \(error)")
        }
    }

    /// - Throws: `ExitCode` where there is no going on
    private func say(end outcome: SegmentOutcome) throws {
        Self.say(.ended(outcome: outcome))
        switch outcome {
        case .made, .reused: return
        case .failed(let failure): Output.complain("nuwa: \(failure)")
        case .parentLost: Output.complain("nuwa: the checkpoint of the segment's parent is missing or damaged")
        case .givenBack: break
        }
        throw ExitCode.failure
    }

    fileprivate static func say(_ line: SegmentLine) {
        guard let json = try? line.json() else { preconditionFailure("every line has a JSON") }
        FileHandle.standardOutput.write(json + Data("\n".utf8))
    }
}

/// Makes one task after the other; loads the model when the first is not there yet.
private final class Worker {
    /// The machine's name, where Slurm runs it as a node by the name that Slurm has for it (sbatch(1)).
    private static let host =
        ProcessInfo.processInfo.environment["SLURMD_NODENAME"] ?? ProcessInfo.processInfo.hostName

    private let directory: URL
    private let workspace: Workspace
    private var executor: ThreadExecutor?

    init(directory: URL, workspace: Workspace) {
        self.directory = directory
        self.workspace = workspace
    }

    func make(_ task: SegmentTask) throws -> SegmentOutcome {
        if try workspace.holds(task, report: { SegmentCommand.say(.news(news: $0)) }) { return .reused }
        let executor = try executor(for: task)
        let end = End()
        executor.begin(
            Assignment(
                branch: Branch(task: task), standing: { .wanted },
                report: { SegmentCommand.say(.news(news: $0)) }, end: { end.come($0) }))
        return end.wait()
    }

    private func executor(for task: SegmentTask) throws -> ThreadExecutor {
        if let executor { return executor }
        let model = try Model.load(
            directory: directory, precision: Precision(rawValue: task.network.precision) ?? .automatic)
        let made = try ThreadExecutor(model: model, workers: 1, workspace: workspace, host: Self.host)
        executor = made
        return made
    }
}

/// Carries the outcome from the worker's thread.
private final class End: @unchecked Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private var outcome: SegmentOutcome?

    func come(_ outcome: SegmentOutcome) {
        self.outcome = outcome
        ready.signal()
    }

    func wait() -> SegmentOutcome {
        ready.wait()
        return outcome!
    }
}
