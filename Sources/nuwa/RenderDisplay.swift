import Console
import Diffusion
import Foundation
import Models
import Plans
import Rendering
import Scripts
import Tensors
import Terminal
import Video

/// What a person sees of a render: a bar per depth that is drawn over itself on a terminal, a line per segment elsewhere.
final class RenderDisplay {
    private let style = Output.style
    private let isTerminal = Output.isInteractive
    private var picture = Redrawing()

    /// Seconds between two drawings.
    var interval: Double { isTerminal ? 0.25 : 60 }

    func begin(_ job: RenderJob, model: Model, workers: Int) {
        let (frames, fps) = (job.plan.frames, job.storyboard.fps)
        Output.say(
            """
            \(job.name) → \(job.output.lastPathComponent): \(frames) frames at \(fps) fps, \
            \(counted(job.plan.segmentCount, "segment")) at \(counted(job.plan.depths, "depth")), model \(model.configuration.name) \
            (\(model.type.rawValue)), seed \(job.seed), \(counted(workers, "worker"))
            """)
    }

    /// - Parameter progress: nil once the job has ended
    func show(_ progress: RenderProgress?, _ news: [RenderWatch.News]) {
        guard isTerminal else {
            for line in news.map(\.text) { Output.say(progress.map { "\(line); \($0)" } ?? line) }
            return
        }
        guard let progress else { return }
        let rows = progress.depths.enumerated().map { depth, work in
            "depth \(depth)  \(style.bar(work.fraction, cells: 30))  \(work.done) of \(counted(work.segments, "segment"))"
        }
        let left = progress.remainingSeconds.map(leftText) ?? "measuring"
        let last = progress.isFinished ? "putting the film together" : "\(percentText(progress.fraction)), \(left)"
        // Segments come and go on the bars; what went wrong stays on the screen.
        picture.draw((rows + [last]).joined(separator: "\n"), above: news.filter(\.isTrouble).map(\.text))
    }

    func end(_ job: RenderJob, facts: FilmFacts, counts: (made: Int, reused: Int)) {
        let reused = counts.reused == 0 ? "" : ", \(counts.reused) were there already"
        Output.say(
            """
            film: \(job.output.path) (\(facts.frames) frames, \(facts.width)x\(facts.height), \
            \(lengthText(frames: facts.frames, fps: job.storyboard.fps)); \(counted(counts.made, "segment")) made\(reused))
            """)
    }
}
