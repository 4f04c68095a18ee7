import Foundation
import Jobs
import Reports
import Terminal

/// The tree of segments along the film's time, a band for each depth, and below each what its frames show.
struct TreeView {
    /// Pictures in a row.
    static let columns = 16
    /// Bars of a depth that each segment has one of its own.
    static let mostBars = 300
    private static let height = 24

    let tree: TreeReport

    init(_ tree: TreeReport) { self.tree = tree }

    /// - Parameter reseeding: the job, if the reader may reseed its keyframes
    func markup(reseeding: Int64?, job: Int64) -> Markup {
        let depths = tree.depths.indices.map { depth -> Markup in
            """
            <div class="depth" id="depth-\(depth)">
            <div id="band-\(depth)" data-live>
            <h3>depth \(depth) <span class="facts">\(spacingText(tree.depths[depth].stride)) · \(counts(depth))</span></h3>
            \(band(depth))
            \(workers(depth))
            </div>
            <div id="frames-\(depth)" data-live>\(strip(depth, job, reseeding: depth == 0 ? reseeding : nil))</div>
            </div>
            """
        }
        return """
            <section class="tree" aria-labelledby="tree">
            <h2 id="tree">The film, depth by depth</h2>
            <p class="facts" id="readout">Each depth fills in between the frames of the one above.</p>
            <div class="timeline" data-frames="\(tree.frames)" data-fps="\(tree.fps)" data-step="\(max(1, tree.frames / 60))">
            <div class="place" tabindex="0" role="slider" aria-label="Place in the film" aria-valuemin="0" aria-valuemax="\(tree.frames - 1)" aria-valuenow="0" aria-valuetext="0:00">
            \(shots)
            </div>
            \(depths)
            <div class="needle" aria-hidden="true"></div>
            </div>
            </section>
            """
    }

