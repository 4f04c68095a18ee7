import ArgumentParser
import Console
import Diffusion
import Encoding
import Foundation
import Installation
import Rendering
import Terminal

/// One film rendered here and now, with its progress on the screen.
struct FilmRun {
    let job: RenderJob
    let model: Model
    let workers: Int
    let workspace: URL
    var encoding = FilmEncoding.standard
    /// Whether stdout is for other things than progress.
    var isQuiet = false

    /// Returns when the film is in place. Throws an `ExitCode`, with what is to be said told, if it fails or is interrupted.
    func run() throws {
        let watch = RenderWatch()
        let files = try Workspace(workspace)
        let renderer = Renderer(
            configuration: model.configuration,
            executor: try ThreadExecutor(model: model, workers: workers, workspace: files), workspace: files,
            encoding: encoding, version: NuwaVersion.current, observer: watch)
        let interrupts = Interrupts { watch.interrupt() }
        defer { interrupts.end() }
        let display = isQuiet ? nil : RenderDisplay()
        display?.begin(job, model: model, workers: workers)
        try renderer.submit(job)
        let end = watch.wait(every: display?.interval ?? 60) { lines in
            display?.show(renderer.progress(job.id), lines)
        }
        renderer.stop()

        switch end {
        case .film(let facts):
            display?.end(job, facts: facts, counts: watch.counts)
        case .failed(let failure):
            Output.complain("nuwa: \(failure)")
            throw ExitCode.failure
        case .interrupted:
            Output.complain(
                "stopped; \(workspace.path) keeps what is finished: the same command goes on from there")
            throw ExitCode(130)
        }
    }
}
