import ArgumentParser
import Diffusion
import Files
import Foundation
import Models
import Renderer
import Terminal

/// `nuwa segment`: what one worker does, as a process; for executors that make segments elsewhere.
struct SegmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Make one segment of a film from its task.",
        discussion: """
            Does what a worker thread does: reads the parents' latents from the workspace, and leaves there the segment's checkpoint and, \
            at the finest depth, its chunk. What is there already and whole is not made again, so the same command may be given any \
            number of times, by any number of machines. Standard output has a line of JSON for whatever happens, the end last.

            Exit status: 0 the files are there; 1 they are not, with the reason on standard error.
            """)

    @Argument(help: ArgumentHelp("The task, a file of JSON as the renderer writes it.", valueName: "task.json"))
    var task: String

    @Option(help: ArgumentHelp("The model that the task names: its directory.", valueName: "dir"))
    var model: String

    @Option(help: ArgumentHelp("Where finished segments are kept.", valueName: "dir"))
    var workspace: String

    func run() throws {
        let outcome: SegmentOutcome
        do {
            outcome = try make()
        } catch {
            outcome = .failed(failure: RenderFailure(error))
        }
        Self.say(.ended(outcome: outcome))
        switch outcome {
        case .made, .reused: return
        case .failed(let failure): Output.complain("nuwa: \(failure)")
        case .parentLost: Output.complain("nuwa: the checkpoint of the segment's parent is missing or damaged")
        case .givenBack: break
        }
        throw ExitCode.failure
    }

    private func make() throws -> SegmentOutcome {
        let task = try readTask()
        let workspace = try Workspace(URL(filePath: workspace, directoryHint: .isDirectory).absoluteURL)
        if try workspace.holds(task, report: { Self.say(.news(news: $0)) }) { return .reused }
        let model = try Model.load(
            directory: URL(filePath: model, directoryHint: .isDirectory),
            precision: Precision(rawValue: task.network.precision) ?? .automatic)

        let executor = ThreadExecutor(model: model, workers: 1, workspace: workspace)
        let end = End()
        executor.begin(
            Assignment(
                task: task, isWanted: { true }, report: { Self.say(.news(news: $0)) }, end: { end.come($0) }))
        return end.wait()
    }

    private func readTask() throws -> SegmentTask {
        let json = try WholeFile.read(URL(filePath: task))
        do {
            return try SegmentTask(json: json)
        } catch {
            throw Complaint("\(task) is no task of this version of nuwa: \(error)")
        }
    }

    private static func say(_ line: SegmentLine) {
        guard let json = try? line.json() else { preconditionFailure("every line has a JSON") }
        FileHandle.standardOutput.write(json + Data("\n".utf8))
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
