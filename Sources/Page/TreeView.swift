import Jobs
import Reports
import Terminal

/// The tree of segments along the film's time, a band for each depth, and below each what its frames show.
struct TreeView {
    /// Pictures in a row.
    static let columns = 16
    private static let height = 24

    let tree: TreeReport

    init(_ tree: TreeReport) { self.tree = tree }

    /// - Parameter reseeding: the job whose keyframes the one who looks may have made again
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
            <p class="facts" id="readout" aria-live="polite">Each depth fills in between the frames of the one above.</p>
            <div class="timeline" tabindex="0" role="slider" aria-label="Place in the film" aria-valuemin="0" aria-valuemax="\(tree.frames - 1)" aria-valuenow="0" aria-valuetext="0:00" data-frames="\(tree.frames)" data-fps="\(tree.fps)" data-step="\(max(1, tree.frames / 60))">
            \(shots)
            \(depths)
            <div class="needle" aria-hidden="true"></div>
            </div>
            </section>
            """
    }

    private func counts(_ depth: Int) -> String {
        let segments = tree.depths[depth]
        let parts = [
            "\(segments.count(.done)) of \(segments.segments.count) segments",
            segments.count(.running) > 0 ? "\(segments.count(.running)) being made" : nil,
            segments.count(.failed) > 0 ? "\(segments.count(.failed)) failed" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// Where each prompt holds.
    private var shots: Markup {
        let ends = tree.shots.dropFirst().map(\.frame) + [tree.frames]
        let bars = zip(tree.shots.indices, zip(tree.shots, ends)).map { index, shot -> Markup in
            """
            <rect class="shot\(index % 2 == 0 ? "" : " odd")" x="\(shot.0.frame)" width="\(shot.1 - shot.0.frame)" height="10"><title>\(shot.0.prompt)</title></rect>
            """
        }
        return """
            <svg class="shots-band" viewBox="0 0 \(tree.frames) 10" preserveAspectRatio="none" role="img" aria-label="\(tree.shots.count) prompts along the film">\(bars)</svg>
            """
    }

    private func band(_ depth: Int) -> Markup {
        let span = tree.depths[depth].stride * (tree.segmentFrames - 1)
        let bars = tree.depths[depth].segments.map { segment -> Markup in
            // Neighbours share a frame; the last keeps its own.
            let end = segment.first + span < tree.frames - 1 ? segment.first + span : tree.frames
            let width = end - segment.first
            let text = "\(segment.id): frames \(segment.first) to \(end - 1), \(stateText(segment))"
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

    private func stateText(_ segment: TreeReport.Segment) -> String {
        switch segment.state {
        case .waiting: "waits"
        case .running:
            "being made" + (segment.worker.map { " by worker \($0)" } ?? "")
                + (segment.fraction.map { ", \(percentText($0))" } ?? "")
        case .done: "done"
        case .failed: "failed"
        }
    }

    /// Who is at it.
    private func workers(_ depth: Int) -> Markup? {
        let work = tree.depths[depth].segments.filter { $0.worker != nil }.sorted {
            ($0.worker ?? 0) < ($1.worker ?? 0)
        }
        guard !work.isEmpty else { return nil }
        let items = work.map { segment -> Markup in
            """
            <li><span class="worker">worker \(segment.worker ?? 0)</span> \(segment.id) at \(timeText(segment.first, fps: tree.fps)), \(percentText(segment.fraction ?? 0))</li>
            """
        }
        return "<ul class=\"workers\">\(items)</ul>"
    }

    // MARK: - Frames

    private func strip(_ depth: Int, _ job: Int64, reseeding: Int64?) -> Markup? {
        guard tree.depths[depth].count(.done) > 0 else { return nil }
        let cells = frames(ofDepth: depth).map { frame -> Markup in
            let time = timeText(frame.number, fps: tree.fps)
            guard frame.isThere else { return "<li class=\"blank\" data-frame=\"\(frame.number)\"></li>" }
            let again: Markup? = reseeding.map { job in
                """
                <form method="post" action="/jobs/\(job)/reseed?keyframe=\(frame.place + 1)"><button title="Make keyframe \(frame.place + 1) again; the others stay">again</button></form>
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