    private func counts(_ depth: Int) -> String {
        let segments = tree.depths[depth]
        let parts = [
            "\(segments.count(.done)) of \(counted(segments.segments.count, "segment"))",
            segments.count(.running) > 0 ? "\(segments.count(.running)) being made" : nil,
            segments.count(.failed) > 0 ? "\(segments.count(.failed)) failed" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// Where each prompt holds. What is in a slider is told by its value alone.
    private var shots: Markup {
        let ends = tree.shots.dropFirst().map(\.frame) + [tree.frames]
        let bars = zip(tree.shots.indices, zip(tree.shots, ends)).map { index, shot -> Markup in
            """
            <rect class="shot\(index % 2 == 0 ? "" : " odd")" x="\(shot.0.frame)" width="\(shot.1 - shot.0.frame)" height="10"><title>\(shot.0.prompt)</title></rect>
            """
        }
        return """
            <svg class="shots-band" viewBox="0 0 \(tree.frames) 10" preserveAspectRatio="none" aria-hidden="true">\(bars)</svg>
            """
    }

    private func band(_ depth: Int) -> Markup {
        let span = tree.depths[depth].stride * (tree.segmentFrames - 1)
        let bars = bars(ofDepth: depth).map { bar -> Markup in
            let segment = bar.first
            // Neighbours share a frame; the last keeps its own.
            let end = bar.last.first + span < tree.frames - 1 ? bar.last.first + span : tree.frames
            let width = end - segment.first
            let ids = bar.first == bar.last ? segment.id : "\(segment.id) to \(bar.last.id)"
            let text = "\(ids): frames \(segment.first) to \(end - 1), \(stateText(segment))"
            let base: Markup = """
                <rect class="\(segment.state.rawValue)" x="\(segment.first)" width="\(width)" height="\(Self.height)"><title>\(text)</title></rect>
                """
            guard let fraction = segment.fraction else { return base }
            return """
                \(base)<rect class="made" x="\(segment.first)" width="\(Markup.number(Double(width) * fraction))" height="\(Self.height)"/>
                """
        }
        return """
            <svg class="band" viewBox="0 0 \(tree.frames) \(Self.height)" preserveAspectRatio="none" role="img" aria-label="depth \(depth): \(counts(depth))">\(bars)</svg>
            """
    }

    /// A bar for each segment; where they are too many to be seen one by one, for each run of neighbours in one state.
    private func bars(ofDepth depth: Int) -> [(first: TreeReport.Segment, last: TreeReport.Segment)] {
        let segments = tree.depths[depth].segments
        var bars: [(first: TreeReport.Segment, last: TreeReport.Segment)] = []
        for segment in segments {
            if segments.count > Self.mostBars, let last = bars.last?.last, last.state == segment.state,
                last.fraction == nil, segment.fraction == nil
            {
                bars[bars.count - 1].last = segment
            } else {
                bars.append((segment, segment))
            }
        }
        return bars
    }

    private func stateText(_ segment: TreeReport.Segment) -> String {
        switch segment.state {
        case .waiting: "waits"
        case .running:
            "being made" + (segment.worker.map { " by \($0)" } ?? "")
                + (segment.fraction.map { ", \(percentText($0))" } ?? "")
        case .done: "done"
        case .failed: "failed"
        }
    }

    /// Who is at it.
    private func workers(_ depth: Int) -> Markup? {
        let work = tree.depths[depth].segments.compactMap { segment in segment.worker.map { (worker: $0, segment) } }
            .sorted { $0.worker.compare($1.worker, options: .numeric) == .orderedAscending }
        guard !work.isEmpty else { return nil }
        let items = work.map { worker, segment -> Markup in
            """
            <li><span class="worker">\(worker)</span> \(segment.id) at \(timeText(segment.first, fps: tree.fps)), \(percentText(segment.fraction ?? 0))</li>
            """
        }
        return "<ul class=\"workers\">\(items)</ul>"
    }

    // MARK: - Frames

    private func strip(_ depth: Int, _ job: Int64, reseeding: Int64?) -> Markup? {
        guard tree.depths[depth].count(.done) > 0 else { return nil }
        let cells = frames(ofDepth: depth).map { frame -> Markup in
            let time = timeText(frame.number, fps: tree.fps)
            guard frame.isThere else {
                return "<li class=\"blank\" aria-hidden=\"true\" data-frame=\"\(frame.number)\"></li>"
            }
            let again: Markup? = reseeding.map { job in
                """
                <form method="post" action="/jobs/\(job)/reseed?keyframe=\(frame.place + 1)"><button aria-label="Keyframe \(frame.place + 1) again" title="Make keyframe \(frame.place + 1) again; the others stay">again</button></form>
                """
            }
            return """
                <li data-frame="\(frame.number)"><img loading="lazy" decoding="async" src="/jobs/\(job)/frames/\(frame.segment)/\(frame.place).png?edition=\(tree.edition)" alt="frame \(frame.number), at \(time): \(prompt(at: frame.number))"><span class="time">\(depth == 0 ? "\(frame.place + 1) · " : "")\(time)</span>\(again)</li>
                """
        }
        return "<ol class=\"strip\">\(cells)</ol>"
    }

    private struct Frame {
        let number: Int
        let segment: String
        let place: Int
        let isThere: Bool
    }

    /// One for each column, near the middle of its part of the film; at depth 0 all there are.
    private func frames(ofDepth depth: Int) -> [Frame] {
        let stride = tree.depths[depth].stride
        let total = (tree.frames - 1) / stride + 1
        let segments = tree.depths[depth].segments
        let columns = min(Self.columns, total)
        return (0..<columns).map { column in
            let index = depth == 0 ? column : min(total - 1, (2 * column + 1) * total / (2 * columns))
            let segment = min(index / (tree.segmentFrames - 1), segments.count - 1)
            return Frame(
                number: index * stride, segment: segments[segment].id,
                place: index - segment * (tree.segmentFrames - 1), isThere: segments[segment].state == .done)
        }
    }

    private func prompt(at frame: Int) -> String { tree.shots.last { $0.frame <= frame }?.prompt ?? "" }
}
