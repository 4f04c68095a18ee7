import Script
import Diffusion
import Foundation
import Models
import RenderPlan
import Renderer
import Video

/// What a person sees of a render: a bar per depth that is drawn over itself on a terminal, a line per segment elsewhere.
final class RenderDisplay {
    private let isTerminal = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    private var drawn = 0

    /// Seconds between two drawings.
    var interval: Double { isTerminal ? 0.25 : 60 }

    func begin(_ job: RenderJob, model: Model, workers: Int) {
        let (frames, fps) = (job.plan.frames, job.storyboard.fps)
        say(
            """
            \(job.name) → \(job.output.lastPathComponent): \(frames) frames at \(fps) fps, \
            \(job.plan.segmentCount) segments at \(job.plan.depths) depths, model \(model.configuration.name) \
            (\(model.type)), seed \(job.seed), \(workers) worker\(workers == 1 ? "" : "s")
            """)
    }

    /// - Parameter progress: nil once the job has ended
    func show(_ progress: RenderProgress?, _ lines: [String]) {
        guard isTerminal else {
            for line in lines { say(progress.map { "\(line); \($0)" } ?? line) }
            return
        }
        guard let progress else { return }
        var text = drawn > 0 ? "\u{1B}[\(drawn)A\u{1B}[J" : ""
        // Segments come and go on the bars; what went wrong stays on the screen.
        for line in lines where !line.hasPrefix("segment") { text += line + "\n" }
        let rows = progress.depths.enumerated().map { depth, work in
            "depth \(depth)  \(bar(work))  \(work.done) of \(work.segments) segments"
        }
        let left = progress.remainingSeconds.map { "about \(RenderProgress.text(seconds: $0)) left" } ?? "measuring"
        let last = progress.isFinished ? "putting the film together" : "\(Int(progress.fraction * 100)) %, \(left)"
        text += (rows + [last]).joined(separator: "\n")
        drawn = rows.count + 1
        say(text)
    }

    func end(_ job: RenderJob, facts: FilmFacts, counts: (made: Int, reused: Int)) {
        let reused = counts.reused == 0 ? "" : ", \(counts.reused) were there already"
        say(
            """
            film: \(job.output.path) (\(facts.frames) frames, \(facts.width)x\(facts.height), \
            \(String(format: "%.1f", facts.duration)) s; \(counts.made) segments made\(reused))
            """)
    }

    private func bar(_ depth: RenderProgress.Depth) -> String {
        let cells = 30
        let steps = Double(max(1, depth.segments * depth.steps))
        let full = Int(Double(cells) * Double(depth.done * depth.steps + depth.stepsUnderWay) / steps)
        return String(repeating: "━", count: min(cells, full)) + String(repeating: "·", count: max(0, cells - full))
    }

    private func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
